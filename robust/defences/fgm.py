"""Fast gradient method."""

from __future__ import annotations

from dataclasses import dataclass

from robust.defences._ball import climb
from robust.defences._checks import positive
from robust.defences._step import Step
from robust.registry import register


@register("defences", "fgm")
@dataclass(frozen=True, kw_only=True)
class FGM:
    """Learn from each text twice: as it is, and moved by `epsilon` along the gradient of its loss.

    Miyato, Dai & Goodfellow 2017 (arXiv:1605.07725): r = ε g / ‖g‖₂, the length taken over the whole text; the loss is
    CE(E) + CE(E + r). Two passes each way.

    *Differs from the paper*: word vectors are not normalised first, so that `epsilon` is in the model's own units;
    marks of beginning and end are not moved.
    """

    epsilon: float = 0.1

    def __post_init__(self) -> None:
        positive("fgm", epsilon=self.epsilon)

    def __call__(self, step: Step, /) -> None:
        """One clean and one moved pass."""
        delta = step.embed(step.ids).detach().zero_().requires_grad_()
        gradient = step.backward(step.forward(delta).loss, wrt=delta)
        if gradient is None:
            raise ValueError("no gradient reached the word vectors")
        moved = climb(delta, gradient, step.mask, step=self.epsilon, norm="l2", epsilon=None)
        step.backward(step.forward(moved).loss)
