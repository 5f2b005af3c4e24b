from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.results.estimates import Z95, bootstrap, crossed, crossed_share, mean, points, proportion


@given(st.integers(1, 2000), st.data())
def test_the_interval_ends_solve_wilsons_equation(n: int, data: st.DataObject) -> None:
    """The score interval holds every p whose z-score for the observed share is at most z; its ends meet it exactly."""
    k = data.draw(st.integers(0, n))
    e = proportion(k, n)
    assert e.value is not None
    assert e.low is not None
    assert e.high is not None
    assert 0 <= e.low <= e.value <= e.high <= 1
    for end in (e.low, e.high):
        if 0 < end < 1:
            assert abs(k / n - end) == pytest.approx(Z95 * (end * (1 - end) / n) ** 0.5, rel=1e-6, abs=1e-12)


def test_a_published_interval() -> None:
    """Brown, Cai and DasGupta 2001 discuss the method; 8 of 10 gives [0.490, 0.943]."""
    e = proportion(8, 10)
    assert (round(e.low or 0, 3), round(e.high or 0, 3)) == (0.490, 0.943)


def test_nothing_estimates_nothing() -> None:
    e = proportion(0, 0)
    assert (e.value, e.low, e.high, e.percent()) == (None, None, None, "–")


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3)])
def test_an_impossible_count_is_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        proportion(k, n)


def test_bootstrap_agrees_with_resampling_row_by_row() -> None:
    """Rows that add the same are drawn together; drawing every row for itself gives the same distribution."""
    rng = np.random.default_rng(5)
    parts = np.stack([rng.integers(0, 3, 300), rng.integers(1, 4, 300)], axis=1).astype(float)
    found = bootstrap(parts, lambda sums: sums[..., 0] / sums[..., 1], resamples=4000, seed=1)
    one_by_one = [
        (lambda drawn: drawn[:, 0].sum() / drawn[:, 1].sum())(parts[rng.integers(0, 300, 300)]) for _ in range(4000)
    ]
    low, high = np.quantile(one_by_one, [0.025, 0.975])
    assert (found.k, found.n, found.method) == (None, 300, "bootstrap")
    assert found.value == pytest.approx(parts[:, 0].sum() / parts[:, 1].sum())
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)


def test_the_bootstrap_of_a_share_is_as_wide_as_its_standard_error_says() -> None:
    right = np.arange(1000) % 4 == 0
    found = mean(right, resamples=4000)
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / 2 == pytest.approx(Z95 * (0.25 * 0.75 / 1000) ** 0.5, rel=0.06)


def test_equal_rows_give_equal_intervals_and_other_seeds_others() -> None:
    values = np.random.default_rng(0).random(50)
    assert mean(values) == mean(values)
    assert mean(values, seed=1).low != mean(values).low
    assert mean(values, seed=1).value == mean(values).value


def test_no_rows_have_no_mean() -> None:
    found = mean([])
    assert (found.value, found.low, found.high, found.n, found.percent()) == (None, None, None, 0, "–")


def test_trainings_and_rows_add_their_variances() -> None:
    """Of a table a[i] + b[j] the mean varies by var(a) / m + var(b) / n, whichever is drawn anew."""
    rng = np.random.default_rng(2)
    by_training, by_row = rng.normal(0, 2, (40, 1)), rng.normal(1, 3, (1, 60))
    found = crossed(by_training + by_row, resamples=8000)
    assert found.value == pytest.approx(by_training.mean() + by_row.mean())
    assert found.low is not None
    assert found.high is not None
    expected = Z95 * (by_training.var() / 40 + by_row.var() / 60) ** 0.5
    assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.06)
    assert (found.n, found.method) == (60, "pigeonhole bootstrap")


def test_trainings_that_agree_leave_the_rows_alone() -> None:
    row = np.random.default_rng(4).random(200)
    one, three = mean(row, resamples=8000), crossed(np.stack([row] * 3), resamples=8000)
    assert three.value == pytest.approx(one.value)
    assert three.low == pytest.approx(one.low, abs=0.005)
    assert three.high == pytest.approx(one.high, abs=0.005)


def test_a_share_of_none_is_not_certain() -> None:
    found = crossed_share(np.zeros((3, 50)))
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(proportion(0, 50).high)
    assert crossed_share(np.zeros((3, 0))).value is None


def test_points_are_signed() -> None:
    assert points(0.0321, -0.011, 0.06) == "+3.2 [-1.1, +6.0]"
    assert points(None, None, None) == "–"
