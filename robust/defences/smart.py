"""Smoothness-inducing adversarial regularisation."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from robust.defences._checks import positive
from robust.defences._divergence import symmetric_kl
from robust.defences._smoothness import worst
from robust.defences._step import Step
from robust.registry import register


@register("defences", "smart")
@dataclass(frozen=True, kw_only=True)
class SMART:
    """Learn the labels, and to answer alike where the answer changes most within `epsilon`.

    Jiang et al. 2020 (arXiv:1911.03437), eq. 1 and 2: the loss is CE + `weight` · max over ‖z‖∞ ≤ ε of the KL
    divergences, in both directions, of f(E + z) and f(E). z starts at N(0, `noise`²), and z ← Π(z + `step_size` g /
    ‖g‖∞) with the gradient of the same divergence, `steps` times. `steps` + 2 passes.

    *Differs from the paper*: Bregman proximal point optimisation is left out; marks of beginning and end are not moved.
    Passes have dropouts of their own, as in the authors' code: with one dropout the divergence is 0 at z = 0.
    """

    steps: int = 1
    step_size: float = 1e-3
    noise: float = 1e-5
    epsilon: float = 1e-5
    weight: float = 1.0

    def __post_init__(self) -> None:
        positive("smart", **asdict(self))

    def __call__(self, step: Step, /) -> None:
        """A clean pass, `steps` probes and a moved pass."""
        clean = step.forward()
        delta = worst(
            step,
            clean.logits,
            symmetric_kl,
            steps=self.steps,
            step_size=self.step_size,
            noise=self.noise,
            epsilon=self.epsilon,
            norm="linf",
            fresh_dropout=True,
        )
        moved = step.forward(delta, fresh_dropout=True)
        step.backward(clean.loss + self.weight * step.mean(symmetric_kl(moved.logits, clean.logits)))
