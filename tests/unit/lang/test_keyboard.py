"""Keyboards: what touches what, and what fingers write on them."""

from __future__ import annotations

import pytest

from robust.core.types import LANGS
from robust.lang.base import language
from robust.lang.keyboard import DEFAULT_LAYOUT, LAYOUTS, SPAIN, US, typed


@pytest.mark.parametrize("name", LAYOUTS)
def test_keys_touch_each_other(name: str) -> None:
    layout = LAYOUTS[name]
    assert set("abcdefghijklmnopqrstuvwxyz") <= set(layout.touching)
    assert ("ñ" in layout.touching) == (name in ("es-ES", "es-419", "phone-es"))
    for key, near in layout.touching.items():
        assert near
        assert key not in near
        assert len(set(near)) == len(near)
        assert all(key in layout.touching[other] for other in near)


def test_neighbours_of_single_keys() -> None:
    assert set(US["g"]) == set("ftyhbv")
    assert set(US["p"]) == set("ol")
    assert set(SPAIN["ñ"]) == set("lp")  # letters alone
    assert set(LAYOUTS["es-ES"].touching["ñ"]) == set("lp´")
    assert set(LAYOUTS["es-ES"].touching["´"]) == set("ñç")
    assert set(LAYOUTS["es-419"].touching["´"]) == set("pñ")
    assert set(LAYOUTS["phone-en"].touching["a"]) == set("qws")
    assert set(LAYOUTS["phone-es"].touching["ñ"]) == set("lp")


def test_the_default_is_the_keyboard_of_the_language() -> None:
    for lang in LANGS:
        letters = {key for key in LAYOUTS[DEFAULT_LAYOUT[lang]].touching if key.isalpha()}
        assert set(language(lang).keyboard) == letters - {"ç"}


@pytest.mark.parametrize("name", ["es-ES", "es-419"])
def test_the_marks_of_questions_and_exclamations_have_a_key(name: str) -> None:
    assert LAYOUTS[name].rows[0][-1] == {"es-ES": "¡", "es-419": "¿"}[name]


@pytest.mark.parametrize("name", ["es-ES", "es-419"])
def test_accented_vowels_take_a_dead_key(name: str) -> None:
    layout = LAYOUTS[name]
    assert layout.keys("á") == ("´", "a")
    assert layout.keys("ü") == ("¨", "u")
    assert layout.keys("ñ") == ("ñ",)
    assert layout.keys("€") == ()
    for letter in "áéíóúüñabc":
        assert typed(layout.keys(letter)) == (letter, False)


def test_touch_screens_hold_a_key() -> None:
    assert LAYOUTS["phone-es"].plain("í") == "i"
    assert LAYOUTS["phone-es"].plain("ñ") == ""
    assert LAYOUTS["phone-en"].plain("ñ") == "n"
    assert LAYOUTS["us"].plain("í") == ""


def test_what_dead_keys_write() -> None:
    assert typed(("´", "s")) == ("´s", False)
    assert typed(("¨", "i")) == ("ï", False)
    assert typed(("´",)) == ("´", False)
    assert typed(("´",), ("o",)) == ("ó", True)
    assert typed(("´",), ("t",)) == ("´t", True)
    assert typed(("l",), ("o",)) == ("l", False)
