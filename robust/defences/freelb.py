"""Free large-batch adversarial training."""

from __future__ import annotations

from dataclasses import dataclass

from robust.defences._ball import Norm, climb, start
from robust.defences._checks import not_negative, positive
from robust.defences._step import Step
from robust.registry import register


@register("defences", "freelb")
@dataclass(frozen=True, kw_only=True)
class FreeLB:
    """Learn from each text at every one of `steps` places on the way up its loss, each counted 1 / `steps`.

    Zhu et al. 2020 (arXiv:1909.11764), algorithm 1: δ₀ at random (`magnitude`), δ ← Π(δ + `step_size` g / ‖g‖) within
    `epsilon`; the gradients of the weights are averaged over the steps. With `epsilon` null and more steps it is
    FreeLB++ (Li et al. 2021, arXiv:2108.12777), which drops the bound. `steps` passes each way.

    *Differs from the papers*: marks of beginning and end are not moved.
    """

    steps: int = 3
    step_size: float = 0.1
    magnitude: float = 0.2
    epsilon: float | None = 0.4
    norm: Norm = "l2"

    def __post_init__(self) -> None:
        positive("freelb", steps=self.steps, step_size=self.step_size, epsilon=self.epsilon)
        not_negative("freelb", magnitude=self.magnitude)

    def __call__(self, step: Step, /) -> None:
        """Learn and climb by the same backward passes."""
        vectors = step.embed(step.ids).detach()
        delta = start(vectors, step.mask, step.generator, magnitude=self.magnitude, norm=self.norm)
        for _ in range(self.steps):
            delta.requires_grad_()
            gradient = step.backward(step.forward(delta).loss, weight=1 / self.steps, wrt=delta)
            if gradient is None:
                raise ValueError("no gradient reached the word vectors")
            delta = climb(delta, gradient, step.mask, step=self.step_size, norm=self.norm, epsilon=self.epsilon)
