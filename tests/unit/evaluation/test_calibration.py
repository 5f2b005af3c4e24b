"""Calibration against its definition, worked out another way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robust.evaluation.calibration import calibration, of_rows


def logits(chance: float) -> list[float]:
    """Two classes of which the second has this probability."""
    return [0.0, math.log(chance / (1 - chance))]


def test_by_hand() -> None:
    # bins of 1/15: 0.9 and 0.91 share one, 0.6 has its own
    found = calibration([logits(0.9), logits(0.91), logits(0.6), logits(0.4)], [1, 0, 1, 1])
    assert found.accuracy == 0.5
    assert found.confidence == pytest.approx((0.9 + 0.91 + 0.6 + 0.6) / 4)
    assert found.ece.value == pytest.approx((abs(0.9 + 0.91 - 1) + abs(0.6 + 0.6 - 1)) / 4)
    squares = [2 * 0.1**2, 2 * 0.91**2, 2 * 0.4**2, 2 * 0.6**2]
    assert found.brier.value == pytest.approx(sum(squares) / 4)
    assert found.brier.low is not None
    assert found.brier.low <= found.brier.value <= (found.brier.high or 0)


def test_against_a_loop_over_bins() -> None:
    rng = np.random.default_rng(0)
    raw, gold = rng.normal(size=(500, 3)) * 2, rng.integers(3, size=500)
    found = calibration(raw.tolist(), gold.tolist(), bins=10)
    chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == gold
    total = 0.0
    for low in np.arange(10) / 10:
        inside = (sure >= low) & (sure < low + 0.1)
        if inside.any():
            total += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    assert found.ece.value == pytest.approx(total)
    ordered = np.argsort(sure)
    adaptive = sum(abs(sure[part].mean() - right[part].mean()) for part in np.split(ordered, 10)) / 10
    assert found.adaptive_ece.value == pytest.approx(adaptive)
    assert found.brier.value == pytest.approx(((chances - np.eye(3)[gold]) ** 2).sum(axis=1).mean())


def test_certain_and_right_and_nothing() -> None:
    sure = calibration([[0.0, 900.0]] * 20, [1] * 20)
    assert (sure.ece.value, sure.brier.value) == (0.0, 0.0)
    assert calibration([], []).ece.value is None
    with pytest.raises(ValueError, match="1 rows of logits and 0 labels"):
        calibration([[1.0]], [])


def test_attacked_texts_count_where_the_attack_broke_them() -> None:
    plain = {"label": 1, "clean_logits": logits(0.9)}
    rows = [
        {**plain, "status": "failure", "adversarial_logits": logits(0.6)},
        {**plain, "status": "success", "adversarial_logits": logits(0.2)},
        {**plain, "status": "error", "adversarial_logits": [], "clean_logits": []},
    ]
    found = of_rows(rows)
    assert (found["clean"].n, found["clean"].accuracy) == (2, 1.0)
    assert found["attacked"].accuracy == 0.5
    assert found["attacked"].confidence == pytest.approx((0.9 + 0.8) / 2)
