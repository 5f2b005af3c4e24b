"""Interval arithmetic: what layers can give when their inputs lie in a box.

Cite Gowal et al. 2018 (On the Effectiveness of Interval Bound Propagation, arXiv:1810.12715) for the rules of layers,
Jia et al. 2019 (Certified Robustness to Adversarial Word Substitutions, arXiv:1909.00986) and Huang et al. 2019
(Achieving Verified Robustness to Symbol Substitutions via Interval Bound Propagation, arXiv:1909.01492) for boxes
around the word vectors of substitutions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """All tensors between `low` and `high`, number by number; both have one shape, and `low` is nowhere above."""

    low: torch.Tensor
    high: torch.Tensor

    @property
    def centre(self) -> torch.Tensor:
        """The middle of the box."""
        return (self.low + self.high) / 2

    @property
    def radius(self) -> torch.Tensor:
        """Half of its widths."""
        return (self.high - self.low) / 2

    def through(self, function: Callable[[torch.Tensor], torch.Tensor]) -> Interval:
        """What a function gives that rises in every number of its input, such as a ReLU, a mean or a maximum."""
        return Interval(low=function(self.low), high=function(self.high))


@runtime_checkable
class Bounded(Protocol):
    """A text classifier that can say what its last linear layer reads when word vectors lie in a box."""

    def features_within(self, vectors: Interval, mask: torch.Tensor) -> Interval:
        """`(n, width)` from boxes `(n, tokens, dim)`, without dropout; `mask` `(n, tokens)` is 1 for tokens."""
        ...

    @property
    def last(self) -> nn.Linear:
        """The layer that makes logits of the features."""
        ...


def box(vectors: torch.Tensor, known: torch.Tensor) -> Interval:
    """The smallest box around the options of each token.

    `vectors` is `(n, tokens, options, dim)`, `known` `(n, tokens, options)` says which options there are: one at least.
    """
    options = known.unsqueeze(-1)
    top = torch.finfo(vectors.dtype).max
    return Interval(
        low=vectors.masked_fill(~options, top).amin(dim=2), high=vectors.masked_fill(~options, -top).amax(dim=2)
    )


def shrunk(whole: Interval, towards: torch.Tensor, share: float) -> Interval:
    """The box whose sides are `share` (0 to 1) as far from `towards`, a point in it, as those of `whole`."""
    return Interval(low=towards + share * (whole.low - towards), high=towards + share * (whole.high - towards))


def linear(x: Interval, weight: torch.Tensor, bias: torch.Tensor | None) -> Interval:
    """What W x + b can be."""
    middle, spread = F.linear(x.centre, weight, bias), F.linear(x.radius, weight.abs())
    return Interval(low=middle - spread, high=middle + spread)


def convolution(x: Interval, weight: torch.Tensor, bias: torch.Tensor | None, padding: int) -> Interval:
    """What a convolution over places gives, `(n, channels, places)`; padding is zeros, and nothing moves them."""
    middle = F.conv1d(x.centre, weight, bias, padding=padding)
    spread = F.conv1d(x.radius, weight.abs(), padding=padding)
    return Interval(low=middle - spread, high=middle + spread)


def product(x: Interval, y: Interval) -> Interval:
    """What x · y can be, number by number."""
    ends = torch.stack([x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high])
    return Interval(low=ends.amin(dim=0), high=ends.amax(dim=0))


def total(x: Interval, y: Interval) -> Interval:
    """What x + y can be."""
    return Interval(low=x.low + y.low, high=x.high + y.high)


def worst_logits(features: Interval, last: nn.Linear, labels: torch.Tensor) -> torch.Tensor:
    """`(n, labels)`: the most that each class's logit can exceed that of the label, 0 for the label itself.

    Differences of rows are bounded, not rows (Gowal et al. 2018, section 3). The cross entropy of these is never below
    that of any logits in the box; a row whose others are all below 0 is certified.
    """
    rows = last.weight.unsqueeze(0) - last.weight[labels].unsqueeze(1)
    most = (rows @ features.centre.unsqueeze(-1) + rows.abs() @ features.radius.unsqueeze(-1)).squeeze(-1)
    if last.bias is not None:
        most = most + last.bias.unsqueeze(0) - last.bias[labels].unsqueeze(1)
    return most
