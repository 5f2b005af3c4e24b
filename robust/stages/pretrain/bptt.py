"""Truncated back-propagation through time: text as parallel columns, read window by window with carried state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from robust.core.seeds import derive

Ids: TypeAlias = "np.ndarray[Any, Any]"

SHORTEST = 5
"""Tokens in the shortest window of variable length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Where a step reads: `length` tokens from `start` on, in every column. The first of an epoch has no past."""

    start: int
    length: int

    @property
    def first(self) -> bool:
        """Whether the text before it is unknown: the state begins anew."""
        return self.start == 0


def columns(tokens: Ids, count: int) -> Ids:
    """The stream `(tokens,)` as `count` stretches that follow on each other, `(count, width)`; the rest is left out.

    It is a view: a memory-mapped stream stays on disk.
    """
    width = len(tokens) // count
    return tokens[: count * width].reshape(count, width)


def windows(width: int, length: int, *, variable: bool = False, seed: int = 0, epoch: int = 0) -> list[Window]:
    """The windows of one pass over columns of `width` tokens, each token but the first being predicted once.

    With `variable` lengths each is drawn from N(`length`, 5), or with probability 0.05 from N(`length` / 2, 5), and is
    at least `SHORTEST`, so that the cuts fall elsewhere in every epoch (Merity et al. 2018, section 4.1). The draws
    depend on `seed` and `epoch` alone.
    """
    found, start = [], 0
    draws = _lengths(length, seed, epoch)
    while start < width - 1:
        here = min(next(draws) if variable else length, width - 1 - start)
        found.append(Window(start=start, length=here))
        start += here
    return found


def _lengths(length: int, seed: int, epoch: int) -> Iterator[int]:
    generator = np.random.default_rng(derive("bptt", seed, epoch))
    while True:
        mean = length if generator.random() < 0.95 else length / 2
        yield max(SHORTEST, round(generator.normal(mean, 5)))


def piece(table: Ids, window: Window, *, backward: bool = False) -> tuple[Ids, Ids]:
    """What a model reads in a window and what it is to predict, `(columns, length)` each, int64.

    With `backward` the columns are read from their end: the windows of an epoch go through each of them in reverse.
    """
    if backward:
        table = table[:, ::-1]
    cut = np.ascontiguousarray(table[:, window.start : window.start + window.length + 1], dtype=np.int64)
    return cut[:, :-1], cut[:, 1:]
