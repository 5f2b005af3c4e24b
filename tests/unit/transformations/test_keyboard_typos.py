"""Slips of a finger: all of them, on the keyboard of the language, dead keys included."""

from __future__ import annotations

import pytest

from robust.core.types import Lang
from robust.errors import PluginError
from robust.transformations.keyboard_typos import KeyboardTypos
from tests.unit.transformations.helpers import proposed


def typos(word: str, lang: Lang, **options) -> list[str]:
    return proposed(KeyboardTypos(**options), word, lang=lang)


def test_every_neighbour_of_every_letter() -> None:
    assert typos("Go", "en") == ["Fo", "Ho", "To", "Bo", "Vo", "Yo", "Gi", "Gp", "Gl", "Gk"]
    assert typos("a", "en") == ["s", "q", "z", "w"]
    assert typos("2019", "en") == []


def test_the_dead_key_of_the_accent_is_missed() -> None:
    assert {"estña", "estça", "est´s"} <= set(typos("está", "es"))
    assert {"estpa", "estña"} <= set(typos("está", "es", layout="es-419"))
    assert "estça" not in typos("está", "es", layout="es-419")
    assert "país" not in typos("país", "es")
    assert {"paús", "paós"} <= set(typos("país", "es"))  # the vowel is missed and the accent is not
    assert "pingúino" in typos("pingüino", "es")  # Shift forgotten


def test_a_dead_key_hit_by_mistake_falls_on_the_next_letter() -> None:
    assert "nió" in typos("niño", "es")
    assert "NIÓ" in typos("NIÑO", "es")
    assert "´ádre" not in typos("padre", "es", layout="es-419")
    assert "ádre" in typos("padre", "es", layout="es-419")
    assert "´lata" in typos("plata", "es", layout="es-419")
    assert "nió" not in typos("niño", "es", keep_ends=True)  # o is the last letter


def test_accents_are_left_out_when_asked() -> None:
    assert "esta" in typos("está", "es", accents=True)
    assert "esta" not in typos("está", "es")
    assert "ano" in typos("año", "es", layout="phone-en", accents=True)
    assert "ano" not in typos("año", "es", layout="phone-es", accents=True)
    assert KeyboardTypos().preserves_meaning
    assert not KeyboardTypos(accents=True).preserves_meaning


def test_what_a_layout_lacks_is_left_alone() -> None:
    assert all("ñ" in word for word in typos("año", "es", layout="us"))
    assert all("é" in word for word in typos("café", "en"))


def test_ends_are_kept_when_asked() -> None:
    found = typos("niña", "es", keep_ends=True)
    assert found
    assert all(word[0] == "n" and word[-1] == "a" for word in found)
    assert typos("no", "es", keep_ends=True) == typos("a", "es", keep_ends=True) == []


def test_other_letters_stay_as_they_came() -> None:
    found = typos("man\u0303ana", "es")
    assert "nan\u0303ana" in found
    assert "malana" in found
    assert all("ñ" not in word for word in found)
    assert "e\u0301b" in typos("e\u0301n", "es")


def test_a_layout_must_be_known() -> None:
    with pytest.raises(PluginError, match="dvorak"):
        KeyboardTypos(layout="dvorak")
