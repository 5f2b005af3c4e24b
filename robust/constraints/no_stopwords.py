"""Function words stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.text import INSERTED, Text
from robust.core.types import Bools, Lang
from robust.lang.base import language
from robust.registry import register


@register("constraints", "no_stopwords")
@dataclass(frozen=True, kw_only=True)
class NoStopwords:
    """Leave articles, pronouns, prepositions, negations and the like alone (Jin et al. 2020, arXiv:1907.11932).

    The original word decides, whatever stands in its place now. Negations are stopwords, so none is ever swapped.
    """

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        """`(len(text),)`, True = not a stopword of `lang`."""
        is_stopword, before = language(lang).is_stopword, text.root.words
        words = [
            word if origin == INSERTED else before[origin]
            for word, origin in zip(text.words, text.origins, strict=True)
        ]
        return np.array([not is_stopword(word) for word in words], np.bool_)

    def allows(self, text: Text, index: int, lang: Lang, /) -> bool:
        """Whether word `index` does not stand for a stopword."""
        origin = text.origins[index]
        return not language(lang).is_stopword(text.words[index] if origin == INSERTED else text.root.words[origin])
