"""The same prediction from hardly any words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.example import Target
from robust.core.goal import Goal
from robust.core.text import Text
from robust.core.types import Bools, Floats
from robust.errors import PluginError
from robust.goals._classes import target_class
from robust.registry import register


@register("goals", "reduced")
@dataclass(frozen=True, kw_only=True)
class Reduced:
    """Keep the victim's right prediction with at most `words` words left (Feng et al. 2018, arXiv:1804.07781).

    The score of a text that keeps the prediction is the share of the original's words that are gone, from 0 to 1; that
    of a text that does not is lower by 1. `words` is 1 or more. Examples that have no more words than that are skipped,
    and so are those that the victim gets wrong.

    *Differs from the paper*: Feng et al. report how many words are left; a bound makes a success of it. They keep the
    model's prediction, whether right or wrong.
    """

    words: int = 3

    def __post_init__(self) -> None:
        if self.words < 1:
            raise PluginError(f"reduced: words is {self.words}", fix="use 1 or more")

    def given(self, texts: Sequence[Text], /) -> Goal:
        """The goal for these texts."""
        left = np.array([len(text) for text in texts], np.int64)
        before = np.array([len(text.root) for text in texts], np.int64)
        return _Reduced(self.words, left, before)


@dataclass(frozen=True, eq=False)
class _Reduced:
    """The goal with the number of words of each text, and of its original."""

    words: int
    left: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    before: np.ndarray[tuple[int, ...], np.dtype[np.int64]]

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`, from -1 to 1. Raises `DataError` for a target that is no class."""
        gone = 1 - self.left / np.maximum(self.before, 1)
        return np.asarray(np.clip(gone, 0, 1) - ~self._kept(logits, target), np.float32)

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`: the prediction stays and few words are left."""
        return np.asarray(self._kept(logits, target) & (self.left <= self.words), np.bool_)

    def _kept(self, logits: Floats, target: Target) -> Bools:
        label = target_class("reduced", logits, target)
        return np.asarray(logits.argmax(axis=1) == label if len(logits) else np.zeros(0), np.bool_)
