"""What a kind of pre-training hands back when its files are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished training.

    `tokens`: how many were read while training, repeats included. `seconds`: time spent training, earlier calls of an
    interrupted run included. `flops`: floating-point operations of the training by the usual count (6 a weight and
    token, attention apart), where that count applies. `numbers`: what else was measured, such as `dev_loss`.
    `precision`: number format of the matrix products. `notes`: sentences for whoever uses the result.
    """

    parameters: int
    tokens: int
    seconds: float
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    flops: float | None = None
    precision: str = "float32"
    notes: tuple[str, ...] = ()
