"""Numbers, addresses, mentions and hashtags stay."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from robust.core.text import Text
from robust.core.types import Bools, Lang
from robust.registry import register

_JOINERS = frozenset("'’-‐‑")


@register("constraints", "only_plain_words")
@dataclass(frozen=True, kw_only=True)
class OnlyPlainWords:
    """Only words of letters may be edited (apostrophes and hyphens inside are fine).

    A changed digit changes what the text says, and a changed address, `@mention` or `#hashtag` points elsewhere.
    """

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        """`(len(text),)`, True = letters only."""
        return np.array([_plain(word) for word in text.words], np.bool_)

    def allows(self, text: Text, index: int, lang: Lang, /) -> bool:
        """Whether word `index` is letters only."""
        return _plain(text.words[index])


def _plain(word: str) -> bool:
    # A combining mark is neither a letter nor a digit; it belongs to the letter before it.
    return any(c.isalpha() for c in word) and all(c.isalpha() or c in _JOINERS or _mark(c) for c in word)


def _mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
