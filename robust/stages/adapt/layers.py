"""The layers of a model from the lowest to the head: what learns at its own rate, and what is unfrozen together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import torch
    from torch import nn

Named: TypeAlias = "tuple[str, torch.nn.Parameter]"

_TORCH_LAYER = re.compile(r"_l(\d+)(_|$)")
"""The number of the layer in the names that torch gives to the weights of its recurrent networks."""


def layer_groups(model: nn.Module) -> list[list[Named]]:
    """Every parameter that is trained, by layer: embeddings first, then each layer of the encoder, then the head.

    The layers are the elements of the longest list of modules in the encoder (`model.base_model`; lists of equal length
    count together, such as the two directions of a recurrent model), or the layers of torch's own recurrent networks.
    What an encoder has besides is taken for embeddings where its name says so or where it comes before the layers, else
    for a part of the highest layer (a last norm); a pooler belongs to the head. Each parameter is in one group, shared
    ones where they occur first; groups without parameters are left out, so that the last one is the head unless the
    head is not trained.
    """
    encoder = getattr(model, "base_model", model)
    prefix = next((f"{name}." for name, module in model.named_modules() if module is encoder and name), "")
    stacks = _stacks(encoder)
    depth = max((length for length, _ in stacks.values()), default=0)
    recurrent = {} if depth else _recurrent(encoder)
    depth = depth or 1 + max(recurrent.values(), default=-1)

    groups: list[list[Named]] = [[] for _ in range(depth + 2)]
    above = False
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        inside = name.removeprefix(prefix)
        if not name.startswith(prefix) or inside.startswith("pooler."):
            at = depth + 1
        elif (layer := _layer(inside, stacks, recurrent)) is not None:
            at, above = layer + 1, True
        else:
            at = depth if above and "emb" not in inside.lower() else 0
        groups[at].append((name, parameter))
    return [group for group in groups if group]


def head(model: nn.Module) -> list[Named]:
    """The parameters above the encoder, its pooler among them; they need not be trained."""
    encoder = getattr(model, "base_model", model)
    pooler: Any = getattr(encoder, "pooler", None)
    below = {id(parameter) for parameter in encoder.parameters()}
    below -= {id(parameter) for parameter in pooler.parameters()} if hasattr(pooler, "parameters") else set()
    return [(name, parameter) for name, parameter in model.named_parameters() if id(parameter) not in below]


def _stacks(encoder: Any) -> dict[str, tuple[int, str]]:
    """The longest outermost lists of modules with weights: their length and the prefix of what is in them, by name."""
    from torch import nn

    found: dict[str, tuple[int, str]] = {}
    for name, module in encoder.named_modules():
        inner = any(name.startswith(f"{outer}.") for outer in found)
        if isinstance(module, nn.ModuleList) and not inner and next(module.parameters(), None) is not None:
            found[name] = (len(module), f"{name}.")
    longest = max((length for length, _ in found.values()), default=0)
    return {name: stack for name, stack in found.items() if stack[0] == longest}


def _recurrent(encoder: Any) -> dict[str, int]:
    from torch import nn

    return {
        f"{name}.{own}" if name else own: int(layer[1])
        for name, module in encoder.named_modules()
        if isinstance(module, nn.RNNBase)
        for own in _names(module)
        if (layer := _TORCH_LAYER.search(own))
    }


def _names(module: Any) -> Iterator[str]:
    return (name for name, _ in module.named_parameters())


def _layer(name: str, stacks: dict[str, tuple[int, str]], recurrent: dict[str, int]) -> int | None:
    for _, prefix in stacks.values():
        if name.startswith(prefix):
            return int(name.removeprefix(prefix).partition(".")[0])
    return recurrent.get(name)
