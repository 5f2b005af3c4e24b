"""Randomised smoothing with masked inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from robust.defences._checks import positive
from robust.defences._step import Step
from robust.errors import ModelError, PluginError
from robust.registry import register

if TYPE_CHECKING:
    from torch import Tensor


@register("defences", "rsmi")
@dataclass(frozen=True, kw_only=True)
class RSMI:
    """Learn each text without the words that its loss hangs on most, and with noise in the hidden layers.

    Moon et al. 2023 (arXiv:2305.06522): the `masks` tokens whose gradients of the loss are longest (L2) become the mask
    token, and what the lowest `layers` layers give gets N(0, `sigma`²) added. Two passes, one of them to learn from.

    The model predicts in two steps (`robust.victims.masked`): `votes` noisy passes without the `masks` tokens with the
    longest gradients; where a one-sided binomial test of the winner's votes against a half has a p value below `alpha`,
    `again` more passes, each without `masks` tokens drawn from the `pool` with the longest gradients.

    *Differs from the paper*, read here in the authors' code alone: the gradient that chooses is taken without noise,
    in training with the dropout of the step; one token at least is left to read; draws are without repeats; no gradient
    is added to the word vectors of the masked text; no radius is certified.
    """

    predicts: ClassVar[bool] = True
    """The model predicts in the way that this says, after training, too."""

    sigma: float = 0.2
    layers: int = 3
    masks: int = 2
    pool: int = 3
    votes: int = 5
    again: int = 50
    alpha: float = 0.98

    def __post_init__(self) -> None:
        positive("rsmi", layers=self.layers, masks=self.masks, votes=self.votes, again=self.again)
        if not self.sigma >= 0:
            raise PluginError(f"rsmi: sigma is {self.sigma}", fix="use 0 or more")
        if self.pool < self.masks:
            raise PluginError(f"rsmi: pool is {self.pool}, masks is {self.masks}", fix="draw from at least as many")
        if not 0 <= self.alpha <= 1:
            raise PluginError(f"rsmi: alpha is {self.alpha}", fix="use 0 to 1")

    def __call__(self, step: Step, /) -> None:
        """A probe for the gradient, and a noisy pass without the tokens that it names."""
        import torch

        mask = step.tokenizer.mask_token_id
        if mask is None:
            raise ModelError(
                "the model has no mask token", fix="use an encoder that was trained to fill in masked words"
            )
        delta = step.embed(step.ids).detach().zero_().requires_grad_()
        (gradient,) = torch.autograd.grad(step.probe(delta).loss, delta)
        hidden = longest(gradient, step.mask.squeeze(-1).bool(), self.masks)
        # with its graph: the vector of the mask token learns
        change = step.embed(torch.full_like(step.ids, int(mask))) - step.embed(step.ids)
        step.backward(step.noisy(change * hidden.unsqueeze(-1), sigma=self.sigma, layers=self.layers).loss)


def longest(gradient: Tensor, movable: Tensor, count: int) -> Tensor:
    """`(batch, tokens)`: whether a token is one of the `count` movable ones of its text with the longest gradients.

    `gradient` is `(batch, tokens, width)`; at least one movable token of each text is left out.
    """
    lengths = gradient.square().sum(dim=-1).masked_fill(~movable, -1.0)
    places = lengths.argsort(dim=-1, descending=True, stable=True).argsort(dim=-1)
    most = (movable.sum(-1, keepdim=True) - 1).clamp(max=count)
    chosen: Tensor = (places < most) & movable
    return chosen
