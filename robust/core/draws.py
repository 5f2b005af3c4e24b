"""Random draws that cost next to nothing to begin: one short hash makes the first eight of them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_EIGHT = struct.Struct("<8Q")


class Draws:
    """An endless stream of draws that follows from a seed alone.

    `numpy.random.default_rng` takes ten times as long to begin as it takes to draw once; who draws a handful of numbers
    for each of a million texts feels it. The numbers are 64-bit words of BLAKE2b in counter mode.
    """

    __slots__ = ("_block", "_left", "_seed")

    def __init__(self, seed: int) -> None:
        """`seed`: any whole number, as `robust.core.seeds.derive` gives them."""
        self._seed = seed
        self._block = 0
        self._left: list[int] = []

    def _next(self) -> int:
        if not self._left:
            made = blake2b(b"%d %d" % (self._seed, self._block)).digest()
            self._left = list(_EIGHT.unpack(made))
            self._block += 1
        return self._left.pop()

    def below(self, n: int) -> int:
        """A whole number from 0 to `n - 1`; `n` is at least 1."""
        return (self._next() * n) >> 64  # off by less than n / 2**64, which nobody will ever see

    def uniform(self) -> float:
        """A number in [0, 1) with 53 random bits."""
        return (self._next() >> 11) * 2.0**-53

    def two(self) -> tuple[float, float]:
        """Two numbers in [0, 1) with 32 random bits each, for the price of one."""
        drawn = self._next()
        return (drawn >> 32) * 2.0**-32, (drawn & 0xFFFFFFFF) * 2.0**-32

    def shuffled(self, items: Sequence[T]) -> Iterator[T]:
        """The items in random order, each drawn when it is asked for: who takes the first pays for one draw."""
        if not items:
            return
        at = self.below(len(items))
        yield items[at]
        left = list(items)
        while True:
            left[at] = left[-1]
            left.pop()
            if not left:
                return
            at = self.below(len(left))
            yield left[at]
