"""How far a training is, and what its learning rate is there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from robust.recipe.pretrain import LanguageModelling

DEFAULT_EPOCHS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The end of a training: after `steps` updates, or, where that is None, after `seconds` of training."""

    steps: int | None
    seconds: float | None

    def done(self, step: int, seconds: float) -> float:
        """The part of the training that is behind, from 0 to 1."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        return min(1.0, seconds / (self.seconds or math.inf))


def plan(how: LanguageModelling, steps_per_epoch: int) -> Plan:
    """The end that the recipe sets; one pass over the text where it sets none."""
    if how.minutes is not None:
        return Plan(steps=None, seconds=60 * how.minutes)
    steps = how.steps or math.ceil((how.epochs or DEFAULT_EPOCHS) * steps_per_epoch)
    return Plan(steps=max(1, steps), seconds=None)


def rate(how: LanguageModelling, done: float) -> float:
    """Learning rate when `done` (0 to 1) of the training is behind: a linear rise, then the recipe's schedule."""
    if done < how.warmup_ratio:
        return how.learning_rate * max(done, 1e-3 * how.warmup_ratio) / how.warmup_ratio
    left = (1 - done) / (1 - how.warmup_ratio)
    if how.schedule == "linear":
        return how.learning_rate * left
    if how.schedule == "cosine":
        return how.learning_rate * 0.5 * (1 + math.cos(math.pi * (1 - left)))
    return how.learning_rate
