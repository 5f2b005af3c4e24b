"""What victims of other tasks than classification share: a checkpoint, ready to be asked in either number format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from robust.checkpoints.device import in_format, pick_device, pick_dtype
from robust.checkpoints.files import declared_langs
from robust.checkpoints.locate import fetch, locate
from robust.checkpoints.pretrained import load as load_checkpoint
from robust.checkpoints.pretrained import load_config, load_model
from robust.checkpoints.tokens import accepted, padded, token_limit
from robust.checkpoints.wanted import Wanted
from robust.core.types import Task
from robust.core.victim import VictimMeta
from robust.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """A model and its tokeniser, a fast one; `max_length` is the most tokens it reads."""

    meta: VictimMeta
    model: PreTrainedModel = field(repr=False)
    tokenizer: PreTrainedTokenizerBase = field(repr=False)
    max_length: int
    reload: Callable[[], PreTrainedModel] | None = field(default=None, repr=False)
    """Loads the weights again in float32; None where the model is float32."""

    @cached_property
    def exact(self) -> PreTrainedModel:
        """The model in float32."""
        return self.model if self.reload is None else self.reload()

    @cached_property
    def accepted(self) -> tuple[str, ...]:
        """The inputs that the model takes."""
        return accepted(self.model)

    def forward(self, model: PreTrainedModel, rows: Sequence[dict[str, Any]]) -> Any:
        """What the model gives for tokenised inputs, padded on the right."""
        import torch

        known = [name for name in self.accepted if name in rows[0]]
        batch = padded({name: [row[name] for row in rows] for name in known}, self.tokenizer)
        with torch.inference_mode():
            return model(**{name: values.to(model.device) for name, values in batch.items()})


class How(TypedDict, total=False):
    """How to load a checkpoint; what is left out is as for `TransformersVictim.load`, which explains them."""

    device: str
    dtype: str
    revision: str | None
    trust_remote_code: bool


def load(
    source: str | Path,
    *,
    wanted: Wanted,
    task: Task,
    labels: Callable[[Any], tuple[str, ...]],
    name: str,
    places: bool = True,
    **how: Unpack[How],
) -> Loaded:
    """A checkpoint from a directory or the hub; `labels` reads them off its configuration.

    Raises `ModelError` for anything but a complete model of that kind; where `places` of tokens matter, with a fast
    tokeniser.
    """
    trust = how.get("trust_remote_code", False)
    found = locate(source, wanted=wanted, name=name, revision=how.get("revision"), trust=trust)
    fetch(found)
    target = pick_device(how.get("device", "auto"))
    config = load_config(found)
    chosen = pick_dtype(how.get("dtype", "auto"), target, int(getattr(config, "hidden_size", 0) or 0))
    model, tokenizer = load_checkpoint(found, config, target)
    if places and not tokenizer.is_fast:
        raise ModelError(
            f"the tokeniser of {name} does not tell where in a text its tokens stand",
            fix="name a model with a tokenizer.json (a fast tokeniser)",
        )
    tokenizer.padding_side = "right"  # what is in front would shift the places of words
    meta = VictimMeta(
        name=name,
        revision=found.revision,
        labels=labels(config),
        langs=declared_langs(config.to_dict(), found.path),
        device=str(target),
        task=task,
    )
    whole = Loaded(meta=meta, model=model, tokenizer=tokenizer, max_length=token_limit(model, tokenizer))
    fast, reload = in_format(model, chosen, partial(load_model, found, config, target))
    if reload is None:
        return whole
    return replace(whole, meta=replace(meta, dtype=str(chosen).removeprefix("torch.")), model=fast, reload=reload)
