"""The order in which a trainer reads its data: texts of like length share a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from robust.stages.tasks import Items

CHUNK = 50
"""Batches whose texts are sorted by length among themselves."""


class Shuffled:
    """Places of items for one pass after another: drawn anew in every epoch, texts of like length side by side.

    The order depends on `seed` and on `items.epoch` alone: an interrupted training goes on with the same one, and
    several processes that share a training agree on it.
    """

    def __init__(self, items: Items, *, batch_size: int, seed: int) -> None:
        self._items = items
        self._lengths = lengths(items)
        self._chunk = batch_size * max(1, min(CHUNK, len(items) // (4 * batch_size)))
        self._seed = seed

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        drawn = np.random.default_rng([self._seed, self._items.epoch]).permutation(len(self))
        for start in range(0, len(self), self._chunk):
            chunk = drawn[start : start + self._chunk]
            yield from chunk[np.argsort(-self._lengths[chunk], kind="stable")].tolist()


def lengths(items: Items) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Tokens of every item."""
    return np.array([len(item["input_ids"]) for item in items], dtype=np.int64)


def by_length(items: Items) -> list[int]:
    """The places of items from the longest to the shortest."""
    found: list[int] = np.argsort(-lengths(items), kind="stable").tolist()
    return found


def restored(answers: Any, items: Items) -> Any:
    """Answers that came in the order `by_length`, back in the order of the items themselves."""
    if isinstance(answers, tuple):
        return tuple(restored(part, items) for part in answers)
    back = np.empty(len(items), dtype=np.int64)
    back[by_length(items)] = np.arange(len(items))
    return answers[back]
