"""The sentence as a whole keeps its meaning, say the word vectors that ship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.constraint import Pair
from robust.core.types import Bools
from robust.errors import PluginError
from robust.lang.sentences import similarity
from robust.registry import register


@register("constraints", "sif_similarity")
@dataclass(frozen=True, kw_only=True)
class SifSimilarity:
    """Candidate and original are at least `minimum` similar by weighted means of word vectors; needs no model.

    See `robust.lang.sentences`: smooth inverse frequency (Arora et al. 2017). `minimum` is in [-1, 1]. The longer a
    text, the less one word moves it. Blind to word order and negation (put `same_negation` and `no_antonyms` beside
    it), and a synonym is near by construction, because the vectors were fitted to synonyms; `sentence_similarity` asks
    a real encoder.
    """

    minimum: float = 0.8

    def __post_init__(self) -> None:
        if not -1 <= self.minimum <= 1:
            raise PluginError(f"sif_similarity: minimum is {self.minimum}", fix="use a cosine from -1 to 1")

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = similar enough."""
        kept = [similarity(one.lang, one.original.words, one.candidate.words) >= self.minimum for one in pairs]
        return np.array(kept, np.bool_)
