"""Where TextAttack meets a model: its `ModelWrapper`, towards a search of ours or around a victim of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from textattack.models.wrappers import ModelWrapper
from textattack.shared import AttackedText

from robust.adapters.textattack.gradient import MAX_WORDS, Network, Words, word_rows
from robust.core.gradient import GradientVictim, TokenGradient, Vocabulary, VocabularyVictim
from robust.core.types import Fields, Floats
from robust.core.victim import Victim
from robust.engine.batching import Batcher
from robust.engine.run import EngineOptions
from robust.engine.services import VictimService
from robust.errors import ModelError, PluginError

DECIMALS = 5
"""Logits are rounded to so many: float noise between batches of different shapes must not reorder ties."""


def rounded(logits: Sequence[Floats] | Floats) -> torch.Tensor:
    """Logits as TextAttack takes them, `(n, n_labels)`."""
    return torch.from_numpy(np.round(np.asarray(logits, np.float32), DECIMALS))


def fields_of(text: str | tuple[str, ...]) -> Fields:
    """What a victim reads of one of TextAttack's inputs: a text, or a tuple of its columns."""
    return (text,) if isinstance(text, str) else tuple(text)


def _nothing() -> Vocabulary | None:
    return None


class Asking(ModelWrapper):  # type: ignore[misc]
    """A wrapper whose every call is a question to somebody else; its tokens are TextAttack's words.

    `ask` gives a row of logits for each input, `slope` the gradient of one input's loss (`first`: the field of the
    victim's input that it begins with), `vocabulary` the victim's table of embeddings.
    """

    max_length = MAX_WORDS

    def __init__(
        self,
        ask: Callable[[list[Fields]], Sequence[Floats] | Floats],
        slope: Callable[[Fields], TokenGradient],
        vocabulary: Callable[[], Vocabulary | None] = _nothing,
        *,
        first: int = 0,
    ) -> None:
        self.model, self.tokenizer = Network(vocabulary), Words(vocabulary)
        self._ask, self._slope, self._first = ask, slope, first

    def __call__(self, text_input_list: Sequence[Any], **kwargs: Any) -> torch.Tensor:
        return rounded(self._ask([fields_of(text) for text in text_input_list]))

    def get_grad(self, text_input: Any, **kwargs: Any) -> dict[str, Any]:
        """See `word_rows`."""
        fields = fields_of(text_input)
        return word_rows(self._slope(fields), fields, first=self._first)

    def _tokenize(self, inputs: Sequence[Any]) -> list[list[str]]:
        return [[word for field in fields_of(text) for word in AttackedText(field).words] for text in inputs]


def unasked() -> Asking:
    """Stands in for a victim while an attack is built."""

    def refuse(asked: Any) -> Any:
        raise PluginError("a TextAttack recipe asks its victim while it is built", fix="use another recipe")

    return Asking(refuse, refuse, lambda: Vocabulary(words=("",), vectors=np.zeros((1, 1), np.float32)))


class VictimWrapper(Asking):
    """See `robust.adapters.textattack.victim_wrapper`."""

    def __init__(self, victim: Victim) -> None:
        self.victim = victim
        self._service = VictimService(victim)
        self._batcher: Batcher = EngineOptions().batcher(victim.meta.device)
        shown = victim.vocabulary if isinstance(victim, VocabularyVictim) else _nothing
        super().__init__(self._answers, self._steepest, shown)

    def _answers(self, items: list[Fields]) -> Sequence[Floats] | Floats:
        if not items:
            return np.zeros((0, len(self.victim.meta.labels)), np.float32)
        return self._batcher.run(self._service, items)

    def _steepest(self, fields: Fields) -> TokenGradient:
        """The gradient of the cross-entropy of the class that the victim predicts."""
        if not isinstance(self.victim, GradientVictim):
            raise ModelError(
                f"TextAttack asks for gradients, and {self.victim.meta.name} gives none",
                fix="use a transformers classifier, or an attack that needs none",
            )
        label = int(np.argmax(self._answers([fields])[0]))
        return self.victim.gradients([(fields, label)])[0]
