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
from robust.lang.lexicon import Analysis, lexicon
from robust.registry import register
from robust.transformations._before import can_follow

RARE = 0.5
"""Readings less frequent than this part of the most frequent one are left aside."""


@register("transformations", "embedding_neighbours")
@dataclass(frozen=True, kw_only=True)
class EmbeddingNeighbours:
    """The `k` words nearest to the word by the counter-fitted vectors that ship with its language (Mrkšić et al. 2016).

    The candidate source of Jin et al. 2020 (arXiv:1907.11932, section 3: k = 50, a cosine of at least 0.7). `minimum`
    is the least cosine, in [-1, 1]. Candidates are of the word's part of speech (of all that are usual for it) and get
    its form and case, Spanish nouns also have its gender. Those whose form is not certain are left out, and so are
    opposites, words that the thesaurus never offers (most rude ones), and words after which *a* or *an*, *y*, *la* …
    before them would have to change. Stop words, words without a vector and words in mixed case have no candidates.

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
        if like(site.word, plain) == site.word:  # of a word such as `iPad` the case could not be kept
            for word in _neighbours(site.lang, plain, self.minimum):
                if can_follow(site.text, site.index, word, site.lang):
                    yield word


@lru_cache(maxsize=50_000)
def _neighbours(lang: Lang, word: str, minimum: float) -> tuple[str, ...]:
    """The neighbours of `word` (lower case) in its form, nearest first, each once."""
    known, vectors = language(lang), embedding(lang)
    own = vectors.lemma(word)
    if own is None or len(word) < 2 or known.is_stopword(word):
        return ()
    readings = _usual(lang, [reading for reading in known.analyse(word, lexicon(lang)) if reading.lemma == own])
    found: dict[str, None] = {}
    for lemma, _ in vectors.nearest(own, minimum):
        # A word that may be one thing or the other (`público`) is only replaced by what can be both.
        forms = {known.inflect(lemma, one) if _same_kind(lang, one, lemma) else None for one in readings}
        form = forms.pop() if len(forms) == 1 else None
        if form is not None and form != word and not known.is_stopword(form):
            found[form] = None
    return tuple(found)


def _usual(lang: Lang, readings: list[Analysis]) -> list[Analysis]:
    """Those that are not rare beside the others, as the adverb `awful` is beside the adjective."""
    weights = [lexicon(lang).entry(reading).frequency + 1 for reading in readings]
    return [one for one, weight in zip(readings, weights, strict=True) if weight >= RARE * max(weights)]


def _same_kind(lang: Lang, reading: Analysis, lemma: str) -> bool:
    """Whether `lemma` is of the part of speech of `reading`, and in Spanish of its gender, or reflexive as it is."""
    if reading.part_of_speech not in lexicon(lang).parts_of_speech(lemma):
        return False
    if lang == "es" and reading.part_of_speech == "noun":
        own, its = gender(reading.lemma), gender(lemma)
        return own != "" and (own == its or (its == "c" and own in ("m", "f")))
    return lang != "es" or reading.part_of_speech != "verb" or reading.lemma.endswith("se") == lemma.endswith("se")
