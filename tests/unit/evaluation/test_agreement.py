"""Krippendorff's alpha, against his worked example and against its definition by pairs."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.evaluation.agreement import krippendorff_alpha

EXAMPLE = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Krippendorff 2011, section C: four observers, twelve units, any number of values, missing data."""


def by_pairs(units: list[list[int]]) -> float | None:
    """1 - observed / expected disagreement, pair by pair."""
    units = [unit for unit in units if len(unit) > 1]
    everything = [value for unit in units for value in unit]
    n = len(everything)
    expected = sum(a != b for a, b in permutations(everything, 2)) / (n * (n - 1)) if n > 1 else 0
    if not expected:
        return None
    observed = sum(sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units) / n
    return 1 - observed / expected


def test_the_papers_example() -> None:
    units = [[value for value in unit if value != "."] for unit in zip(*(row.split() for row in EXAMPLE), strict=True)]
    found = krippendorff_alpha(units)
    assert found.value == pytest.approx(0.743, abs=5e-4)  # the paper's number
    assert found.n == 11  # the twelfth unit has one rating
    assert found.low is not None
    assert found.low < 0.743 < (found.high or 0) <= 1


@given(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=8))
def test_it_is_its_definition(units: list[list[int]]) -> None:
    found, wanted = krippendorff_alpha(units), by_pairs(units)
    assert found.value == (None if wanted is None else pytest.approx(wanted))


def test_agreement_on_everything_and_less_than_chance() -> None:
    assert krippendorff_alpha([["a", "a"], ["b", "b"]]).value == 1
    assert krippendorff_alpha([["a", "a"], ["a", "a"]]).value is None
    assert (krippendorff_alpha([["a", "b"], ["b", "a"]]).value or 0) < 0
    assert krippendorff_alpha([]).value is None
