"""Few words change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.constraint import Pair
from robust.core.types import Bools
from robust.errors import PluginError
from robust.registry import register


@register("constraints", "max_words_changed")
@dataclass(frozen=True, kw_only=True)
class MaxWordsChanged:
    """At most `fraction` (0 to 1) of the original's words are replaced, added or deleted, rounded down.

    `minimum` words may always change, so that short texts can be attacked at all. Li et al. 2020 (arXiv:2004.09984)
    use 0.4.
    """

    fraction: float = 0.4
    minimum: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= 1 or self.minimum < 0:
            raise PluginError(
                f"max_words_changed: fraction is {self.fraction} and minimum {self.minimum}",
                fix="use a fraction from 0 to 1 and a minimum of 0 or more",
            )

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = few enough words changed."""
        return np.array([p.candidate.words_changed <= self._most(len(p.original)) for p in pairs], np.bool_)

    def _most(self, words: int) -> int:
        # The tiny surplus keeps 0.3 * 10 from being 2.9999999999999996.
        return max(self.minimum, int(self.fraction * words + 1e-9))
