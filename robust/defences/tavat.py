"""Token-aware virtual adversarial training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from robust.defences._ball import TINY, climb, cut, start, uniform
from robust.defences._checks import not_negative, positive
from robust.defences._step import Step
from robust.registry import register

if TYPE_CHECKING:
    from torch import Tensor


@register("defences", "tavat")
@dataclass(frozen=True, kw_only=True)
class TAVAT:
    """As FreeLB, but a change has a part of the text and a part of each token, which the vocabulary remembers.

    Li & Qiu 2021 (arXiv:2004.14543), algorithm 1. δ, the text's part, climbs as in FreeLB. η, the tokens' part, starts
    at what the table of the vocabulary holds (at first U(-1, 1) · `magnitude` / √width) and climbs by g / ‖g‖₂ token
    by token; each is then scaled by ‖ηᵢ‖ / maxⱼ ‖ηⱼ‖. Their sum is cut to `epsilon`. After `steps` passes, whose
    gradients are averaged, η goes back to the table.

    *Differs from the paper*: a token that a batch has several times gets the mean of its changes; marks of beginning
    and end are not moved.
    """

    steps: int = 2
    step_size: float = 0.05
    magnitude: float = 0.2
    epsilon: float | None = 0.5

    def __post_init__(self) -> None:
        positive("tavat", steps=self.steps, step_size=self.step_size, epsilon=self.epsilon)
        not_negative("tavat", magnitude=self.magnitude)

    def __call__(self, step: Step, /) -> None:
        """Learn and climb by the same backward passes, then remember."""
        vectors, mask = step.embed(step.ids).detach(), step.mask
        table = self._table(step, vectors)
        sentence = start(vectors, mask, step.generator, magnitude=self.magnitude, norm="l2")
        token = table[step.ids] * mask
        for _ in range(self.steps):
            delta = cut(sentence + token, norm="l2", epsilon=self.epsilon).detach().requires_grad_()
            gradient = step.backward(step.forward(delta).loss, weight=1 / self.steps, wrt=delta)
            if gradient is None:
                raise ValueError("no gradient reached the word vectors")
            sentence = climb(sentence, gradient, mask, step=self.step_size, norm="l2", epsilon=None)
            token = self._climb(token, gradient * mask)
        _remember(table, step.ids, token, mask)

    def _table(self, step: Step, vectors: Tensor) -> Tensor:
        import torch

        if "tavat" not in step.memory:
            width = vectors.shape[-1]
            like = torch.empty(len(step.tokenizer), width, device=vectors.device)
            step.memory["tavat"] = uniform(like, step.generator) * self.magnitude / width**0.5
        step.memory["tavat"] = step.memory["tavat"].to(vectors.device)  # a checkpoint gives it back on the processor
        return step.memory["tavat"]

    def _climb(self, token: Tensor, gradient: Tensor) -> Tensor:
        moved = token + self.step_size * gradient / gradient.norm(dim=-1, keepdim=True).clamp(min=TINY)
        lengths = moved.norm(dim=-1, keepdim=True)
        found: Tensor = moved * lengths / lengths.amax(dim=1, keepdim=True).clamp(min=TINY)
        return found


def _remember(table: Tensor, ids: Tensor, token: Tensor, mask: Tensor) -> None:
    """Write the mean change of every token that was moved back to the table, in place."""
    import torch

    moved = mask.flatten() > 0
    found, inverse = torch.unique(ids.flatten()[moved], return_inverse=True)
    values = token.flatten(0, 1)[moved]
    sums = torch.zeros(len(found), values.shape[-1], device=table.device).index_add_(0, inverse, values)
    table[found] = sums / inverse.bincount(minlength=len(found)).unsqueeze(-1)
