"""No word gives way to its opposite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robust.core.constraint import Pair
from robust.core.text import INSERTED
from robust.core.types import Bools, Lang
from robust.lang.antonyms import opposed
from robust.lang.base import language
from robust.lang.lexicon import lexicon
from robust.registry import register


@register("constraints", "no_antonyms")
@dataclass(frozen=True, kw_only=True)
class NoAntonyms:
    """A candidate in which a word stands in the place of its antonym is dropped: `good` → `bad`, `útil` → `inútil`.

    Word vectors put opposites side by side (Mrkšić et al. 2016, arXiv:1603.00892), and cosines of sentences hardly
    notice them. Words are compared by all lemmas they can be forms of, with the antonyms that ship with the language
    (WordNet's; in Spanish also the project's own) and by negating prefixes and endings. It knows listed pairs alone: of
    `warm` and `icy`, opposites through their near synonyms, it says nothing.
    """

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = no changed word is an antonym of the word it stands for."""
        return np.array([self._keeps(pair) for pair in pairs], np.bool_)

    def _keeps(self, pair: Pair) -> bool:
        before, words, origins = pair.original.words, pair.candidate.words, pair.candidate.origins
        return not any(
            origins[at] != INSERTED and _opposite(pair.lang, before[origins[at]], words[at])
            for at in pair.candidate.edited
        )


@lru_cache(maxsize=1 << 16)
def _opposite(lang: Lang, old: str, new: str) -> bool:
    return any(opposed(lang, one, other) for one in _lemmas(lang, old) for other in _lemmas(lang, new))


def _lemmas(lang: Lang, word: str) -> Iterator[str]:
    """The word itself in lower case, and every lemma that the table has for it."""
    plain = word.lower()
    yield plain
    yield from {analysis.lemma for analysis in language(lang).analyse(plain, lexicon(lang))} - {plain}
