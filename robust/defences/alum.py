"""Adversarial training for large neural language models, in fine-tuning."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from robust.defences._checks import positive
from robust.defences._divergence import kl
from robust.defences._smoothness import worst
from robust.defences._step import Step
from robust.registry import register


@register("defences", "alum")
@dataclass(frozen=True, kw_only=True)
class ALUM:
    """Learn the labels, and to answer at the worst place within `epsilon` as at the text itself.

    Liu et al. 2020 (arXiv:2004.08994), algorithm 1, in fine-tuning: the loss is CE + `weight` · KL(f(E) ‖ f(E + δ)); δ
    starts at N(0, `noise`²), and δ ← Π(δ + `step_size` g / ‖g‖∞) within ‖δ‖∞ ≤ ε. `steps` + 2 passes.

    *Differs from the paper*: the adversarial pre-training before it is left out; f(E) is held fixed in the divergence,
    as in virtual adversarial training; marks of beginning and end are not moved. Passes have dropouts of their own.
    """

    steps: int = 1
    step_size: float = 1e-3
    noise: float = 1e-5
    epsilon: float = 1e-5
    weight: float = 1.0

    def __post_init__(self) -> None:
        positive("alum", **asdict(self))

    def __call__(self, step: Step, /) -> None:
        """A clean pass, `steps` probes and a moved pass."""
        clean = step.forward()
        fixed = clean.logits.detach()
        delta = worst(
            step,
            fixed,
            kl,
            steps=self.steps,
            step_size=self.step_size,
            noise=self.noise,
            epsilon=self.epsilon,
            norm="linf",
            fresh_dropout=True,
        )
        moved = step.forward(delta, fresh_dropout=True)
        step.backward(clean.loss + self.weight * step.mean(kl(fixed, moved.logits)))
