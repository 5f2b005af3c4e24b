"""Any wrong label, with a lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust.core.example import Target
from robust.core.types import Bools, Floats
from robust.errors import PluginError
from robust.goals._classes import DECIMALS, probabilities, target_class
from robust.registry import register


@register("goals", "margin")
@dataclass(frozen=True, kw_only=True)
class Margin:
    """Make the victim predict a wrong class that leads the right one by at least `margin` in probability.

    `margin` is from 0 (the goal `untargeted`) to below 1. The score is the lead of the most probable wrong class over
    the right one, moved from [-1, 1] to [0, 1] and rounded to 1e-6. This is the confidence that Carlini and Wagner 2017
    demand (arXiv:1608.04644, objective f6): a success by a hair may not outlive a retrained model.

    *Differs from the paper*: the lead is one of probabilities, not of logits, and so means the same for every model.
    """

    margin: float

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1:
            raise PluginError(f"margin: margin is {self.margin}", fix="use a number from 0 to below 1, such as 0.2")

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`: 0 where the right class is certain, 1 where a wrong one is. Raises as `done`."""
        return np.asarray((1 + _lead(logits, target)) / 2, np.float32)

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`: the prediction is wrong and leads by the margin; on a tie the first class counts.

        Raises `DataError` for a target that is not one of the victim's classes.
        """
        lead = _lead(logits, target)
        if not len(logits):
            return np.zeros(0, np.bool_)
        return np.asarray((logits.argmax(axis=1) != target) & (lead >= np.round(self.margin, DECIMALS)), np.bool_)


def _lead(logits: Floats, target: Target) -> npt.NDArray[np.float64]:
    """`(n,)`, from -1 to 1: the probability of the most probable wrong class, less that of the right one."""
    label = target_class("margin", logits, target)
    if not len(logits):
        return np.zeros(0)
    found = probabilities(logits)
    wrong = np.delete(found, label, axis=1).max(axis=1, initial=0.0)
    return np.asarray(np.round(wrong - found[:, label], DECIMALS))
