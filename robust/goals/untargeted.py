"""Any label but the right one: the usual goal of an attack on a classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust.core.example import Target
from robust.core.types import Bools, Floats
from robust.errors import DataError
from robust.registry import register

DECIMALS = 6


@register("goals", "untargeted")
@dataclass(frozen=True, kw_only=True)
class Untargeted:
    """Make the victim predict any other class than the target.

    The score is one minus the probability of the target class, from 0 to 1. It is rounded to 1e-6: the same text scored
    in batches of different shapes comes out with float noise, which must not reorder ties.
    """

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`: 1 - p(target). Raises as `done` does."""
        label = _label(logits, target)
        if not len(logits):
            return np.zeros(0, np.float32)
        shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
        weights: npt.NDArray[np.float64] = np.exp(shifted)
        others = np.delete(weights, label, axis=1).sum(axis=1)
        return np.asarray(np.round(others / weights.sum(axis=1), DECIMALS), np.float32)

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`: the most probable class is not the target; on a tie the first class counts.

        Raises `DataError` for a target that is not one of the victim's classes.
        """
        label = _label(logits, target)
        if not len(logits):
            return np.zeros(0, np.bool_)
        return np.asarray(logits.argmax(axis=1) != label, np.bool_)


def _label(logits: Floats, target: Target) -> int:
    if not isinstance(target, (int, np.integer)) or isinstance(target, bool):
        raise DataError(
            f"the goal 'untargeted' needs a class index as target, not {type(target).__name__}",
            fix="attack a classification data set",
        )
    if len(logits) and not 0 <= target < logits.shape[1]:
        raise DataError(
            f"the target is class {target}, but the model has {logits.shape[1]} classes",
            fix="check that model and data have the same labels, in the same order",
        )
    return int(target)
