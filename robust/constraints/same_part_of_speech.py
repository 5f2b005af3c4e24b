"""A noun stays a noun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robust.core.constraint import Pair
from robust.core.types import Bools, Lang
from robust.lang.base import language
from robust.registry import register

_NOUN_OR_VERB = frozenset({"noun", "verb"})


@register("constraints", "same_part_of_speech")
@dataclass(frozen=True, kw_only=True)
class SamePartOfSpeech:
    """Each changed word can be the same part of speech as the word of the original that it stands for.

    `noun_for_verb` also lets nouns stand for verbs and verbs for nouns, as Jin et al. 2020 do (arXiv:1907.11932). Only
    nouns, verbs, adjectives and adverbs are told apart. A word that the language's table does not know (a name, a
    typing error) is let through on either side, and so are added and deleted words.

    *Differs from the paper*: Jin et al. tag the words in context; the tables list what a word can be in any context,
    which lets more through.
    """

    noun_for_verb: bool = False

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = every changed word can be what the original word can be."""
        return np.array([self._keeps(pair) for pair in pairs], np.bool_)

    def _keeps(self, pair: Pair) -> bool:
        before = pair.original.words
        return all(self._alike(pair.lang, before[at], word) for at, word in pair.candidate.replaced)

    def _alike(self, lang: Lang, old: str, new: str) -> bool:
        of_old, of_new = _possible(lang, old), _possible(lang, new)
        if not of_old or not of_new or of_old & of_new:
            return True
        return self.noun_for_verb and bool(of_old & _NOUN_OR_VERB) and bool(of_new & _NOUN_OR_VERB)


@lru_cache(maxsize=50_000)
def _possible(lang: Lang, word: str) -> frozenset[str]:
    return frozenset(language(lang).parts_of_speech(word))
