"""Everyday words of one Spanish-speaking country in those of another."""

from __future__ import annotations

import pytest

from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.es.regional import false_friends, table
from robust.transformations.regional_words import RegionalWords


def said(string: str, variety: str) -> list[str]:
    """The candidates of all words of `string`."""
    text = language("es").text(string)
    found = RegionalWords(variety=variety)([Site(text, at, "es") for at in range(len(text))])
    return [str(candidate) for of_word in found for candidate in of_word]


@pytest.mark.parametrize(
    ("variety", "before", "after"),
    [
        ("es-MX", "Mi COCHE nuevo", "Mi CARRO nuevo"),
        ("es-AR", "Coches y motos", "Autos y motos"),
        ("es-AR", "los zumos", "los jugos"),
        ("es-CO", "Las patatas fritas", "Las papas fritas"),
        ("es-AR", "Fui en autobús.", "Fui en colectivo."),
        ("es-MX", "mi móvil", "mi celular"),
        ("es-AR", "los teléfonos móviles", "los teléfonos celulares"),
        ("es-ES", "mi celular", "mi móvil"),
        ("es-CO", "El ordenador es lento", "El computador es lento"),
        ("es-MX", "El ordenador nuevo funciona", "La computadora nueva funciona"),
        ("es-MX", "cerca del ordenador", "cerca de la computadora"),
        ("es-AR", "unas gafas caras", "unos anteojos caros"),
        ("es-MX", "Estaba ENFADADA", "Estaba ENOJADA"),
        ("es-AR", "la piscina", "la pileta"),
        ("es-AR", "dos melocotones", "dos duraznos"),
        ("es-ES", "una frutilla", "una fresa"),
        ("es-MX", "autobu\u0301s", None),
        ("es-AR", "autobu\u0301s", "colectivo"),
    ],
)
def test_words_of_the_variety(variety: str, before: str, after: str | None) -> None:
    assert said(before, variety) == ([after] if after else [])


@pytest.mark.parametrize(
    ("variety", "string"),
    [
        ("es-MX", "la papa"),  # or the pope
        ("es-ES", "un carro"),
        ("es-MX", "El móvil del crimen"),
        ("es-MX", "una grúa móvil"),
        ("es-MX", "la torta"),
        ("es-MX", "El ordenador es lento"),  # lento belongs to it, or not
        ("es-AR", "un aguacate"),  # palta is feminine, and the table of synonyms does not know it
        ("es-ES", "el coche"),  # said there already
        ("es-CO", "la piscina"),
        ("es-AR", "la casa y el perro"),
        ("es-AR", "cOche"),
    ],
)
def test_nothing_where_it_is_not_certain(variety: str, string: str) -> None:
    assert said(string, variety) == []


def test_false_friends_are_never_put() -> None:
    for line in table():
        for word in line:
            assert not word.varieties & false_friends().get(word.lemma, frozenset()), word.lemma
    assert "es-AR" in false_friends()["coger"]
    assert "es-CL" in false_friends()["guagua"]


def test_words_that_change_with_it_count() -> None:
    text = language("es").text("el ordenador nuevo")
    (candidate,) = RegionalWords(variety="es-MX")([Site(text, 1, "es")])[0]
    assert candidate.words_changed == 3
    assert said("el «ordenador» nuevo", "es-MX") == []


def test_the_variety_must_be_known() -> None:
    with pytest.raises(PluginError, match="es-XX"):
        RegionalWords(variety="es-XX")  # type: ignore[arg-type]
