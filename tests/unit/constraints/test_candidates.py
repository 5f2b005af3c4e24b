"""Constraints that judge candidates without a model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.constraints.levenshtein import Levenshtein, within
from robust.constraints.max_words_changed import MaxWordsChanged
from robust.constraints.same_part_of_speech import SamePartOfSpeech
from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language


def kept(constraint, *candidates: Text, lang: Lang = "en") -> list[bool]:
    return constraint([Pair(c.root, c, lang) for c in candidates]).tolist()


# ------------------------------------------------------------------ words changed
def changed(text: Text, count: int) -> Text:
    for i in range(count):
        text = text.replace(i, "x")
    return text


@pytest.mark.parametrize(("words", "most"), [(10, 4), (9, 3), (3, 1), (1, 1), (2, 1)])
def test_max_words_changed_rounds_down_but_allows_the_minimum(words: int, most: int) -> None:
    text = language("en").text(" ".join("a" * words))
    candidates = [changed(text, n) for n in range(words + 1)]
    assert kept(MaxWordsChanged(fraction=0.4, minimum=1), *candidates) == [n <= most for n in range(words + 1)]


def test_max_words_changed_is_not_fooled_by_floats() -> None:
    text = language("en").text(" ".join("a" * 10))
    for tenths in range(11):
        verdicts = kept(MaxWordsChanged(fraction=tenths / 10, minimum=0), *[changed(text, n) for n in range(11)])
        assert sum(verdicts) == tenths + 1


def test_max_words_changed_counts_deletions_insertions_and_not_restored_words() -> None:
    text = language("en").text("a b c d e")
    limit = MaxWordsChanged(fraction=0.2, minimum=0)
    restored = text.replace(0, "x").replace(0, "a").replace(1, "x")
    assert kept(limit, text.delete(0), text.insert(0, "x"), restored, text.delete(0).delete(0)) == [True] * 3 + [False]


# ------------------------------------------------------------------ edit distance
def distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j - 1] + (x != y), above[j] + 1, row[-1] + 1))
    return row[-1]


@given(st.text("abñ", max_size=12), st.text("abñ", max_size=12), st.integers(0, 13))
def test_within_agrees_with_the_whole_table(a: str, b: str, maximum: int) -> None:
    assert within(a, b, maximum) == (distance(a, b) <= maximum)


def test_levenshtein_counts_characters() -> None:
    text = language("es").text("el niño feliz")
    swap, gone, far = text.replace(1, "niñño"), text.delete(0), text.replace(1, "muchacho")
    assert kept(Levenshtein(maximum=3), text, swap, gone, far, lang="es") == [True, True, True, False]
    assert kept(Levenshtein(maximum=0), text, swap, lang="es") == [True, False]


# ------------------------------------------------------------------ part of speech
def test_same_part_of_speech_compares_the_changed_words_only() -> None:
    text = language("en").text("She quickly bought a happy dog")
    constraint = SamePartOfSpeech()
    same, other = text.replace(4, "sad"), text.replace(4, "swiftly")
    assert kept(constraint, text, same, other) == [True, True, False]
    assert kept(constraint, same.replace(1, "slowly"), same.replace(1, "kitchen")) == [True, False]


def test_same_part_of_speech_in_spanish() -> None:
    text = language("es").text("El perro feliz")
    candidates = [text.replace(2, word) for word in ("triste", "rápidamente")]
    assert kept(SamePartOfSpeech(), *candidates, lang="es") == [True, False]


def test_unknown_words_pass_on_either_side() -> None:
    text = language("en").text("A happy xqzzt")
    assert kept(SamePartOfSpeech(), text.replace(1, "hapyp"), text.replace(2, "happy")) == [True, True]
    assert kept(SamePartOfSpeech(), text.insert(1, "kitchen"), text.delete(1)) == [True, True]


def test_nouns_may_stand_for_verbs_when_asked() -> None:
    text = language("en").text("the kitchen")
    assert language("en").parts_of_speech("kitchen") == {"noun"}
    assert language("en").parts_of_speech("arrive") == {"verb"}
    candidate = text.replace(1, "arrive")
    assert kept(SamePartOfSpeech(), candidate) == [False]
    assert kept(SamePartOfSpeech(noun_for_verb=True), candidate) == [True]
    assert kept(SamePartOfSpeech(noun_for_verb=True), text.replace(1, "swiftly")) == [False]


# ------------------------------------------------------------------ all
def test_empty_batches() -> None:
    for constraint in (MaxWordsChanged(), Levenshtein(), SamePartOfSpeech()):
        assert constraint([]).shape == (0,)
        assert constraint([]).dtype == np.bool_


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: MaxWordsChanged(fraction=1.1),
        lambda: MaxWordsChanged(minimum=-1),
        lambda: Levenshtein(maximum=-1),
    ],
)
def test_wrong_parameters_are_refused(wrong) -> None:
    with pytest.raises(PluginError):
        wrong()
