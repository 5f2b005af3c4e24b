"""All words one letter away."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.lang.base import language
from robust.transformations.all_character_edits import AllCharacterEdits
from robust.transformations.character_edits import ALPHABETS
from tests.unit.transformations.helpers import proposed


def only(operation: str, word: str, *, lang="en", keep_ends: bool = True) -> list[str]:
    return proposed(AllCharacterEdits(operations=(operation,), keep_ends=keep_ends), word, lang=lang)


def test_inner_letters_alone() -> None:
    assert only("swap", "soup") == ["suop"]
    assert only("delete", "soup") == ["sup", "sop"]
    assert only("substitute", "sup") == [f"s{key}p" for key in language("en").keyboard["u"]]
    assert only("insert", "it") == [f"i{letter}t" for letter in ALPHABETS["en"]]
    assert AllCharacterEdits()([]) == []


def test_all_letters() -> None:
    assert only("swap", "año", lang="es", keep_ends=False) == ["ñao", "aoñ"]
    assert only("delete", "a", keep_ends=False) == []
    assert "ña" in only("insert", "a", lang="es", keep_ends=False)
    assert "AÑ" in only("insert", "A", lang="es", keep_ends=False)


def test_short_words_have_no_inner_letters() -> None:
    for word in ("a", "no"):
        assert only("swap", word) == only("delete", word) == only("substitute", word) == []


def test_marks_stay_with_their_letters() -> None:
    assert only("swap", "pin\u0303as", lang="es") == ["pn\u0303ias", "pian\u0303s"]
    assert only("delete", "pin\u0303a", lang="es") == ["pn\u0303a", "pia"]
    assert "PIÑLA" in only("insert", "PIÑA", lang="es")


def test_no_candidate_twice() -> None:
    found = proposed(AllCharacterEdits(), "balloon", lang="en")
    assert len(found) == len(set(found))
    assert "balloon" not in found


def test_wrong_parameters_are_refused() -> None:
    with pytest.raises(PluginError, match="flip"):
        AllCharacterEdits(operations=("flip",))
