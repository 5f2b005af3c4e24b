"""What a text denies it still denies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.types import Bools, Lang
from robust.lang.negations import negation
from robust.registry import register


@register("constraints", "same_negation")
@dataclass(frozen=True, kw_only=True)
class SameNegation:
    """A candidate keeps the negations of the original: as many, and each before the same word.

    Dropped are texts that gained a negation, lost one (a deleted `not`, a misspelt `nunca`), changed it for another
    (`nobody` → `nothing`) or moved it past a word that was there before. English contractions count (`don't`, `didnt`).
    Negating prefixes are the business of `no_antonyms`.
    """

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = the negations are where they were."""
        return np.array([_keeps(pair) for pair in pairs], np.bool_)


def _keeps(pair: Pair) -> bool:
    if not _of_root(pair.original, pair.lang):  # then a negation could only have come with an edit
        words = pair.candidate.words
        return not any(negation(words[at], pair.lang) for at in pair.candidate.edited)
    here = _places(pair.candidate, pair.lang)
    left = [at for at in pair.candidate.origins if at >= 0 and not negation(pair.original.words[at], pair.lang)]
    # Of the words before a negation those count that are still there, so that any of them may be deleted.
    there = [
        (kind, max((at for at in left if at <= last), default=-1)) for kind, last in _of_root(pair.original, pair.lang)
    ]
    return here == there


@lru_cache(maxsize=256)
def _of_root(text: Text, lang: Lang) -> tuple[tuple[str, int], ...]:
    return tuple(_places(text, lang))


def _places(text: Text, lang: Lang) -> list[tuple[str, int]]:
    """Each negation with the place, in the original, of the last word before it that was there (-1: none)."""
    found: list[tuple[str, int]] = []
    last = -1
    for word, origin in zip(text.words, text.origins, strict=True):
        if kind := negation(word, lang):
            found.append((kind, last))
        elif origin >= 0:
            last = origin
    return found
