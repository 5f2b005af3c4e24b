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
    """Put for every word, with probability `share`, one of the set of itself and its synonyms, each alike likely.

    Ye, Gong & Liu 2020 (arXiv:2005.14424), eq. 3: the model learns texts drawn in this way, and predicts by vote over
    many.

    *Differs from the paper*: the set is the word and its first `k` synonyms in the thesauri of robust, in its form,
    not the neighbours of counter-fitted vectors, and it is not closed (a synonym's set may be another); radii
    are certified by `robust.evaluation.certified`, for a `share` of 1. A smaller one keeps more of a text as it is.
    """

    k: int = 20
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"safer: k is {self.k}", fix="use 1 or more")
        if not 0 < self.share <= 1:
            raise PluginError(f"safer: share is {self.share}", fix="use more than 0, and at most 1")

    def options(self, word: str, langs: Collection[Lang], /) -> tuple[str, ...]:
        """The set that a word is drawn from, the word itself first."""
        others = [other for lang in sorted(langs) for other in language(lang).synonyms(word)[: self.k]]
        return tuple(dict.fromkeys((word, *others)))

    def words(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> dict[int, str]:
        """What one draw puts for each word that has a choice."""
        sets = {index: self.options(word, langs) for index, word in enumerate(text.words)}
        some = [index for index, own in sets.items() if len(own) > 1]
        if self.share < 1:
            drawn = rng.random(len(some)) < self.share
            some = [index for index, one in zip(some, drawn, strict=True) if one]
        return {index: sets[index][int(rng.integers(len(sets[index])))] for index in some}

    def draw(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> str:
        """The text with each word drawn from its set."""
        return rewritten(text, self.words(text, langs, rng, mask))
