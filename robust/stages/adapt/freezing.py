"""Weights that are held fast: the encoder of a model whose head is trained, and layers whose turn has not come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from robust.errors import ModelError
from robust.stages.adapt import layers
from robust.stages.adapt.layers import Named

if TYPE_CHECKING:
    import torch
    from torch import nn

_HOOK = "_robust_held"


def freeze(model: nn.Module) -> None:
    """Hold everything below the head: no gradients, and no dropout in the encoder until `thaw`.

    Raises `ModelError` for a model that has no head.
    """
    free = {name for name, _ in layers.head(model)}
    if not free:
        raise ModelError(
            f"{type(model).__name__} has no head of its own: with a frozen encoder there is nothing to train",
            fix="choose a head (--set adapt.pooling=mean), or train all weights (--set adapt.frozen=false)",
        )
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in free)

    def without_dropout(module: nn.Module, _: Any) -> None:
        module.eval()  # a trainer puts the whole model into training mode before each step

    encoder: Any = model.base_model
    setattr(encoder, _HOOK, encoder.register_forward_pre_hook(without_dropout))


def thaw(model: nn.Module, trained: Iterable[torch.nn.Parameter]) -> None:
    """Let the weights `trained` be trained again, and the encoder drop out."""
    encoder: Any = getattr(model, "base_model", model)
    if (hook := encoder.__dict__.pop(_HOOK, None)) is not None:
        hook.remove()
    for parameter in trained:
        parameter.requires_grad_(True)


def unfrozen(epochs: float, *, every: float) -> int:
    """How many layers, from the head down, are trained after so many epochs: one, and one more `every` epochs."""
    return 1 + int(epochs / every + 1e-9)


def gradual(groups: list[list[Named]], *, every: float) -> Any:
    """A callback that trains the last of `groups` first and one more after every `every` epochs.

    Howard & Ruder 2018, section 3.3. What is trained follows from the step alone, so that an interrupted training goes
    on as it would have.
    """
    from transformers import TrainerCallback

    class Gradual(TrainerCallback):
        """Before each update, lets those layers be trained whose turn has come."""

        def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            epochs = state.global_step * args.num_train_epochs / max(1, state.max_steps)
            held = len(groups) - unfrozen(epochs, every=every)
            for at, group in enumerate(groups):
                for _, parameter in group:
                    parameter.requires_grad_(at >= held)

    return Gradual()
