"""Exact intervals, against the binomial itself; corrected success, against its definition and the delta method."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from robust.results.exact import Validity, clopper_pearson, corrected_success


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 20), (3, 20), (10, 20), (20, 20), (997, 1000)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
def test_the_ends_are_where_the_binomial_tails_are_half_the_error(k: int, n: int, level: float) -> None:
    found = clopper_pearson(k, n, level=level)
    assert found.low is not None
    assert found.high is not None
    if k == 0:
        assert found.low == 0
    else:
        assert stats.binom.sf(k - 1, n, found.low) == pytest.approx((1 - level) / 2, rel=1e-6)
    if k == n:
        assert found.high == 1
    else:
        assert stats.binom.cdf(k, n, found.high) == pytest.approx((1 - level) / 2, rel=1e-6)
    theirs = stats.binomtest(k, n).proportion_ci(confidence_level=level, method="exact")
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_it_covers_whatever_the_rate_is() -> None:
    n = 15
    intervals = [clopper_pearson(k, n) for k in range(n + 1)]
    for rate in np.linspace(0.01, 0.99, 50):
        covered = sum(
            stats.binom.pmf(k, n, rate) for k, one in enumerate(intervals) if (one.low or 0) <= rate <= (one.high or 0)
        )
        assert covered >= 0.95


def test_nothing_and_nonsense() -> None:
    assert clopper_pearson(0, 0).value is None
    with pytest.raises(ValueError, match="3 of 2"):
        clopper_pearson(3, 2)


def test_attacks_that_were_sampled_unevenly_are_weighed_by_their_successes() -> None:
    found = corrected_success(
        {"typos": 90, "words": 10}, 200, {"typos": Validity(valid=20, judged=20), "words": Validity(valid=5, judged=20)}
    )
    assert found.value == pytest.approx(90 / 200 + 10 / 200 / 4)  # pooled validity, 25 of 40, would say 0.31
    assert found.low is not None
    assert found.high is not None
    assert 0.37 < found.low < found.value < found.high < 0.54


def test_with_many_ratings_it_agrees_with_the_delta_method() -> None:
    k, n, valid, judged = 600, 1000, 350, 500
    found = corrected_success({"a": k}, n, {"a": Validity(valid=valid, judged=judged)})
    p, v = k / n, valid / judged
    half = 1.96 * math.sqrt(v * v * p * (1 - p) / n + p * p * v * (1 - v) / judged)
    assert (found.low, found.high) == pytest.approx((p * v - half, p * v + half), abs=0.002)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for trial in range(300):
        k, valid = int(rng.binomial(80, 0.7)), int(rng.binomial(30, 0.9))
        found = corrected_success({"a": k}, 80, {"a": Validity(valid=valid, judged=30)}, seed=trial)
        held += (found.low or 0) <= 0.63 <= (found.high or 0)
    assert held >= 0.91 * 300  # 0.95 less three standard errors


def test_what_was_not_rated_is_not_known() -> None:
    rated = {"a": Validity(valid=1, judged=2)}
    assert corrected_success({"a": 3, "b": 1}, 10, rated).value is None
    assert corrected_success({"a": 3, "b": 0}, 10, rated).value == pytest.approx(0.15)
    assert corrected_success({"a": 0}, 0, rated).value is None
    with pytest.raises(ValueError, match="11 successes of 10"):
        corrected_success({"a": 11}, 10, rated)
