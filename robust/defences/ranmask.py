"""Random masking of words, and a vote over many maskings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from robust.core.smoothing import rewritten
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.registry import register


@register("defences", "ranmask")
@dataclass(frozen=True, kw_only=True)
class RanMASK:
    """Hide `share` of the words of a text, every choice of words alike likely, one word at least left to read.

    Zeng et al. 2021 (arXiv:2105.03743), section 3: the model learns masked texts, and predicts by vote over masked
    copies.

    *Differs from the paper*: words are those of robust's tokeniser; radii are certified apart, by
    `robust.evaluation.certified`, where the share is above a half.
    """

    share: float = 0.3

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise PluginError(f"ranmask: share is {self.share}", fix="use a number between 0 and 1")

    def hidden(self, words: int) -> int:
        """How many of `words` are hidden: round(`share` · words), but one at least is left to read."""
        return max(0, min(round(self.share * words), words - 1))

    def words(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> dict[int, str]:
        """Which words of the text one draw hides."""
        return dict.fromkeys(rng.permutation(len(text))[: self.hidden(len(text))].tolist(), mask)

    def draw(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> str:
        """The text with `hidden` of its words replaced by the model's mask token."""
        return rewritten(text, self.words(text, langs, rng, mask))
