"""Small changes of word vectors: where they start, how they climb, how far they may go.

`delta` and `gradient` are `(batch, tokens, width)`, `mask` `(batch, tokens, 1)`; lengths are those of one example, all
its tokens together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Norm: TypeAlias = Literal["l2", "linf"]

TINY = 1e-8
"""The least length that is divided by."""


def uniform(like: Tensor, generator: torch.Generator) -> Tensor:
    """Draws from U(-1, 1) in the shape of `like`; the same ones on every device."""
    import torch

    drawn = torch.rand(like.shape, generator=generator, dtype=torch.float32) * 2 - 1
    return drawn.to(like.device)


def normal(like: Tensor, generator: torch.Generator) -> Tensor:
    """Draws from N(0, 1) in the shape of `like`; the same ones on every device."""
    import torch

    return torch.randn(like.shape, generator=generator, dtype=torch.float32).to(like.device)


def start(like: Tensor, mask: Tensor, generator: torch.Generator, *, magnitude: float, norm: Norm) -> Tensor:
    """A random change: u · magnitude / √(tokens · width) with u ~ U(-1, 1) (l2), or u · magnitude (linf)."""
    drawn = uniform(like, generator) * mask * magnitude
    if norm == "linf":
        return drawn
    numbers = mask.sum(dim=1, keepdim=True).clamp(min=1) * like.shape[-1]
    return drawn / numbers.sqrt()


def length(values: Tensor, norm: Norm) -> Tensor:
    """The length of each example, `(batch, 1, 1)`, at least `TINY`."""
    flat = values.flatten(1)
    found = flat.norm(dim=1) if norm == "l2" else flat.abs().amax(dim=1)
    return found.clamp(min=TINY).view(-1, 1, 1)


def climb(delta: Tensor, gradient: Tensor, mask: Tensor, *, step: float, norm: Norm, epsilon: float | None) -> Tensor:
    """`delta` + `step` · g / ‖g‖, cut to `epsilon` where there is one; no gradient is kept."""
    gradient = gradient.detach() * mask
    return cut(delta.detach() + step * gradient / length(gradient, norm), norm=norm, epsilon=epsilon)


def cut(delta: Tensor, *, norm: Norm, epsilon: float | None) -> Tensor:
    """The nearest change of length `epsilon` at most (None: as it is)."""
    if epsilon is None:
        return delta
    if norm == "linf":
        return delta.clamp(-epsilon, epsilon)
    return delta * (epsilon / length(delta, norm)).clamp(max=1.0)
