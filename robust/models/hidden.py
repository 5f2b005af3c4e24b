"""The hidden layers of any model, and noise on what they give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from robust.errors import ModelError


def hidden_layers(model: nn.Module) -> list[nn.Module]:
    """The layers of a model's encoder, the lowest first: the longest list of modules in it.

    Raises `ModelError` for a model that has no such list.
    """
    encoder: Any = getattr(model, "base_model", model)
    stacks = [list(module) for module in encoder.modules() if isinstance(module, nn.ModuleList) and len(module)]
    if not stacks:
        raise ModelError(f"{type(model).__name__} has no stack of hidden layers", fix="use a transformer")
    return max(stacks, key=len)


@contextmanager
def noise(model: nn.Module, *, sigma: float, layers: int, generator: torch.Generator) -> Iterator[None]:
    """While it lasts, N(0, `sigma`²) is added to every number that the lowest `layers` hidden layers give.

    Draws come from `generator`, which lives on the processor, so that they are the same on every device.
    """

    def add(module: nn.Module, given: Any, output: Any) -> Any:
        states = output if isinstance(output, torch.Tensor) else output[0]
        drawn = torch.randn(states.shape, generator=generator) * sigma
        states = states + drawn.to(states.device, states.dtype)
        return states if isinstance(output, torch.Tensor) else (states, *output[1:])

    hooks = [layer.register_forward_hook(add) for layer in hidden_layers(model)[:layers]]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
