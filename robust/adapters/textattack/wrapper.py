"""Where TextAttack meets a model: its `ModelWrapper`, towards a search of ours or around a victim of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from textattack.models.wrappers import ModelWrapper

from robust.core.types import Fields, Floats
from robust.core.victim import Victim
from robust.engine.batching import Batcher
from robust.engine.run import EngineOptions
from robust.engine.services import VictimService
from robust.errors import PluginError

DECIMALS = 5
"""Logits are rounded to so many: float noise between batches of different shapes must not reorder ties."""


def rounded(logits: Sequence[Floats] | Floats) -> torch.Tensor:
    """Logits as TextAttack takes them, `(n, n_labels)`."""
    return torch.from_numpy(np.round(np.asarray(logits, np.float32), DECIMALS))


def fields_of(text: str | tuple[str, ...]) -> Fields:
    """What a victim reads of one of TextAttack's inputs: a text, or a tuple of its columns."""
    return (text,) if isinstance(text, str) else tuple(text)


class Unasked(ModelWrapper):  # type: ignore[misc]
    """Stands in for a victim while a recipe is built."""

    def __init__(self) -> None:
        self.model = self

    def __call__(self, text_input_list: Sequence[Any], **kwargs: Any) -> Any:
        raise PluginError("a TextAttack recipe asks its victim while it is built", fix="use another recipe")

    def get_grad(self, text_input: Any) -> Any:
        raise PluginError("a TextAttack recipe asks for gradients, which are not passed on", fix="use another recipe")


class Asking(ModelWrapper):  # type: ignore[misc]
    """A wrapper whose every call is a question to somebody else."""

    def __init__(self, ask: Callable[[list[Fields]], Sequence[Floats]]) -> None:
        self.model = self
        self._ask = ask

    def __call__(self, text_input_list: Sequence[Any], **kwargs: Any) -> torch.Tensor:
        return rounded(self._ask([fields_of(text) for text in text_input_list]))


class VictimWrapper(ModelWrapper):  # type: ignore[misc]
    """See `robust.adapters.textattack.victim_wrapper`."""

    def __init__(self, victim: Victim) -> None:
        self.model = self.victim = victim
        self._service = VictimService(victim)
        self._batcher: Batcher = EngineOptions().batcher(victim.meta.device)

    def __call__(self, text_input_list: Sequence[Any], **kwargs: Any) -> torch.Tensor:
        items = [fields_of(text) for text in text_input_list]
        if not items:
            return torch.zeros((0, len(self.victim.meta.labels)))
        return rounded(self._batcher.run(self._service, items))
