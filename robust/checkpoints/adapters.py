"""Directories with an adapter (LoRA and others, as peft saves them), which are refused: it changes a model elsewhere.

transformers would add the adapter to what it loads, if peft is installed, while nothing that pins the model tells of
it; and where its base model has moved it would look for that on the hub.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from robust.errors import ModelError

CONFIG = "adapter_config.json"
"""The file that tells an adapter."""


def check(names: Collection[str], directory: Path, name: str, *, whole: bool) -> None:
    """Raise `ModelError` where `names`, the files of a model at `directory`, have an adapter; `whole`: and weights."""
    if CONFIG not in names:
        return
    merge = f"merge it into its base model{_base(directory)}: peft's `merge_and_unload()`, then `save_pretrained(DIR)`"
    if not whole:
        raise ModelError(f"{name} holds an adapter, not a whole model", fix=f"{merge}, its tokeniser too, and use DIR")
    raise ModelError(
        f"{name} holds whole weights and an adapter",
        fix=f"if it is merged into them already, use a copy without {CONFIG}; else {merge}, and use DIR",
    )


def _base(directory: Path) -> str:
    try:
        found = json.loads((directory / CONFIG).read_text(encoding="utf-8")).get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError):
        return ""
    if not isinstance(found, str) or not found:
        return ""
    path = Path(found).expanduser()
    return f" {found}{' (which is not there)' if path.is_absolute() and not path.is_dir() else ''}"
