"""Tasks have their turns as often as they should, and every row comes once in an epoch."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from robust.stages.examples import Encoded
from robust.stages.multitask_draws import Batches, shares, turns


def items(*lengths: int) -> Encoded:
    return Encoded(items=[{"input_ids": [1] * length} for length in lengths])


def test_shares() -> None:
    assert shares([900, 100], 1) == pytest.approx([0.9, 0.1])
    assert shares([900, 100], 0.5) == pytest.approx([0.75, 0.25])  # 30 : 10
    assert shares([900, 100], 0) == pytest.approx([0.5, 0.5])


def test_turns_follow_the_shares_and_the_seed() -> None:
    drawn = turns([900, 100], 4000, alpha=0.5, seed=1)
    assert np.mean(drawn == 0) == pytest.approx(0.75, abs=0.03)  # four standard errors
    assert (drawn == turns([900, 100], 4000, alpha=0.5, seed=1)).all()
    assert (drawn[:1000] == turns([900, 100], 1000, alpha=0.5, seed=1)).all(), "a longer training begins alike"
    assert (drawn != turns([900, 100], 4000, alpha=0.5, seed=2)).any()


def test_every_row_comes_once_in_an_epoch_in_another_order_in_the_next() -> None:
    held = items(*range(1, 24))
    batches = Batches(items=held, size=5, seed=3)
    assert batches.per_epoch == 5
    first = [batches.rows(number) for number in range(5)]
    assert held.epoch == 0
    second = [batches.rows(number) for number in range(5, 10)]
    assert held.epoch == 1
    for epoch in (first, second):
        assert Counter(row for rows in epoch for row in rows) == Counter(range(23))
        assert sorted(map(len, epoch)) == [3, 5, 5, 5, 5]
    assert first != second
    again = Batches(items=items(*range(1, 24)), size=5, seed=3)
    assert again.rows(7) == second[2], "a resumed training asks for a late batch first"
    assert batches.rows(0) == first[0]
