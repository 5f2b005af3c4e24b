"""What a text denies it still denies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.types import Bools, Lang
from robust.registry import register

_NEGATIONS: Mapping[Lang, frozenset[str]] = {
    "en": frozenset(
        [
            *("no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "nowhere", "without", "cannot"),
            *("hardly", "barely", "scarcely"),
        ]
    ),
    "es": frozenset(
        [
            *("no", "ni", "nunca", "jamás", "nada", "nadie", "tampoco", "sin", "apenas"),
            *("ninguno", "ninguna", "ningún", "ningunos", "ningunas"),
        ]
    ),
}
"""Huddleston and Pullum 2002, *The Cambridge Grammar of the English Language*, chapter 9; RAE and ASALE 2009, *Nueva
gramática*, chapter 48."""


_WITHOUT_MARK = frozenset(
    [
        *("aint", "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt"),
        *("shouldnt", "wasnt", "werent", "wont", "wouldnt"),
    ]
)


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
        return not any(_kind(words[at], pair.lang) for at in pair.candidate.edited)
    here = _places(pair.candidate, pair.lang)
    left = [at for at in pair.candidate.origins if at >= 0 and not _kind(pair.original.words[at], pair.lang)]
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
        if kind := _kind(word, lang):
            found.append((kind, last))
        elif origin >= 0:
            last = origin
    return found


@lru_cache(maxsize=1 << 14)
def _kind(word: str, lang: Lang) -> str:
    """The negation that a word is, in lower case; `not` for what ends on it; empty for other words."""
    plain = word.lower().replace("’", "'")
    if plain in _NEGATIONS[lang]:
        return "not" if plain == "cannot" else plain
    return "not" if lang == "en" and (plain.endswith("n't") or plain in _WITHOUT_MARK) else ""
