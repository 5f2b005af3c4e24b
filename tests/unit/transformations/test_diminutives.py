"""Spanish diminutives."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.lang.es.diminutive import adjective_diminutive, noun_diminutive
from robust.transformations.diminutives import Diminutives
from tests.unit.transformations.helpers import proposed

NOUNS = """
casa casita casita|boca boquita boquita|amigo amiguito amiguito|plaza placita placita|perros perritos perritos
café cafecito cafecito|pan panecito pancito|flores florecitas florcitas|tren trenecito trencito|luz lucecita lucecita
pie piececito piecito|león leoncito leoncito|canciones cancioncitas cancioncitas|jardín jardincito jardincito
árbol arbolito arbolito|papel papelito papelito|coche cochecito cochecito|parque parquecito parquecito
paquete paquetito paquetito|pueblo pueblecito pueblito|puerta puertecita puertita|fuego fueguecito fueguito
escuela escuelita escuelita|playa playita playita|museo museíto museíto|mapa mapita mapita|mano manita manito
película peliculita peliculita|imagen imagencita imagencita|cielo cielito cielito
"""


@pytest.mark.parametrize("row", NOUNS.strip().replace("\n", "|").split("|"))
def test_nouns_in_spain_and_america(row: str) -> None:
    word, spain, america = row.split(" ")
    assert (noun_diminutive(word, "es-ES"), noun_diminutive(word, "es-419")) == (spain, america)


@pytest.mark.parametrize(
    "word",
    [
        *("señora", "mosca", "trama", "agua", "alma", "libertad", "crisis", "verdad", "reina", "río", "historia"),
        *("momento", "lunes", "xqzzt", "3"),
    ],
)
def test_nouns_without_a_certain_one(word: str) -> None:
    assert noun_diminutive(word, "es-ES") is None


@pytest.mark.parametrize(
    ("word", "made"),
    [("alto", "altito"), ("feas", "feítas"), ("ricas", "riquitas"), ("vieja", "viejecita"), ("loco", "loquito"),
     ("simpática", "simpatiquita"), ("económico", None), ("feliz", None), ("español", None)],
)  # fmt: skip
def test_adjectives(word: str, made: str | None) -> None:
    assert adjective_diminutive(word, "es-ES") == made


@pytest.mark.parametrize(
    ("string", "index", "made"),
    [
        ("Tengo una casa.", 2, ["Tengo una casita."]),
        ("UN CAFÉ", 1, ["UN CAFECITO"]),
        ("un cafe\u0301", 1, ["un cafecito"]),
        ("el pan", 1, ["el panecito"]),
        ("La casa es muy fea", 4, ["La casa es muy feíta"]),
        ("unos niños pequeños", 2, ["unos niños pequeñitos"]),
        ("un poco de pan", 1, ["un poquito de pan"]),
        ("poco importante", 0, []),
        ("sin embargo", 1, []),
        ("en casa", 1, []),
        ("La cuenta mal", 1, []),
        ("Ella cuenta", 1, []),
        ("a la plaza", 2, []),  # like `a la fuerza`
        ("de nuevo", 1, []),
        ("por alto", 1, []),
        ("el Pan", 1, []),
        ("el agua", 1, []),
    ],
)
def test_in_a_sentence(string: str, index: int, made: list[str]) -> None:
    assert proposed(Diminutives(), string, index, lang="es") == made


def test_america() -> None:
    assert proposed(Diminutives(variety="es-419"), "el pan", 1, lang="es") == ["el pancito"]


def test_the_variety_must_be_known() -> None:
    with pytest.raises(PluginError, match="es-MX"):
        Diminutives(variety="es-MX")  # type: ignore[arg-type]
