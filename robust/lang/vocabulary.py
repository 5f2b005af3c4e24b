"""Whole words of a language that can be put anywhere: what a universal trigger is made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.embedding import embedding
from robust.lang.lexicon import read
from robust.lang.negations import negation

Kind: TypeAlias = Literal["all", "neutral", "function"]

LEANING = 0.1
"""Words whose orientation is this or more, either way, are taken to praise or to blame."""

_PRAISE: Mapping[Lang, tuple[str, ...]] = {
    "en": ("good", "nice", "excellent", "positive", "fortunate", "correct", "superior"),
    "es": ("bueno", "agradable", "excelente", "positivo", "afortunado", "correcto", "superior"),
}
_BLAME: Mapping[Lang, tuple[str, ...]] = {
    "en": ("bad", "nasty", "poor", "negative", "unfortunate", "wrong", "inferior"),
    "es": ("malo", "desagradable", "pobre", "negativo", "desafortunado", "equivocado", "inferior"),
}


@lru_cache(maxsize=8)
def vocabulary(lang: Lang, kind: Kind, most: int) -> tuple[str, ...]:
    """Words in small letters: closed-class ones, then up to `most` of the shipped vectors, the most frequent first.

    Words with an apostrophe or a hyphen and single letters other than words of the closed class are left out, and so
    are insults. `neutral`: without negations and without words that praise or blame (see `orientation`); `function`:
    the closed class alone, without negations.
    """
    closed = [word for word in sorted(language(lang).stopwords) if word.isalpha()]
    shipped = embedding(lang).words[:most] if kind != "function" else ()
    unwanted = frozenset(read(lang, "unwanted.txt"))
    known = language(lang).stopwords
    open_class = [
        word for word in shipped if word.isalpha() and len(word) > 1 and word not in unwanted and word not in known
    ]
    words = [*closed, *open_class]
    if kind == "all":
        return tuple(words)
    return tuple(
        [
            word
            for word in words
            if not negation(word, lang) and (kind == "function" or abs(orientation(lang).get(word, 0.0)) < LEANING)
        ]
    )


@lru_cache(maxsize=2)
def orientation(lang: Lang) -> Mapping[str, float]:
    """How much each word of the shipped vectors praises (above 0) or blames (below 0), in [-2, 2].

    The mean cosine with seven words of praise minus that with seven words of blame (Turney & Littman 2003, ACM TOIS
    21:315-346, whose seeds these are; the Spanish ones are counterparts).

    *Differs from the paper*: counter-fitted vectors, which keep opposites apart, in the place of latent semantic
    analysis. A rough guide: of the 5,000 most frequent words nearly half reach `LEANING`, many of them wrongly
    (*allow*, *marketing*), and some that blame do not (*waste*, *fail*).
    """
    found = embedding(lang)
    table = found.table.astype(np.float64)
    table /= np.linalg.norm(table, axis=1, keepdims=True)

    def towards(seeds: tuple[str, ...]) -> NDArray[np.float64]:
        rows = [found.numbers[seed] for seed in seeds if seed in found.numbers]
        return np.asarray((table @ table[rows].T).mean(axis=1))

    score = towards(_PRAISE[lang]) - towards(_BLAME[lang])
    # rounded, because sums differ in the last digits between machines
    return dict(zip(found.words, np.round(score, 4).tolist(), strict=True))
