"""Constraints that say which words may be edited."""

from __future__ import annotations

import pytest

from robust.constraints.min_word_length import MinWordLength
from robust.constraints.no_repeat import NoRepeat
from robust.constraints.no_stopwords import NoStopwords
from robust.constraints.only_plain_words import OnlyPlainWords
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language


def free(constraint, text: Text, lang: Lang = "en") -> list[str]:
    return [word for word, ok in zip(text.words, constraint.positions(text, lang), strict=True) if ok]


def test_no_stopwords_in_both_languages() -> None:
    english = language("en").text("The soup was NOT very tasty, I don't enjoy it")
    assert free(NoStopwords(), english) == ["soup", "tasty", "enjoy"]
    spanish = language("es").text("La sopa NO estaba sabrosa y a él no le gustó")
    assert {"sopa", "sabrosa", "gustó"} <= set(free(NoStopwords(), spanish, "es"))
    assert not {"La", "NO", "y", "a", "él", "le"} & set(free(NoStopwords(), spanish, "es"))


def test_no_stopwords_judges_the_original_word() -> None:
    text = language("en").text("the soup")
    assert free(NoStopwords(), text.replace(0, "teh")) == ["soup"]
    assert free(NoStopwords(), text.replace(1, "the")) == ["the"]
    assert free(NoStopwords(), text.delete(0)) == ["soup"]
    assert free(NoStopwords(), text.insert(1, "hot")) == ["hot", "soup"]


def test_no_repeat_leaves_changed_and_added_words() -> None:
    text = language("en").text("a b c")
    assert free(NoRepeat(), text) == ["a", "b", "c"]
    assert free(NoRepeat(), text.replace(1, "x").insert(0, "so")) == ["a", "c"]
    assert free(NoRepeat(), text.delete(0)) == ["b", "c"]
    assert free(NoRepeat(), text.replace(1, "x").replace(1, "b")) == ["a", "b", "c"]


def test_min_word_length() -> None:
    text = language("es").text("Sí, la niña comió ñoquis")
    assert free(MinWordLength(length=5), text, "es") == ["comió", "ñoquis"]
    assert free(MinWordLength(length=1), text, "es") == list(text.words)
    with pytest.raises(PluginError):
        MinWordLength(length=0)


def test_only_plain_words() -> None:
    string = "Don't pay 3,5 or 2nd to @ana #ok x@y.org www.a.es well-made cafe\u0301 niña M&M"
    text = language("en").text(string)
    assert free(OnlyPlainWords(), text) == ["Don't", "pay", "or", "to", "well-made", "cafe\u0301", "niña", "M", "M"]
