"""chrF against values worked out by hand."""

from __future__ import annotations

import pytest

from robust.lang.overlap import chrf


def test_equal_texts_and_spaces() -> None:
    assert chrf("una actuación perfecta", "una actuación perfecta") == 1.0
    assert chrf("a b", "ab") == 1.0
    assert chrf("", "") == 1.0


def test_nothing_shared() -> None:
    assert chrf("abc", "xyz") == 0.0
    assert chrf("abc", "") == 0.0


def test_by_hand() -> None:
    # n = 1: of a b c d and a b c x, 3 of 4 shared; n = 2: ab bc cd and ab bc cx, 2 of 3; n = 3: 1 of 2; n = 4: 0 of 1
    expected = (3 / 4 + 2 / 3 + 1 / 2 + 0) / 4
    assert chrf("abcd", "abcx") == pytest.approx(expected)


def test_recall_counts_more_than_precision() -> None:
    # the only length that both have is 1: precision 1, recall 1/2, and the other way about
    assert chrf("ab", "a") == pytest.approx(5 * 1 * 0.5 / (4 * 1 + 0.5))
    assert chrf("a", "ab") == pytest.approx(5 * 0.5 * 1 / (4 * 0.5 + 1))
