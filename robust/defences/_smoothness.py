"""Where near a text a model's answer changes most."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from robust.defences._ball import Norm, climb, normal
from robust.defences._step import Step

if TYPE_CHECKING:
    from torch import Tensor


def worst(
    step: Step,
    answer: Tensor,
    apart: Callable[[Tensor, Tensor], Tensor],
    *,
    steps: int,
    step_size: float,
    noise: float,
    epsilon: float,
    norm: Norm,
    fresh_dropout: bool,
) -> Tensor:
    """The change reached from N(0, `noise`²) by `steps` steps that climb `apart(answer, moved answer)` `(batch,)`.

    `answer` `(batch, labels)` is held fixed; each step is δ ← Π(δ + `step_size` g / ‖g‖) within `epsilon`.
    """
    import torch

    fixed = answer.detach()
    delta = normal(step.embed(step.ids).detach(), step.generator) * noise * step.mask
    for _ in range(steps):
        delta.requires_grad_()
        moved = step.probe(delta, fresh_dropout=fresh_dropout).logits
        (gradient,) = torch.autograd.grad(apart(fixed, moved).sum(), delta)
        delta = climb(delta, gradient, step.mask, step=step_size, norm=norm, epsilon=epsilon)
    return delta
