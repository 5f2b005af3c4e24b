"""Swap a word for one with a similar vector."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.case import like
from robust.lang.embedding import embedding
from robust.lang.es.gender import gender
from robust.lang.lexicon import OWN_ENTRY, Analysis, lexicon
from robust.registry import register
from robust.transformations._before import can_follow
from robust.transformations._capital import likely_name

RARE = 0.5
"""Readings less frequent than this part of the most frequent one are left aside."""


@register("transformations", "embedding_neighbours")
@dataclass(frozen=True, kw_only=True)
class EmbeddingNeighbours:
    """The `k` words nearest to the word by the counter-fitted vectors that ship with its language (Mrkšić et al. 2016).

    The candidate source of Jin et al. 2020 (arXiv:1907.11932, section 3: k = 50, a cosine of at least 0.7). `minimum`
    is the least cosine, in [-1, 1]. Candidates are, as a rule, of the word's part of speech and get its form and case,
    Spanish nouns also have its gender; a form of several lemmas (`lives`, `gripping`) is only replaced by what can
    stand for each. Those whose form is not certain are left out, and so are opposites, words that the thesaurus never
    offers (most rude ones), and words after which *a* or *an*, *y*, *la* … before them would have to change. Stop
    words, likely names, words without a vector and words in mixed case have no candidates.

    Vectors know no contexts: of a word with several meanings they show the usual one, and what is near may be another
    thing of the same kind.

    *Differs from the paper*: vectors are of lemmas, learnt from a few ten million words, so cosines are not those of
    the authors' vectors; candidates are inflected, the authors take the words as they are.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    k: int = 50
    minimum: float = 0.7

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"embedding_neighbours: k is {self.k}", fix="use 1 or more")
        if not -1 <= self.minimum <= 1:
            raise PluginError(f"embedding_neighbours: minimum is {self.minimum}", fix="use a cosine from -1 to 1")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site, nearest first."""
        return [
            [site.text.replace(site.index, like(site.word, word)) for word in islice(self._fitting(site), self.k)]
            for site in sites
        ]

    def _fitting(self, site: Site) -> Iterator[str]:
        plain = unicodedata.normalize("NFC", site.word).lower()
        if likely_name(site.text, site.index, site.lang):
            return
        if like(site.word, plain) == site.word:  # of a word such as `iPad` the case could not be kept
            for word in _neighbours(site.lang, plain, self.minimum):
                if can_follow(site.text, site.index, word, site.lang):
                    yield word


@lru_cache(maxsize=50_000)
def _neighbours(lang: Lang, word: str, minimum: float) -> tuple[str, ...]:
    """The neighbours of `word` (lower case) in its form, nearest first, each once."""
    known = language(lang)
    if len(word) < 2 or known.is_stopword(word):
        return ()
    readings = list(known.analyse(word, lexicon(lang)))
    # Forms of two lemmas (`lives`) and words that may be one thing or the other (`público`) are only replaced by what
    # can be both.
    found = [_forms(lang, one, minimum) for one in _usual(lang, word, readings)]
    shared = [form for form in found[0] if all(form in forms for forms in found[1:])] if found else []
    return tuple([form for form in shared if form != word and not known.is_stopword(form)])


def _forms(lang: Lang, reading: Analysis, minimum: float) -> dict[str, None]:
    """The neighbours of the lemma of `reading` in its form, nearest first; those without a certain form left out."""
    near = [lemma for lemma, _ in embedding(lang).nearest(reading.lemma, minimum) if _same_kind(lang, reading, lemma)]
    forms = [language(lang).inflect(lemma, reading) for lemma in near]
    return dict.fromkeys([form for form in forms if form is not None])


def _usual(lang: Lang, word: str, readings: list[Analysis]) -> list[Analysis]:
    """Those not rare beside the others, as are the adverb `awful` and the noun `leaving`; the likeliest one first.

    A participle that has an entry of its own as an adjective (`gripping`, `loved`) may always be that one.
    """
    known = lexicon(lang)
    weights = {one: (known.entry(one).frequency + 1) * (OWN_ENTRY if one.lemma == word else 1.0) for one in readings}
    least = RARE * max(weights.values(), default=0)
    verbal = any(one.part_of_speech == "verb" and one.lemma != word for one in readings)
    usual = [
        one
        for one, weight in weights.items()
        if weight >= least or (verbal and one.part_of_speech == "adj" and one.lemma == word)
    ]
    return sorted(usual, key=lambda one: -weights[one])


def _same_kind(lang: Lang, reading: Analysis, lemma: str) -> bool:
    """Whether `lemma` usually is of the part of speech of `reading`; in Spanish also of its gender, or as reflexive."""
    entries = lexicon(lang).entries(lemma)
    seen = [entry.frequency + 1 for entry in entries if entry.part_of_speech == reading.part_of_speech]
    if not seen or seen[0] < RARE * max(entry.frequency + 1 for entry in entries):  # its vector shows another use
        return False
    if lang == "es" and reading.part_of_speech == "noun":
        own, its = gender(reading.lemma), gender(lemma)
        return own != "" and (own == its or (its == "c" and own in ("m", "f")))
    return lang != "es" or reading.part_of_speech != "verb" or reading.lemma.endswith("se") == lemma.endswith("se")
