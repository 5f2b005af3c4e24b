"""Temperature scaling: how confident a model should be, by data that it has not learnt from."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LOWEST, HIGHEST = 1e-6, 1e6
"""Temperatures that are looked at, and beyond them as far as the logits' own size asks for."""
MARGIN = 100.0

_GOLDEN = (math.sqrt(5) - 1) / 2


def temperature(logits: npt.ArrayLike, labels: Sequence[int]) -> float:
    """The temperature by which logits `(n, labels)` are divided for the best likelihood of `labels` (Guo et al. 2017).

    arXiv:1706.04599, section 4.2. Targets are Platt's (1999): a label counts 1 - 1/(n + 2), the rest is shared by the
    others; without it, a model that makes no mistake on the data would be told to be infinitely sure.

    The answers keep their order, and an attack that reads probabilities sees them change again: a model whose logits
    were multiplied by a large number answers 0 and 1 exactly, and looks robust to whatever follows a score or a
    gradient.
    """
    scores = np.asarray(logits, dtype=np.float64)
    n, width = scores.shape
    if n == 0:
        return 1.0
    targets = np.full(scores.shape, 1 / (n + 2) / max(1, width - 1))
    targets[np.arange(n), np.asarray(labels)] = 1 - 1 / (n + 2)

    def cost(log_t: float) -> float:
        return float(-(targets * log_softmax(scores / math.exp(log_t))).sum() / n)

    # convex in 1 / T, so it has one valley
    size = float(np.ptp(scores, axis=1).max()) or 1.0
    low, high = math.log(min(LOWEST, size / MARGIN)), math.log(max(HIGHEST, size * MARGIN))
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = cost(left), cost(right)
    while high - low > 1e-6:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = cost(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = cost(right)
    return math.exp((low + high) / 2)


def log_softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Log-probabilities of each row, without overflow."""
    moved = scores - scores.max(axis=-1, keepdims=True)
    found: npt.NDArray[np.float64] = moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))
    return found


def saturated(logits: npt.ArrayLike) -> float:
    """The share of rows whose largest probability is 1 in float32: there scores and gradients stand still."""
    scores = np.asarray(logits, dtype=np.float64)
    if not len(scores):
        return 0.0
    return float((np.exp(log_softmax(scores)).max(axis=-1).astype(np.float32) == np.float32(1)).mean())
