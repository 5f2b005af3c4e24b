"""The gradient of a victim's loss, token by token, and what can be read from it without asking the victim again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from robust.core.types import Fields, Floats, Span
from robust.core.victim import VictimMeta

Place: TypeAlias = tuple[int, int, int]
"""Where a token stands: number of the field, then its range of characters in it; `NOWHERE` for special tokens."""
NOWHERE: Place = (-1, 0, 0)

DIGITS = 5
"""What is read from a gradient is rounded: batches of different shapes leave noise, which must not reorder ties."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenGradient:
    """How the loss of one input changes with the embedding of each of its tokens.

    `tokens` `(n,)` are the vocabulary's numbers, `places` say what part of the input each stands for, `values`
    `(n, dim)` is the gradient of `loss`, the cross-entropy of one label in nats. Parts of an input that the victim cuts
    off have no tokens.
    """

    tokens: tuple[int, ...]
    places: tuple[Place, ...]
    values: Floats
    loss: float

    def reversed(self) -> TokenGradient:
        """The gradient of minus the loss: for an attack that wants the label rather than to leave it."""
        return replace(self, values=-self.values, loss=-self.loss)

    def word_norms(self, field: int, spans: Sequence[Span]) -> Floats:
        """`(n_words,)`: the L1 norm of the mean gradient of each word's tokens; 0 for words without tokens.

        `spans` are the words' characters in that field of the input. Yoo and Qi 2021 (arXiv:2109.00544, §3) rank words
        by it. Rounded to five digits of the largest.
        """
        norms = np.zeros(len(spans), np.float64)
        for row, (start, end) in enumerate(spans):
            own = [i for i, (at, lo, hi) in enumerate(self.places) if at == field and lo < end and hi > start]
            if own:
                norms[row] = np.abs(self.values[own].astype(np.float64).mean(axis=0)).sum()
        largest = norms.max(initial=0.0)
        return np.asarray(np.round(norms / largest, DIGITS) * largest if largest else norms, np.float32)

    def rise(self, tokens: Sequence[int], old: Floats, new: Floats) -> float:
        """First-order estimate of how much the loss rises when the input becomes `tokens`, in nats.

        `old` and `new` are the embeddings of the tokens that `changed` marks in this input and in the other. Where both
        have as many, the estimate is the sum of (new - old)·gradient over the places, for one token that of HotFlip
        (Ebrahimi et al. 2018, arXiv:1712.06751, eq. 3). Where the tokens differ in number (a misspelt word falls into
        more pieces) they have no partners: then (mean new - mean old)·(sum of the gradients), where the mean of no
        token is 0; tokens that are only added get the gradient of the one after them. Moved positions are not
        accounted for.
        """
        start, end, _ = changed(self.tokens, tokens)
        slope = self.values[start:end].astype(np.float64)
        after, before = new.astype(np.float64), old.astype(np.float64)
        if len(after) == len(before):
            return round(float(((after - before) * slope).sum()), DIGITS)
        if not len(before):  # a gap has no gradient of its own
            near = self.values[min(start, len(self.tokens) - 1)].astype(np.float64)
            return round(float(after.mean(axis=0) @ near), DIGITS)
        mean = after.mean(axis=0) if len(after) else np.zeros(slope.shape[1])
        return round(float((mean - before.mean(axis=0)) @ slope.sum(axis=0)), DIGITS)


def changed(old: Sequence[int], new: Sequence[int]) -> tuple[int, int, int]:
    """`(start, end, new_end)`: `old[start:end]` gave way to `new[start:new_end]`; around it, both are the same."""
    shorter, start = min(len(old), len(new)), 0
    while start < shorter and old[start] == new[start]:
        start += 1
    same = 0
    while same < shorter - start and old[-1 - same] == new[-1 - same]:
        same += 1
    return start, len(old) - same, len(new) - same


@runtime_checkable
class GradientVictim(Protocol):
    """Optional: a classifier that also tells the gradient of its loss, so that white-box attacks can be run on it."""

    @property
    def meta(self) -> VictimMeta: ...

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> Sequence[TokenGradient]:
        """For each input and class: the gradient of the cross-entropy of that class, without dropout, in float32.

        Raises `ModelError` where the model has none, `OutOfMemory` where the batch does not fit.
        """
        ...

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        """`(n,)`: `TokenGradient.rise` of each gradient's input towards another input; asks the model nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """The words that a victim reads as one token each, and where they lie.

    `words` `(n,)` has the word of each token as it stands in a text, or "" for a token that is no word by itself (a
    special token, the rest of a longer word); `vectors` `(n, dim)` are their embeddings.
    """

    words: tuple[str, ...]
    vectors: Floats


@runtime_checkable
class VocabularyVictim(Protocol):
    """Optional: a `GradientVictim` that also shows its table of embeddings, for attacks that try every word of it."""

    def vocabulary(self, /) -> Vocabulary:
        """The whole table, in float32."""
        ...
