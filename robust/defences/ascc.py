"""Adversarial sparse convex combinations of synonyms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from robust.defences import _substitutes
from robust.defences._ball import normal
from robust.defences._checks import not_negative, positive
from robust.defences._divergence import kl
from robust.defences._step import Step
from robust.errors import PluginError
from robust.registry import register

if TYPE_CHECKING:
    from torch import Tensor


@register("defences", "ascc")
@dataclass(frozen=True, kw_only=True)
class ASCC:
    """Learn the labels, and to answer alike for the worst mixture of each word with its synonyms.

    Dong et al. 2021 (arXiv:2107.13541): a word's vector becomes Σ softmax(w)ⱼ E(synonymⱼ), the word itself among them;
    w climbs KL(f(v) ‖ f(E)) - `sparsity` · entropy(softmax w) by `steps` steps of Adam, and the loss is CE(E) +
    `weight` · KL(f(v) ‖ f(E)). `steps` + 2 passes; memory grows with `k`.

    *Differs from the paper*: synonyms come from the thesauri of robust, `k` - 1 at most for a word, and only words
    that are one token, and synonyms that are one, are mixed; the entropy is the mean over a text's mixed words; w
    starts at N(0, 1).
    """

    k: int = 8
    steps: int = 5
    step_size: float = 1.0
    decay: float = 2e-5
    sparsity: float = 10.0
    weight: float = 4.0

    def __post_init__(self) -> None:
        positive("ascc", steps=self.steps, step_size=self.step_size, weight=self.weight)
        not_negative("ascc", decay=self.decay, sparsity=self.sparsity)
        if self.k < 2:
            raise PluginError(f"ascc: k is {self.k}", fix="use 2 or more: a word and its synonyms")

    def __call__(self, step: Step, /) -> None:
        """A clean pass, `steps` probes and a mixed pass."""
        import torch

        clean = step.forward()
        fixed = clean.logits.detach()
        options, known = self._options(step)
        vectors, mixed = step.embed(step.ids).detach(), (known.sum(-1, keepdim=True) > 1).float()
        hull = step.embed(options).detach()
        weights = normal(hull[..., 0], step.generator).requires_grad_()
        adam = torch.optim.Adam([weights], lr=self.step_size, weight_decay=self.decay)
        for _ in range(self.steps):
            shares = _shares(weights, known)
            delta = ((shares.unsqueeze(-1) * hull).sum(-2) - vectors) * mixed
            entropy = (-(shares * shares.clamp(min=1e-12).log()).sum(-1, keepdim=True) * mixed).sum(dim=(1, 2))
            entropy = entropy / mixed.sum(dim=(1, 2)).clamp(min=1)
            goal = (self.sparsity * entropy - kl(step.probe(delta).logits, fixed)).sum()
            (weights.grad,) = torch.autograd.grad(goal, weights)
            adam.step()
        shares = _shares(weights.detach(), known)
        # with its graph: the mixture teaches the vectors that it is made of
        delta = ((shares.unsqueeze(-1) * step.embed(options)).sum(-2) - step.embed(step.ids)) * mixed
        moved = step.forward(delta)
        step.backward(clean.loss + self.weight * step.mean(kl(moved.logits, clean.logits)))

    def _options(self, step: Step) -> tuple[Tensor, Tensor]:
        """Token ids `(batch, tokens, k)`, and which of them exist."""
        if "ascc" not in step.memory:
            step.memory["ascc"] = _substitutes.table(step.tokenizer, step.languages, self.k)
            step.memory["ascc-continuing"] = _substitutes.continuing(step.tokenizer)
        table, continuing = (step.memory[name].to(step.ids.device) for name in ("ascc", "ascc-continuing"))
        options = table[step.ids].clone()
        free = _substitutes.whole(step.ids, continuing) & (step.mask.squeeze(-1) > 0)
        options[..., 1:][~free] = -1
        return options.clamp(min=0), options >= 0


def _shares(weights: Tensor, known: Tensor) -> Tensor:
    return weights.masked_fill(~known, float("-inf")).softmax(-1)
