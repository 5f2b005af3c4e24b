"""Random substitution of words by synonyms, and a vote over many substitutions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from robust.core.smoothing import rewritten
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.registry import register


@register("defences", "safer")
@dataclass(frozen=True, kw_only=True)
class SAFER:
    """Put for every word one of the set of itself and its synonyms, each alike likely.

    Ye, Gong & Liu 2020 (arXiv:2005.14424), eq. 3: the model learns texts drawn in this way, and predicts by vote over
    many.

    *Differs from the paper*: the set is the word and its first `k` synonyms in the thesauri of robust, in its form,
    not the neighbours of counter-fitted vectors, and it is not closed (a synonym's set may be another); nothing is
    certified.
    """

    k: int = 20

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"safer: k is {self.k}", fix="use 1 or more")

    def draw(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> str:
        """The text with each word drawn from its set."""
        words: dict[int, str] = {}
        for index, word in enumerate(text.words):
            others = [other for lang in sorted(langs) for other in language(lang).synonyms(word)[: self.k]]
            options = list(dict.fromkeys((word, *others)))
            if len(options) > 1:
                words[index] = options[int(rng.integers(len(options)))]
        return rewritten(text, words)
