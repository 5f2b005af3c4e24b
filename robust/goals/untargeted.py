"""Any label but the right one: the usual goal of an attack on a classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.example import Target
from robust.core.types import Bools, Floats
from robust.goals._classes import DECIMALS, target_class, weights
from robust.registry import register


@register("goals", "untargeted")
@dataclass(frozen=True, kw_only=True)
class Untargeted:
    """Make the victim predict any other class than the target.

    The score is one minus the probability of the target class, from 0 to 1. It is rounded to 1e-6: the same text scored
    in batches of different shapes comes out with float noise, which must not reorder ties.
    """

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`: 1 - p(target). Raises as `done` does."""
        label = target_class("untargeted", logits, target)
        if not len(logits):
            return np.zeros(0, np.float32)
        unscaled = weights(logits)
        others = np.delete(unscaled, label, axis=1).sum(axis=1)
        return np.asarray(np.round(others / unscaled.sum(axis=1), DECIMALS), np.float32)

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`: the most probable class is not the target; on a tie the first class counts.

        Raises `DataError` for a target that is not one of the victim's classes.
        """
        label = target_class("untargeted", logits, target)
        if not len(logits):
            return np.zeros(0, np.bool_)
        return np.asarray(logits.argmax(axis=1) != label, np.bool_)
