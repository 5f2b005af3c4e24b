"""Few characters change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.constraint import Pair
from robust.core.path import spread
from robust.core.text import Text
from robust.core.types import Bools
from robust.errors import PluginError
from robust.registry import register


@register("constraints", "levenshtein")
@dataclass(frozen=True, kw_only=True)
class Levenshtein:
    """The edit distance between original and candidate is at most `maximum` characters.

    An inserted, deleted or replaced character counts one (two neighbours that swap count two). Gao et al. 2018
    (arXiv:1801.04354) use 30.
    """

    maximum: int = 30

    def __post_init__(self) -> None:
        if self.maximum < 0:
            raise PluginError(f"levenshtein: maximum is {self.maximum}", fix="use 0 or more characters")

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = near enough."""
        return np.array([self._keeps(pair.original, pair.candidate) for pair in pairs], np.bool_)

    def _keeps(self, original: Text, candidate: Text) -> bool:
        if candidate.root is original and spread(candidate) <= self.maximum:
            return True  # so few characters were touched that the table need not be filled
        return within(str(original), str(candidate), self.maximum)


def within(a: str, b: str, maximum: int) -> bool:
    """Whether the edit distance of two strings is at most `maximum`.

    Compares what stands between their common beginning and end, a whole column of the table at a time: the steps
    between neighbouring cells are -1, 0 or 1, and the bits of two integers hold them (Myers 1999, JACM 46:395-415, as
    restated by Hyyrö 2003).
    """
    a, b = _differing(a, b)
    if abs(len(a) - len(b)) > maximum:
        return False
    if not a or not b:
        return True
    where: dict[str, int] = {}
    for i, character in enumerate(a):
        where[character] = where.get(character, 0) | 1 << i
    every, last, distance = (1 << len(a)) - 1, 1 << (len(a) - 1), len(a)
    rises, falls = every, 0
    for left, character in zip(range(len(b) - 1, -1, -1), b, strict=True):
        same = where.get(character, 0)
        diagonal = (((same & rises) + rises) ^ rises) | same | falls
        right_up, right_down = falls | (every & ~(diagonal | rises)), rises & diagonal
        distance += bool(right_up & last) - bool(right_down & last)
        if distance - left > maximum:  # each character that is left can bring it down by one at most
            return False
        right_up = right_up << 1 & every | 1
        right_down = right_down << 1 & every
        rises = right_down | (every & ~(diagonal | right_up))
        falls = right_up & diagonal
    return distance <= maximum


def _differing(a: str, b: str) -> tuple[str, str]:
    start = _common(a, b)
    a, b = a[start:], b[start:]
    end = _common(a[::-1], b[::-1])
    return a[: len(a) - end], b[: len(b) - end]


def _common(a: str, b: str) -> int:
    """Length of the common beginning, by halving: comparing slices is far cheaper than comparing characters."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
