"""Spanish marks, one kind of mistake at a time."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.transformations.diacritics import Diacritics
from tests.unit.transformations.helpers import proposed


def of(kind: str, word: str) -> list[str]:
    return proposed(Diacritics(kind=kind), word, lang="es")


def test_drop() -> None:
    assert of("drop", "canción") == ["cancion"]
    assert of("drop", "ÁRBOL") == ["ARBOL"]
    assert of("drop", "cio\u0301n") == ["cion"]
    assert of("drop", "té") == ["te"]
    assert of("drop", "año") == of("drop", "pingüino") == of("drop", "a") == []
    assert proposed(Diacritics(), "🙂 café🙂", lang="es") == ["🙂 cafe🙂"]


def test_misplace() -> None:
    assert of("misplace", "canción") == ["cáncion", "cancíon"]
    assert of("misplace", "Público") == ["Publíco", "Publicó"]
    assert of("misplace", "quién") == ["quíen"]  # never on the silent u
    assert of("misplace", "guía") == ["guiá"]
    assert of("misplace", "fa\u0301cil") == ["facíl"]
    assert of("misplace", "sí") == of("misplace", "casa") == []


def test_add() -> None:
    assert of("add", "examen") == ["exámen"]
    assert of("add", "FUI") == ["FUÍ"]
    assert of("add", "ti") == ["tí"]
    assert of("add", "habitaciones") == ["habitaciónes"]
    assert of("add", "pin\u0303a") == ["pín\u0303a"]
    assert of("add", "canción") == of("add", "y") == of("add", "24") == []


def test_real_word() -> None:
    assert of("real_word", "continuo") == ["continuó", "continúo"]
    assert of("real_word", "está") == ["esta"]
    assert of("real_word", "Esta") == ["Está"]
    assert of("real_word", "CONTINÚO") == ["CONTINUO", "CONTINUÓ"]
    assert of("real_word", "esta\u0301") == ["esta"]
    assert of("real_word", "el") == ["él"]
    assert of("real_word", "mesa") == of("real_word", "canción") == of("real_word", "eStÁ") == []


def test_dieresis_and_tilde() -> None:
    assert of("dieresis", "Pingüino") == ["Pinguino"]
    assert of("dieresis", "VERGÜENZA") == ["VERGUENZA"]
    assert of("dieresis", "guerra") == []
    assert of("tilde_n", "año") == ["ano"]
    assert of("tilde_n", "NIÑO") == ["NINO"]
    assert of("tilde_n", "ñoño") == ["noño", "ñono"]
    assert of("tilde_n", "man\u0303ana") == ["manana"]
    assert of("tilde_n", "nada") == []


def test_nfd_looks_the_same() -> None:
    assert of("nfd", "año") == ["an\u0303o"]
    assert of("nfd", "an\u0303o") == of("nfd", "casa") == []


def test_which_kinds_keep_the_meaning() -> None:
    kinds = ("drop", "misplace", "add", "real_word", "dieresis", "nfd", "tilde_n")
    assert [kind for kind in kinds if Diacritics(kind=kind).preserves_meaning] == ["dieresis", "nfd"]


def test_the_kind_must_be_known() -> None:
    with pytest.raises(PluginError, match="umlaut"):
        Diacritics(kind="umlaut")
