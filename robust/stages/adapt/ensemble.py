"""Weight-space ensembling: the mean of what was trained and of what the training started from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from robust.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import nn

DRAWN = "_robust_drawn"
"""Where a loaded model remembers the names of the weights that its checkpoint did not have."""

_START = "_robust_start"


def hold(model: nn.Module, alpha: float, *, drawn: Iterable[str]) -> None:
    """Remember the weights as they are, for `mix`. Call it before adapters are added.

    Raises `ModelError` where some of them (`drawn`) are random: their mean with trained ones would mean nothing.
    """
    if new := sorted(drawn):
        raise ModelError(
            f"adapt.weight_ensemble takes the mean with the weights at the start, and there {new[0]} is random",
            fix="start from a model that was trained for these labels, or leave adapt.weight_ensemble out",
        )
    model.__dict__[_START] = (alpha, {name: weight.detach().clone() for name, weight in model.named_parameters()})


def mix(model: nn.Module) -> None:
    """Give every weight (1 - α) · start + α · trained; nothing where none were held.

    WiSE-FT's step 2 (Wortsman et al. 2022, arXiv:2109.01903, section 4).
    """
    import torch

    held: Any = model.__dict__.pop(_START, None)
    if held is None:
        return
    alpha, start = held
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.lerp(start[name].to(weight.device), weight, alpha))
