from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust.results.estimates import Z95, proportion


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
