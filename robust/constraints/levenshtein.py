"""Few characters change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.constraint import Pair
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
        return np.array([within(str(p.original), str(p.candidate), self.maximum) for p in pairs], np.bool_)


def within(a: str, b: str, maximum: int) -> bool:
    """Whether the edit distance of two strings is at most `maximum`.

    Looks only at the cells within `maximum` of the diagonal (Ukkonen 1985), between the common beginning and the common
    end: for a candidate with a few edited words that is next to nothing.
    """
    a, b = _differing(a, b)
    if abs(len(a) - len(b)) > maximum:
        return False
    if not a or not b:
        return True
    far = maximum + 1
    above = [min(j, far) for j in range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        lo, hi = max(1, i - maximum), min(len(b), i + maximum)
        row = [far] * (len(b) + 1)
        if i <= maximum:
            row[0] = i
        for j in range(lo, hi + 1):
            row[j] = min(above[j - 1] + (x != b[j - 1]), above[j] + 1, row[j - 1] + 1, far)
        if min(row[lo - 1 : hi + 1]) > maximum:
            return False
        above = row
    return above[-1] <= maximum


def _differing(a: str, b: str) -> tuple[str, str]:
    start, most = 0, min(len(a), len(b))
    while start < most and a[start] == b[start]:
        start += 1
    end = 0
    while end < most - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]
