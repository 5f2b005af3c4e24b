"""A changed word stays near the original one, say word vectors."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robust.core.constraint import Pair
from robust.core.text import INSERTED
from robust.core.types import Bools, Lang
from robust.errors import PluginError
from robust.lang.embedding import embedding
from robust.registry import register


@register("constraints", "embedding_cosine")
@dataclass(frozen=True, kw_only=True)
class EmbeddingCosine:
    """Each changed word has a cosine of at least `minimum` with the word of the original that it stands for.

    By the counter-fitted vectors of lemmas that ship with the language (see `robust.lang.embedding`): all forms of a
    lemma count as one word. `minimum` is in [-1, 1]; Jin et al. 2020 (arXiv:1907.11932) ask for 0.7, Morris et al. 2020
    (arXiv:2004.14174) for 0.9, of other vectors: no two share a scale. `unknown`: whether a change is let through where
    a word has no vector (a name, a typing error). Added and deleted words are let through.
    """

    minimum: float = 0.7
    unknown: bool = True

    def __post_init__(self) -> None:
        if not -1 <= self.minimum <= 1:
            raise PluginError(f"embedding_cosine: minimum is {self.minimum}", fix="use a cosine from -1 to 1")

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = every changed word is near enough."""
        return np.array([self._keeps(pair) for pair in pairs], np.bool_)

    def _keeps(self, pair: Pair) -> bool:
        before, words, origins = pair.original.words, pair.candidate.words, pair.candidate.origins
        return all(
            origins[i] == INSERTED or self._near(pair.lang, before[origins[i]], words[i]) for i in pair.candidate.edited
        )

    def _near(self, lang: Lang, old: str, new: str) -> bool:
        cosine = _cosine(lang, old, new)
        return self.unknown if cosine is None else cosine >= self.minimum


@lru_cache(maxsize=50_000)
def _cosine(lang: Lang, old: str, new: str) -> float | None:
    plain = [unicodedata.normalize("NFC", word).lower() for word in (old, new)]
    return 1.0 if plain[0] == plain[1] else embedding(lang).cosine(plain[0], plain[1])
