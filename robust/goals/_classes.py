"""What the goals of classification share: probabilities, and a target that is one of the victim's classes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from robust.core.example import Target
from robust.core.types import Floats
from robust.errors import DataError

DECIMALS = 6
"""Scores are rounded: a text scored in batches of different shapes has float noise, which must not reorder ties."""


def weights(logits: Floats) -> npt.NDArray[np.float64]:
    """`(n, n_labels)`, n > 0: the probability of each class, times a factor of the row."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(np.exp(shifted))


def probabilities(logits: Floats) -> npt.NDArray[np.float64]:
    """`(n, n_labels)`, n > 0: the probability of each class."""
    unscaled = weights(logits)
    return np.asarray(unscaled / unscaled.sum(axis=1, keepdims=True))


def target_class(goal: str, logits: Floats, target: Target) -> int:
    """The target as a class index; `DataError` where it is none, or none of the victim's."""
    if not isinstance(target, (int, np.integer)) or isinstance(target, bool):
        raise DataError(
            f"the goal {goal!r} needs a class index as target, not {type(target).__name__}",
            fix="attack a classification data set",
        )
    if len(logits) and not 0 <= target < logits.shape[1]:
        raise DataError(
            f"the target is class {target}, but the model has {logits.shape[1]} classes",
            fix="check that model and data have the same labels, in the same order",
        )
    return int(target)
