"""Untargeted goal: one minus the target's probability, ties stable, empty batches, clear errors."""

from __future__ import annotations

import numpy as np
import pytest

from robust.core.example import TokenLabels
from robust.errors import DataError
from robust.goals.untargeted import Untargeted

GOAL = Untargeted()


def logits(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_score_is_one_minus_the_probability_of_the_target() -> None:
    three_to_one = logits([np.log(3.0), 0.0])
    assert GOAL.score(three_to_one, 0) == pytest.approx([0.25], abs=1e-6)
    assert GOAL.score(three_to_one, 1) == pytest.approx([0.75], abs=1e-6)


def test_done_when_another_class_is_more_probable() -> None:
    rows = logits([1, 0, 0], [0, 1, 0], [0, 0, 1])
    assert GOAL.done(rows, 1).tolist() == [True, False, True]


def test_a_tie_counts_for_the_first_class() -> None:
    assert GOAL.done(logits([1, 1]), 0).tolist() == [False]
    assert GOAL.done(logits([1, 1]), 1).tolist() == [True]


def test_huge_logits_neither_overflow_nor_vanish() -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert GOAL.score(logits([3e38, -3e38], [1e4, 0], [-1e4, 0]), 0).tolist() == [0.0, 0.0, 1.0]


def test_log_probabilities_give_the_same_score_as_logits() -> None:
    raw = np.random.default_rng(1).normal(size=(20, 4)).astype(np.float32)
    log_probabilities = raw - np.log(np.exp(raw).sum(1, keepdims=True))
    assert GOAL.score(log_probabilities, 2) == pytest.approx(GOAL.score(raw, 2), abs=2e-6)


def test_float_noise_of_batching_leaves_ties_tied() -> None:
    noisy = logits([1.0, 0.0]) + np.array([[0, 0], [1e-7, 0], [-1e-7, 1e-7]], np.float32)
    assert len(set(GOAL.score(noisy, 0).tolist())) == 1


@pytest.mark.parametrize("n_labels", [1, 2, 5])
def test_empty_batch(n_labels: int) -> None:
    empty = np.zeros((0, n_labels), np.float32)
    assert GOAL.score(empty, 4).shape == GOAL.done(empty, 4).shape == (0,)


def test_a_target_the_model_does_not_know_is_named() -> None:
    with pytest.raises(DataError, match=r"class 2, but the model has 2 classes"):
        GOAL.done(logits([0, 1]), 2)
    with pytest.raises(DataError, match="class -1"):
        GOAL.score(logits([0, 1]), -1)


def test_a_tagging_target_is_refused() -> None:
    with pytest.raises(DataError, match="class index"):
        GOAL.score(logits([0, 1]), TokenLabels(("O",)))
