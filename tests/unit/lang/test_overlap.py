"""BLEU and words in place, against numbers worked out by hand; chrF has a test of its own."""

from __future__ import annotations

import pytest

from robust.lang.overlap import MEASURES, bleu, positions


def test_bleu_by_hand() -> None:
    # 4 of 5 words, then 2 of 4, 1 of 3 and 0 of 2 longer n-grams, each of the last three with one added
    expected = (4 / 5 * (2 + 1) / (4 + 1) * (1 + 1) / (3 + 1) * (0 + 1) / (2 + 1)) ** 0.25
    assert bleu("the cat sat on mats", "the cat sat by mats") == pytest.approx(expected)


def test_a_short_text_pays_for_its_brevity() -> None:
    # every n-gram matches; there is no 4-gram, and nothing but the added one
    assert bleu("a b c d e f", "a b c") == pytest.approx(2.718281828**-1)
    assert bleu("a b c", "a b c d e f") == pytest.approx((3 / 6 * 3 / 6 * 2 / 5 * 1 / 4) ** 0.25)


def test_a_word_counts_as_often_as_the_reference_has_it() -> None:
    assert bleu("the cat", "the the the the") == pytest.approx((1 / 4 * 1 / 4 * 1 / 3 * 1 / 2) ** 0.25)


def test_words_in_the_same_place() -> None:
    assert positions("Uno dos tres", "uno DOS cuatro") == pytest.approx(2 / 3)
    assert positions("uno dos", "cero uno dos") == 0, "moved by one: no place has the same word"
    assert positions("uno", "uno dos tres cuatro") == 0.25
    assert positions("", "") == 1


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_one_for_the_same_text_and_nothing_for_another(name: str) -> None:
    measure = next(found for known, found in MEASURES.items() if known == name)
    assert measure("el niño come pan", "el niño come pan") == pytest.approx(1)
    assert measure("el niño come pan", "www xxxx") == 0
    assert measure("el niño come pan", "") == measure("", "www") == 0
