"""A model with some of its modules exchanged, which shares all others and leaves the model itself as it is."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TypeVar

from torch import nn

M = TypeVar("M", bound=nn.Module)


def view(model: M, exchanged: Mapping[str, nn.Module]) -> M:
    """The model with the modules of these dotted names exchanged, for inference.

    The modules on the way to them are shallow copies; parameters are the model's own, so a model that is trained on is
    seen as it then is. Raises `KeyError` for a name that is not there.
    """
    seen = copy.copy(model)
    seen._modules = dict(model._modules)
    seen.training = False
    below: dict[str, dict[str, nn.Module]] = {}
    for name, module in exchanged.items():
        child, _, rest = name.partition(".")
        if child not in seen._modules:
            raise KeyError(name)
        if rest:
            below.setdefault(child, {})[rest] = module
        else:
            seen._modules[child] = module
    for child, some in below.items():
        inner = model._modules[child]
        if inner is None:
            raise KeyError(child)
        seen._modules[child] = view(inner, some)
    return seen
