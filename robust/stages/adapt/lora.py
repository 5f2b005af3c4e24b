"""Low-rank adapters, put into a model for its training and merged into its weights afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from robust.errors import ModelError
from robust.recipe.adapt import Lora
from robust.stages.adapt import layers

if TYPE_CHECKING:
    from torch import nn

_QUERY_AND_VALUE = (
    ("query", "value"),
    ("q_lin", "v_lin"),
    ("q_proj", "v_proj"),
    ("query_proj", "value_proj"),
    ("c_attn",),
    ("query_key_value",),
    ("Wqkv",),
    ("q", "v"),
)
"""What architectures call the query and value matrices of attention; some keep them, and the keys, in one."""


def add(model: Any, settings: Lora) -> None:
    """Put adapters into `model`: they and the head are trained, all else is held. `merge` makes them part of it.

    Raises `ModelError` where peft is missing, or the model has none of the modules asked for.
    """
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError:
        raise ModelError("adapt.lora needs the package peft", fix="pip install 'robust[lora]'") from None
    trained = [parameter for _, parameter in layers.head(model)]
    names, transposed = targets(model, settings)
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,  # type: ignore[arg-type]  # any number will do
        lora_dropout=settings.dropout,
        target_modules=names,
        fan_in_fan_out=transposed,
    )
    inject_adapter_in_model(config, model)
    model.__dict__.pop("peft_config", None)  # to a trainer it is the model it was, with more weights
    for parameter in trained:
        parameter.requires_grad_(True)


def targets(model: Any, settings: Lora) -> tuple[list[str], bool]:
    """Full names of the modules that get adapters, and whether their matrices are stored transposed, as GPT-2's are."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    above = {name.rpartition(".")[0] for name, _ in layers.head(model)}
    linear = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, (nn.Linear, Conv1D)) and name not in above
    }
    chosen = _chosen(list(linear), settings)
    if not chosen:
        asked = settings.targets if isinstance(settings.targets, str) else ", ".join(settings.targets)
        known = sorted({name.rpartition(".")[2] for name in linear})
        raise ModelError(
            f"{type(model).__name__} has no linear layers that fit adapt.lora.targets ({asked})",
            fix=f"choose among {', '.join(known)}" if known else "train this model without adapt.lora",
        )
    kinds = {isinstance(linear[name], Conv1D) for name in chosen}
    if len(kinds) > 1:
        raise ModelError(
            "adapt.lora.targets name matrices of two kinds", fix="choose those of one kind, such as attention"
        )
    return chosen, kinds.pop()


def _chosen(names: list[str], settings: Lora) -> list[str]:
    if isinstance(settings.targets, tuple):
        return [name for name in names if any(f".{name}".endswith(f".{wanted}") for wanted in settings.targets)]
    if settings.targets == "attention":
        for known in _QUERY_AND_VALUE:
            found = [name for name in names if name.rpartition(".")[2] in known]
            if found:
                return found
    return names


def merge(model: nn.Module) -> None:
    """Add what the adapters learnt to the weights below them, and take the adapters out; nothing to do without any."""
    for name, module in list(model.named_modules()):
        adapted: Any = module
        if hasattr(adapted, "get_base_layer") and hasattr(adapted, "merge"):
            adapted.merge()
            model.set_submodule(name, adapted.get_base_layer())
