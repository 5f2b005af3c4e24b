"""Short words stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.text import Text
from robust.core.types import Bools, Lang
from robust.errors import PluginError
from robust.registry import register


@register("constraints", "min_word_length")
@dataclass(frozen=True, kw_only=True)
class MinWordLength:
    """Only words of at least `length` characters may be edited (Pruthi et al. 2019, arXiv:1905.11268: 4)."""

    length: int = 4

    def __post_init__(self) -> None:
        if self.length < 1:
            raise PluginError(f"min_word_length: length is {self.length}", fix="use 1 or more")

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        """`(len(text),)`, True = long enough."""
        return np.array([len(word) >= self.length for word in text.words], np.bool_)

    def allows(self, text: Text, index: int, lang: Lang, /) -> bool:
        """Whether word `index` is long enough."""
        return len(text.words[index]) >= self.length
