"""Stochastic weight averaging: the mean of the weights at the ends of the last epochs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(kw_only=True)
class WeightMean:
    """The running mean of a model's weights, taken at the end of every epoch from `start` · all epochs on.

    Izmailov et al. 2018 (arXiv:1803.05407), algorithm 1 with a cycle of one epoch.

    *Differs from the paper*: the learning rate keeps the recipe's schedule. There are no batch statistics to renew in
    the models that are trained here.
    """

    start: float
    count: int = 0
    values: dict[str, Tensor] = field(default_factory=dict)

    def stepped(self, model: Any, step: int, steps: int, epochs: float) -> None:
        """Take in the weights after update `step` of `steps`, where an epoch ends with it."""
        every = max(1, math.ceil(steps / max(1.0, epochs)))
        ends = step % every == 0 or step == steps
        if not ends or step < self.start * steps:
            return
        import torch

        self.count += 1
        with torch.no_grad():
            for name, weight in model.named_parameters():
                held = self.values.setdefault(name, weight.detach().float().clone())
                held.lerp_(weight.detach().float(), 1 / self.count)

    def apply(self, model: Any) -> None:
        """Give the model the mean; nothing where none was taken."""
        import torch

        with torch.no_grad():
            for name, weight in model.named_parameters():
                if name in self.values:
                    weight.copy_(self.values[name].to(weight.device))
