"""Averages of weights over the later part of a training (Polyak & Juditsky 1992), begun when progress stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

INTERVAL = 5
"""Measurements that may pass without a better one before averaging begins: n of Merity et al. 2018."""

LATEST = 0.75
"""The part of a training after which averaging begins in any case."""


@dataclass(kw_only=True)
class Averaging:
    """The running mean of a model's weights, from the moment on that non-monotone triggering chooses.

    It begins when the held-out loss is above the best of all measurements but the last `INTERVAL` (NT-ASGD, Merity et
    al. 2018, algorithm 1).

    *Differs from the paper:* it also begins when `LATEST` of the training is behind, as short trainings end while the
    loss still falls; and the steps are those of the recipe's optimiser, of which SGD is one.
    """

    losses: list[float] = field(default_factory=list)
    begun: int | None = None
    count: int = 0
    mean: list[torch.Tensor] = field(default_factory=list)

    def measured(self, loss: float, step: int) -> None:
        """Take note of a held-out loss after `step` updates."""
        if self.begun is None and len(self.losses) > INTERVAL and loss > min(self.losses[:-INTERVAL]):
            self.begun = step
        self.losses.append(loss)

    def stepped(self, model: torch.nn.Module, step: int, done: float) -> None:
        """Take in the weights after an update; `done` is the part of the training that is behind."""
        import torch

        if self.begun is None and done >= LATEST:
            self.begun = step
        if self.begun is None:
            return
        weights = list(model.parameters())
        self.count += 1
        with torch.no_grad():
            if not self.mean:
                self.mean = [weight.detach().clone() for weight in weights]
            for mean, weight in zip(self.mean, weights, strict=True):
                mean.lerp_(weight, 1 / self.count)

    @contextmanager
    def applied(self, model: torch.nn.Module) -> Iterator[None]:
        """Within, the model has the mean weights, if there are any yet; its own come back."""
        if not self.mean:
            yield
            return
        own = [weight.detach().clone() for weight in model.parameters()]
        self.write(model)
        try:
            yield
        finally:
            _copy(own, model)

    def write(self, model: torch.nn.Module) -> None:
        """Give the model the mean weights, if there are any."""
        if self.mean:
            _copy(self.mean, model)

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps; `Averaging(**state)` goes on from it."""
        return {"losses": self.losses, "begun": self.begun, "count": self.count, "mean": self.mean}


def _copy(weights: list[torch.Tensor], model: torch.nn.Module) -> None:
    import torch

    with torch.no_grad():
        for mine, theirs in zip(model.parameters(), weights, strict=True):
            mine.copy_(theirs)
