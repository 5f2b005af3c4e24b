"""One label that is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.example import Target
from robust.core.goal import Goal
from robust.core.types import Bools, Floats
from robust.errors import PluginError, did_you_mean
from robust.goals._classes import DECIMALS, probabilities, target_class
from robust.registry import register


@register("goals", "targeted")
@dataclass(frozen=True, kw_only=True)
class Targeted:
    """Make the victim predict `label`, one of its labels, spelt as the model spells it.

    The score is the probability of that label, from 0 to 1, rounded to 1e-6. Examples for which the model predicts
    `label` before the attack are skipped, whether that is right or wrong, and so is every example that the model gets
    wrong: the success rate is over the others. The targeted attack of Szegedy et al. 2014 (arXiv:1312.6199), for texts.

    *Differs from the paper*: one label for all examples; the paper names one for each image.
    """

    label: str

    def among(self, labels: Sequence[str], /) -> Goal:
        """The goal for a victim with these labels. Raises `PluginError` where `label` is not one of them."""
        if self.label not in labels:
            hint = did_you_mean(self.label, labels)
            known = f"use one of {', '.join(labels)}"
            raise PluginError(
                f"targeted: the model has no label {self.label!r}", fix=f"{known}; {hint}" if hint else known
            )
        return _Towards(tuple(labels).index(self.label))


@dataclass(frozen=True)
class _Towards:
    """The goal with the class index of the label."""

    index: int

    @property
    def aim(self) -> int:
        """The class that gradients lead to."""
        return self.index

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`: the probability of the label. Raises `DataError` for a target that is no class."""
        target_class("targeted", logits, target)
        if not len(logits):
            return np.zeros(0, np.float32)
        return np.asarray(np.round(probabilities(logits)[:, self.index], DECIMALS), np.float32)

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`: the label is the most probable class; on a tie the first class counts."""
        target_class("targeted", logits, target)
        if not len(logits):
            return np.zeros(0, np.bool_)
        return np.asarray(logits.argmax(axis=1) == self.index, np.bool_)
