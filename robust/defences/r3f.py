"""Robust representations through regularised fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from robust.defences._ball import normal, uniform
from robust.defences._checks import not_negative, positive
from robust.defences._divergence import symmetric_kl
from robust.defences._step import Step
from robust.registry import register


@register("defences", "r3f")
@dataclass(frozen=True, kw_only=True)
class R3F:
    """Learn the labels, and to answer alike when the word vectors are shaken at random; nothing climbs.

    Aghajanyan et al. 2021 (arXiv:2008.03156), eq. 5: the loss is CE + `weight` · (KL(f(E) ‖ f(E + z)) + KL(f(E + z) ‖
    f(E))) with z ~ U(-`sigma`, `sigma`) or N(0, `sigma`²). Two passes forward, one back.

    *Differs from the paper*: marks of beginning and end are not moved. Passes have dropouts of their own, as there.
    """

    sigma: float = 1e-5
    weight: float = 1.0
    noise: Literal["uniform", "normal"] = "uniform"

    def __post_init__(self) -> None:
        positive("r3f", sigma=self.sigma)
        not_negative("r3f", weight=self.weight)

    def __call__(self, step: Step, /) -> None:
        """A clean pass and a shaken one."""
        clean = step.forward()
        draw = uniform if self.noise == "uniform" else normal
        delta = draw(step.embed(step.ids).detach(), step.generator) * self.sigma * step.mask
        moved = step.forward(delta, fresh_dropout=True)
        step.backward(clean.loss + self.weight * step.mean(symmetric_kl(clean.logits, moved.logits)))
