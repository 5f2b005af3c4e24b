"""Virtual adversarial training."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from robust.defences._ball import length, normal
from robust.defences._checks import positive
from robust.defences._divergence import kl
from robust.defences._step import Step
from robust.registry import register


@register("defences", "vat")
@dataclass(frozen=True, kw_only=True)
class VAT:
    """Learn the labels, and to answer alike at distance `epsilon` in the direction in which the answer changes fastest.

    Miyato et al. 2018 (arXiv:1704.03976), as for texts in Miyato, Dai & Goodfellow 2017: the loss is CE + `weight` ·
    KL(f(E) ‖ f(E + r)), f(E) held fixed; d is a random direction, improved `steps` times by the gradient at ξ d / ‖d‖₂
    (`xi`), and r = ε d / ‖d‖₂. `steps` + 2 passes, all with one dropout.

    *Differs from the papers*: marks of beginning and end are not moved.
    """

    steps: int = 1
    xi: float = 0.1
    epsilon: float = 0.5
    weight: float = 1.0

    def __post_init__(self) -> None:
        positive("vat", **asdict(self))

    def __call__(self, step: Step, /) -> None:
        """A clean pass, `steps` probes and a moved pass."""
        import torch

        clean = step.forward()
        fixed = clean.logits.detach()
        direction = normal(step.embed(step.ids).detach(), step.generator) * step.mask
        for _ in range(self.steps):
            delta = (self.xi * direction / length(direction, "l2")).requires_grad_()
            (direction,) = torch.autograd.grad(kl(fixed, step.probe(delta).logits).sum(), delta)
            direction = direction * step.mask
        moved = step.forward(self.epsilon * direction / length(direction, "l2"))
        step.backward(clean.loss + self.weight * step.mean(kl(fixed, moved.logits)))
