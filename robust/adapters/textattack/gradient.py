"""A victim's gradients, tokens and vocabulary as TextAttack asks for them: word by word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from textattack.models.helpers import LSTMForClassification
from textattack.shared import AttackedText

from robust.adapters.textattack.words import their_spans
from robust.core.gradient import TokenGradient, Vocabulary
from robust.core.types import Fields
from robust.errors import ModelError

MAX_WORDS = 1024
"""How far into a text TextAttack's ranking by gradients looks at most; words that the victim cuts off have none."""


def word_rows(gradient: TokenGradient, fields: Fields, *, first: int = 0) -> dict[str, Any]:
    """What `get_grad` answers: `gradient` `(n_words, dim)`, and `ids`, a token for each of TextAttack's words.

    A word of several tokens has the mean of their gradients and the number of the first; one that the victim cuts off
    has zeros. `first` is the field of the victim's input that `fields` begins with.
    """
    values, ids = [], []
    for at, string in enumerate(fields, first):
        for start, end in their_spans(AttackedText(string)):
            own = [row for row, (f, lo, hi) in enumerate(gradient.places) if f == at and lo < end and hi > start]
            width = gradient.values.shape[1]
            values.append(gradient.values[own].mean(axis=0) if own else np.zeros(width, np.float32))
            ids.append(gradient.tokens[own[0]] if own else 0)
    return {"ids": ids, "gradient": np.array(values, np.float32).reshape(len(ids), -1)}


@dataclass(eq=False)
class Network:
    """Stands in for the network in a model wrapper: TextAttack reads its table of embeddings, and nothing else.

    It passes for the one class whose gradients TextAttack takes by the word, since here they come by the word.
    """

    _vocabulary: Callable[[], Vocabulary | None]

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return LSTMForClassification  # type: ignore[no-any-return]

    def get_input_embeddings(self) -> Any:
        """The table: `weight` `(n, dim)`. Raises `ModelError` where the victim shows none."""
        return SimpleNamespace(weight=torch.from_numpy(_given(self._vocabulary).vectors))

    def to(self, device: Any) -> Network:
        """Itself: the victim stays where it is."""
        return self

    def cpu(self) -> Network:
        """Itself."""
        return self


@dataclass(eq=False)
class Words:
    """Stands in for the tokeniser in a model wrapper."""

    _vocabulary: Callable[[], Vocabulary | None]

    @property
    def pad_token_id(self) -> int:
        """A token that is no word."""
        words = _given(self._vocabulary).words
        return words.index("") if "" in words else 0

    def convert_id_to_word(self, number: int) -> str:
        """The word of a token; "" where it is none."""
        return _given(self._vocabulary).words[number]


def _given(vocabulary: Callable[[], Vocabulary | None]) -> Vocabulary:
    found = vocabulary()
    if found is None:
        raise ModelError(
            "TextAttack wants to try every word of the victim's vocabulary, and it shows none",
            fix="use a transformers classifier, or an attack that brings its own candidates",
        )
    return found
