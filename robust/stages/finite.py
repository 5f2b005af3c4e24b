"""Trainings that diverge: one whose loss or weights are no longer finite numbers has no result."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from robust.errors import ModelError

if TYPE_CHECKING:
    import torch

RATE = "train.learning_rate"
"""The field that most recipes have their learning rate in."""


def check_loss(loss: float | None, *, rate: float, setting: str = RATE, what: str = "the loss") -> None:
    """Raise `ModelError` for a loss that is infinite or not a number; None is one that was not measured."""
    if loss is not None and not math.isfinite(loss):
        raise _diverged(f"{what} is {loss:g}", rate, setting)


def check_weights(weights: Iterable[torch.Tensor], *, rate: float, setting: str = RATE) -> None:
    """Raise `ModelError` for weights of which one is infinite or not a number."""
    if not all(bool(each.isfinite().all()) for each in weights):
        raise _diverged("weights of the model are no longer numbers", rate, setting)


def checked(model: Any, *, rate: float) -> Any:
    """A model after its training. Raises `ModelError` where that diverged."""
    check_weights(model.parameters(), rate=rate)
    return model


def _diverged(what: str, rate: float, setting: str) -> ModelError:
    return ModelError(f"the training diverged: {what}", fix=f"--set {setting}=… lower than {rate:g}, with --force")
