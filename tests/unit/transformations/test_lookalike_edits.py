"""Homoglyphs, leetspeak, scanner errors and letter case: hand-written expectations in both languages."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.transformations.casing import Casing
from robust.transformations.homoglyphs import Homoglyphs
from robust.transformations.leet import Leet
from robust.transformations.ocr import Ocr
from tests.unit.transformations.helpers import proposed


# ------------------------------------------------------------------ homoglyphs
def test_one_letter_of_another_script() -> None:
    assert proposed(Homoglyphs(), "tea!", lang="en") == ["tеa!", "teа!"]  # Cyrillic
    assert proposed(Homoglyphs(), "I 🙂", lang="en") == ["І 🙂"]
    assert proposed(Homoglyphs(), "2019", lang="en") == []


def test_marks_stay_on_the_new_letter() -> None:
    (es,) = proposed(Homoglyphs(), "ñ", lang="es")
    assert es == "ո\u0303"
    (enye,) = proposed(Homoglyphs(), "n\u0303", lang="es")
    assert enye == "ո\u0303"
    assert proposed(Homoglyphs(), "Á", lang="es") == ["А\u0301"]


def test_all_letters_at_once() -> None:
    (word,) = proposed(Homoglyphs(letters="all"), "COCHE", lang="es")
    assert word == "СОСНЕ"
    assert not word.isascii()


def test_marks_that_do_not_belong() -> None:
    assert proposed(Homoglyphs(look="marked"), "Año", lang="es") == ["Âño", "Añô"]
    assert proposed(Homoglyphs(look="marked", letters="all"), "GOOD", lang="en") == ["ĜÔÔḊ"]
    assert proposed(Homoglyphs(look="marked"), "n\u0303", lang="es") == []
    assert proposed(Homoglyphs(look="marked"), "é", lang="es") == []


# ------------------------------------------------------------------ leet
def test_one_sign_for_one_letter() -> None:
    assert proposed(Leet(), "Soy", lang="es") == ["5oy", "$oy", "S0y"]
    assert proposed(Leet(symbols=False), "Soy", lang="es") == ["5oy", "S0y"]
    assert proposed(Leet(), "y", lang="es") == []


def test_all_letters_as_digits_then_with_symbols() -> None:
    assert proposed(Leet(letters="all"), "idiot", lang="en") == ["1d107", "!d!07"]
    assert proposed(Leet(letters="all", symbols=False), "ÁRBOL", lang="es") == ["4R801"]


def test_accents_go_and_enye_stays() -> None:
    assert proposed(Leet(), "ñú", lang="es") == []
    assert proposed(Leet(), "éñ", lang="es") == ["3ñ"]
    assert proposed(Leet(), "e\u0301n\u0303", lang="es") == ["3n\u0303"]


# ------------------------------------------------------------------ ocr
def test_shapes_are_misread() -> None:
    assert proposed(Ocr(), "barn", lang="en") == ["bam", "barri", "harn"]
    assert "rnal" in proposed(Ocr(), "mal", lang="es")
    assert proposed(Ocr(), "O", lang="es") == ["0"]
    assert proposed(Ocr(), "Il", lang="en") == ["Ii", "I1", "II", "ll", "1l"]
    assert proposed(Ocr(), "a", lang="en") == []


def test_accents_are_lost_when_asked() -> None:
    assert proposed(Ocr(), "ñ", lang="es") == []
    assert proposed(Ocr(accents=True), "año", lang="es") == ["añ0", "ano"]
    assert proposed(Ocr(accents=True), "an\u0303a", lang="es") == ["ana"]
    assert {"dia", "dfa"} <= set(proposed(Ocr(accents=True), "día", lang="es"))
    assert "acci6n" in proposed(Ocr(accents=True), "acción", lang="es")
    assert Ocr().preserves_meaning
    assert not Ocr(accents=True).preserves_meaning


# ------------------------------------------------------------------ casing
def test_letter_case() -> None:
    assert proposed(Casing(), "niño", lang="es") == ["NIÑO"]
    assert proposed(Casing(style="lower"), "ÁRBOL", lang="es") == ["árbol"]
    assert proposed(Casing(style="title"), "ñandú", lang="es") == ["Ñandú"]
    assert proposed(Casing(style="alternate"), "wonderful", lang="en") == ["wOnDeRfUl"]
    assert proposed(Casing(style="alternate"), "n\u0303n\u0303", lang="es") == ["n\u0303N\u0303"]
    assert proposed(Casing(), "OK", lang="en") == proposed(Casing(), "24", lang="en") == []


@pytest.mark.parametrize(
    ("plugin", "wrong"),
    [
        (Homoglyphs, {"look": "same"}), (Homoglyphs, {"letters": "some"}), (Leet, {"letters": "two"}),
        (Casing, {"style": "camel"}),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(plugin: type, wrong: dict[str, str]) -> None:
    with pytest.raises(PluginError, match=next(iter(wrong.values()))):
        plugin(**wrong)


def test_nothing_is_recomposed_behind_the_back() -> None:
    string = "cafe\u0301s"
    for plugin in (Leet(), Homoglyphs(), Ocr()):
        for found in proposed(plugin, string, lang="en"):
            assert "é" not in found
