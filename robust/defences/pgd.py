"""Projected gradient descent."""

from __future__ import annotations

from dataclasses import dataclass

from robust.defences._ball import Norm, climb, start
from robust.defences._checks import not_negative, positive
from robust.defences._step import Step
from robust.registry import register


@register("defences", "pgd")
@dataclass(frozen=True, kw_only=True)
class PGD:
    """Learn from each text at the end of `steps` steps that climb its loss; the steps themselves teach nothing.

    Madry et al. 2018 (arXiv:1706.06083), on word vectors as PGD-K of Zhu et al. 2020 (arXiv:1909.11764): δ starts at
    random (`magnitude`), δ ← Π(δ + `step_size` g / ‖g‖), within `epsilon` (null: unbounded). `steps` + 1 passes.

    *Differs from the papers*: marks of beginning and end are not moved.
    """

    steps: int = 3
    step_size: float = 0.05
    magnitude: float = 0.05
    epsilon: float | None = 0.1
    norm: Norm = "l2"

    def __post_init__(self) -> None:
        positive("pgd", steps=self.steps, step_size=self.step_size, epsilon=self.epsilon)
        not_negative("pgd", magnitude=self.magnitude)

    def __call__(self, step: Step, /) -> None:
        """Climb, then learn once."""
        import torch

        vectors = step.embed(step.ids).detach()
        delta = start(vectors, step.mask, step.generator, magnitude=self.magnitude, norm=self.norm)
        for _ in range(self.steps):
            delta.requires_grad_()
            (gradient,) = torch.autograd.grad(step.probe(delta).loss, delta)
            delta = climb(delta, gradient, step.mask, step=self.step_size, norm=self.norm, epsilon=self.epsilon)
        step.backward(step.forward(delta).loss)
