"""Whose turn it is: a task for every batch, and the rows of every batch, from the seed alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from robust.core.seeds import derive
from robust.stages.sampling import Shuffled
from robust.stages.tasks import Items


def shares(sizes: Sequence[int], alpha: float) -> list[float]:
    """The probability of every task, proportional to the `alpha`-th power of its number of training rows."""
    powers = [size**alpha for size in sizes]
    return [power / sum(powers) for power in powers]


def turns(sizes: Sequence[int], n: int, *, alpha: float, seed: int) -> npt.NDArray[np.int64]:
    """The task of each of `n` batches, `(n,)`, drawn independently by `shares`."""
    rng = np.random.default_rng(derive("multitask turns", seed))
    return rng.choice(len(sizes), size=n, p=shares(sizes, alpha))


@dataclass(kw_only=True)
class Batches:
    """The batches of one task, counted on over its epochs; each epoch has every row once, in an order of its own.

    `size` is rows in a batch (fewer in the last of an epoch).
    """

    items: Items
    size: int
    seed: int
    _order: Shuffled = field(init=False)
    _rows: list[int] = field(default_factory=list, init=False)
    _epoch: int = field(default=-1, init=False)

    def __post_init__(self) -> None:
        self._order = Shuffled(self.items, batch_size=self.size, seed=self.seed)

    @property
    def per_epoch(self) -> int:
        """Batches in an epoch."""
        return math.ceil(len(self.items) / self.size)

    def rows(self, number: int) -> list[int]:
        """The rows of a batch by its number from 0; turns the epoch of the items to that of the batch."""
        epoch, at = divmod(number, self.per_epoch)
        self.items.epoch = epoch
        if epoch != self._epoch:
            self._rows, self._epoch = list(self._order), epoch
        return self._rows[at * self.size : (at + 1) * self.size]
