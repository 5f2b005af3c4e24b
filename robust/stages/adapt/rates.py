"""Learning rates: one for each layer, and how they change while a model trains."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from robust.recipe.adapt import SlantedTriangular
from robust.stages.adapt.layers import layer_groups

if TYPE_CHECKING:
    from torch import nn


def parameter_groups(
    model: nn.Module, *, rate: float, discriminative: float | None, weight_decay: float
) -> list[dict[str, Any]]:
    """Groups for an optimizer: the head learns at `rate`, each layer at that of the one above over `discriminative`.

    None gives all layers the same rate. Biases and the weights of norms, all that is no matrix, do not decay. Source of
    the rates: Howard & Ruder 2018, section 3.2, where the number is 2.6.
    """
    layers = layer_groups(model)
    factor = discriminative or 1.0
    made = []
    for below, layer in enumerate(reversed(layers)):
        for decays in (True, False):
            chosen = [parameter for _, parameter in layer if (parameter.ndim > 1) == decays]
            if chosen:
                decay = weight_decay if decays else 0.0
                made.append({"params": chosen, "lr": rate / factor**below, "weight_decay": decay})
    return made


def slanted_triangular(step: int, *, steps: int, cut_fraction: float, ratio: float) -> float:
    """The share of the peak rate that update `step` of `steps` (from 0) learns at: 1/`ratio` to 1.

    Howard & Ruder 2018, eq. 3: with cut = ⌊`steps` · `cut_fraction`⌋, the share is (1 + p · (`ratio` - 1)) / `ratio`
    where p = `step` / cut before the cut and 1 - (`step` - cut) / (`steps` - cut) after.

    *Differs from the paper:* the cut comes after at least one update, and the fall is over the updates that are left.
    The paper divides by cut · (1/`cut_fraction` - 1), the same where ⌊⌋ changes nothing; else p would become negative.
    """
    cut = max(1, math.floor(steps * cut_fraction))
    p = step / cut if step < cut else 1 - (step - cut) / max(1, steps - cut)
    return (1 + max(0.0, p) * (ratio - 1)) / ratio


def schedule(slanted: SlantedTriangular, steps: int) -> Callable[[int], float]:
    """The same as a function of the update alone, for `torch.optim.lr_scheduler.LambdaLR`."""
    return lambda step: slanted_triangular(step, steps=steps, cut_fraction=slanted.cut_fraction, ratio=slanted.ratio)
