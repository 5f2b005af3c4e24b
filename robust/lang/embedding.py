"""The shipped word vectors: counter-fitted vectors of lemmas, and which lie near which.

Cosines are of whole numbers (a byte each), so that they are the same on every machine.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from robust.core.types import Lang
from robust.lang.antonyms import opposed
from robust.lang.base import language
from robust.lang.lexicon import OWN_ENTRY, lexicon

NAME = "vectors.npz"


@dataclass(frozen=True, eq=False)
class Embedding:
    """Vectors of lemmas: a row of `table` `(n, size)` for each of `words`; the most frequent first."""

    lang: Lang
    words: tuple[str, ...]
    table: NDArray[np.int8] = field(repr=False)
    offered: NDArray[np.bool_] = field(repr=False)
    """Whether each may stand for another word, `(n,)`: what the thesaurus never offers may not."""
    source: str = ""
    """What the vectors were learnt from, with licences."""

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The row of each word."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def _floats(self) -> NDArray[np.float32]:
        # Sums of up to 1000 products of bytes stay below 2^24: float32 adds them up exactly, in any order.
        return self.table.astype(np.float32)

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        squares = np.einsum("ij,ij->i", self._floats, self._floats)
        return np.asarray(np.sqrt(squares.astype(np.float64)), np.float64)

    def lemma(self, word: str) -> str | None:
        """`word` (lower case) where it has a vector, or the likeliest lemma that has one; else None."""
        return word if word in self.numbers else _likeliest(self, word)

    def cosine(self, one: str, other: str) -> float | None:
        """The cosine of two words (lower case, in any form), in [-1, 1]; None without vectors, 1 for one lemma."""
        lemmas = self.lemma(one), self.lemma(other)
        if lemmas[0] is None or lemmas[1] is None:
            return None
        a, b = self.numbers[lemmas[0]], self.numbers[lemmas[1]]
        return 1.0 if a == b else float(self._floats[a] @ self._floats[b] / (self._lengths[a] * self._lengths[b]))

    def nearest(self, lemma: str, minimum: float) -> tuple[tuple[str, float], ...]:
        """Lemmas that may stand for `lemma`, with a cosine of `minimum` or more, highest first; opposites never do."""
        own = self.numbers.get(lemma)
        if own is None:
            return ()
        products = (self._floats @ self._floats[own]).astype(np.float64)
        cosines = products / (self._lengths * self._lengths[own])
        cosines[own] = -2
        chosen = np.flatnonzero((cosines >= minimum) & self.offered)
        ranked = chosen[np.argsort(-cosines[chosen], kind="stable")]
        found = [(self.words[number], float(cosines[number])) for number in ranked]
        return tuple([(word, near) for word, near in found if not opposed(self.lang, lemma, word)])


@lru_cache(maxsize=2)
def embedding(lang: Lang) -> Embedding:
    """The shipped vectors of `lang`, read once."""
    data = files("robust.lang").joinpath(lang, NAME).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        words = tuple(arrays["words"].tobytes().decode().split("\n"))
        return Embedding(lang, words, arrays["table"], arrays["offered"], arrays["source"].tobytes().decode())


@lru_cache(maxsize=1 << 16)
def _likeliest(shipped: Embedding, word: str) -> str | None:
    known = lexicon(shipped.lang)
    weights = {
        reading.lemma: (known.entry(reading).frequency + 1) * (OWN_ENTRY if reading.lemma == word else 1.0)
        for reading in language(shipped.lang).analyse(word, known)
        if reading.lemma in shipped.numbers
    }
    return max(weights, key=lambda lemma: (weights[lemma], lemma), default=None)
