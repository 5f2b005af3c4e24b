from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from robust.evaluation.paired import compare, mcnemar
from robust.results.estimates import proportion


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemars_p_value_is_the_exact_binomial_tests(first: int, second: int) -> None:
    expected = binomtest(first, first + second, 0.5).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_where_half_to_the_n_is_zero_in_floating_point() -> None:
    assert 0.5**3000 == 0.0
    assert mcnemar(1400, 1600) == pytest.approx(binomtest(1400, 3000, 0.5).pvalue, rel=1e-9)


def test_by_hand() -> None:
    """Rows 0 to 4 only the first gets right, row 5 only the second: of six, one or fewer favours it with 7/64 · 2."""
    first = [True] * 5 + [False] + [True] * 3 + [False]
    second = [False] * 5 + [True] + [True] * 3 + [False]
    found = compare(first, second)
    assert (found.first_only, found.second_only, found.n) == (5, 1, 10)
    assert found.value == pytest.approx(0.4)
    assert found.p_value == pytest.approx(2 * (1 + 6) / 64)


def test_the_interval_is_that_of_resampled_rows() -> None:
    """The same bootstrap the long way: draw rows with replacement, take the difference of the two accuracies."""
    rng = np.random.default_rng(3)
    first, second = rng.random(300) < 0.8, rng.random(300) < 0.7
    found = compare(first.tolist(), second.tolist())
    places = rng.integers(0, 300, size=(10_000, 300))
    differences = first[places].mean(axis=1) - second[places].mean(axis=1)
    low, high = np.quantile(differences, [0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.005), pytest.approx(high, abs=0.005))


def test_the_interval_is_the_same_every_time_and_as_wide_as_theory_says() -> None:
    first = [True] * 90 + [False] * 60 + [True] * 850
    second = [False] * 90 + [True] * 60 + [True] * 850
    found = compare(first, second)
    assert found == compare(first, second)
    assert found.low is not None
    assert found.high is not None
    spread = math.sqrt(0.09 + 0.06 - 0.03**2) / math.sqrt(1000)
    assert found.high - found.low == pytest.approx(2 * 1.96 * spread, rel=0.05)


@pytest.mark.parametrize(
    ("gained", "lost", "verdict"), [(40, 5, "better"), (5, 40, "worse"), (12, 10, "not shown to differ")]
)
def test_the_verdict_is_the_intervals(gained: int, lost: int, verdict: str) -> None:
    first = [True] * gained + [False] * lost + [True] * 100
    second = [False] * gained + [True] * lost + [True] * 100
    assert compare(first, second).verdict == verdict


def test_nothing_compares_nothing() -> None:
    found = compare([], [])
    assert (found.value, found.low, found.p_value, found.points(), found.verdict) == (
        *(None, None, None, "–"),
        "not shown to differ",
    )


def test_rows_must_be_the_same() -> None:
    with pytest.raises(ValueError, match="not the same rows"):
        compare([True], [True, False])


@pytest.mark.parametrize("right", [True, False])
def test_models_that_no_row_tells_apart_may_still_differ(right: bool) -> None:
    found = compare([right] * 5, [right] * 5)
    ends = proportion(0, 5)
    assert (found.value, found.low, found.high) == (0, -(ends.high or 0), ends.high)
    assert found.verdict == "not shown to differ"
