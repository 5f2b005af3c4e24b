"""Cheap draws are as good as others."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
from scipy import stats

from robust.core.draws import Draws


def test_a_seed_says_all() -> None:
    one, same, other = Draws(7), Draws(7), Draws(8)
    drawn = [one.below(1000) for _ in range(40)]
    assert drawn == [same.below(1000) for _ in range(40)]
    assert drawn != [other.below(1000) for _ in range(40)]


def test_whole_numbers_are_alike_likely() -> None:
    # First draws of many seeds, and many draws of one: both have to be even (chi-square, 6 degrees of freedom).
    for drawn in ([Draws(seed).below(7) for seed in range(7000)], [(d := Draws(1)) and 0, *_many(d, 7000)]):
        counts = np.bincount(drawn[-7000:], minlength=7)
        assert stats.chisquare(counts).pvalue > 1e-4


def _many(draws: Draws, n: int) -> list[int]:
    return [draws.below(7) for _ in range(n)]


def test_fractions_are_uniform_and_unrelated() -> None:
    draws = Draws(3)
    found = np.array([draws.uniform() for _ in range(8000)])
    assert found.min() >= 0
    assert found.max() < 1
    assert stats.kstest(found, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 0.04


def test_two_numbers_of_one_draw_are_uniform_and_unrelated() -> None:
    draws = Draws(5)
    found = np.array([draws.two() for _ in range(8000)])
    assert found.min() >= 0
    assert found.max() < 1
    assert stats.kstest(found[:, 0], "uniform").pvalue > 1e-4
    assert stats.kstest(found[:, 1], "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.04


def test_every_order_is_as_likely() -> None:
    orders = Counter("".join(Draws(seed).shuffled("abcd")) for seed in range(12000))
    assert set(orders) == {"".join(order) for order in permutations("abcd")}
    assert stats.chisquare(list(orders.values())).pvalue > 1e-4
    assert list(Draws(0).shuffled([])) == []


def test_who_takes_one_item_pays_for_one_draw() -> None:
    one, other = Draws(3), Draws(3)
    next(one.shuffled(range(1000)))
    other.below(1000)
    assert one.below(1000) == other.below(1000)
