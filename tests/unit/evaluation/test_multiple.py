"""Holm's correction against the closed procedure it stands for; detectable differences against simulation."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from robust.evaluation.multiple import holm, minimum_detectable_difference


def test_the_textbook_case() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_it_is_the_closed_test_of_bonferroni(p_values: list[float]) -> None:
    """A hypothesis falls at a level if Bonferroni's test rejects every set of hypotheses that holds it."""
    m = len(p_values)
    sets = list(chain.from_iterable(combinations(range(m), size) for size in range(1, m + 1)))
    for at, adjusted in enumerate(holm(p_values)):
        closed = max(min(1.0, len(one) * min(p_values[i] for i in one)) for one in sets if at in one)
        assert adjusted == pytest.approx(closed)


@pytest.mark.parametrize(("n", "discordant"), [(200, 0.2), (1000, 0.1), (500, 0.5)])
def test_the_difference_is_found_four_times_in_five(n: int, discordant: float) -> None:
    d = minimum_detectable_difference(n, discordant)
    assert d is not None
    rng = np.random.default_rng(3)
    gained, lost = (discordant + d) / 2, (discordant - d) / 2
    drawn = rng.multinomial(n, [gained, lost, 1 - discordant], size=4000)
    statistic = (drawn[:, 0] - drawn[:, 1]) ** 2 / (drawn[:, 0] + drawn[:, 1])  # McNemar's chi-squared
    assert (statistic > stats.chi2.ppf(0.95, 1)).mean() == pytest.approx(0.8, abs=0.03)


def test_more_rows_show_smaller_differences_and_too_few_show_none() -> None:
    found = [minimum_detectable_difference(n, 0.2) or 0 for n in (100, 400, 1600)]
    assert found[0] > found[1] > found[2] > 0
    assert found[1] / found[2] == pytest.approx(2, rel=0.05)
    assert minimum_detectable_difference(10, 0.1) is None
    assert minimum_detectable_difference(0, 0.1) is None
    assert minimum_detectable_difference(100, 0.0) is None
