"""Swap a word for a synonym."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.registry import register
from robust.transformations._before import shifts
from robust.transformations._capital import likely_name
from robust.transformations._crossing import crossings
from robust.transformations._place import fitting
from robust.transformations._repair import put
from robust.transformations._short import before_noun


@register("transformations", "synonyms")
@dataclass(frozen=True, kw_only=True)
class Synonyms:
    """The first `k` synonyms of the word in the thesaurus that ships with its language, in the word's form and case.

    After them come, with `other_gender`, Spanish nouns of the other gender, where the noun phrase is certain and can be
    repaired (`la película larga` → `el filme largo`); the words that change with the noun count as changed.

    Words without an entry and likely names (`Jean` in `We saw Jean`) get no candidates. What stands before a word
    changes with it (`an unforgettable` → `a memorable`, `y gracia` → `e inspiración`); a candidate is left out where it
    is not certain how, and where a determiner shows that it is of another part of speech (`la bebida`, but not `la
    beoda`). In the place of the embedding neighbours of Jin et al. 2020 (arXiv:1907.11932, k = 50) and the WordNet
    synonyms of Ren et al. 2019 (aclanthology.org/P19-1103).

    *Differs from the papers*: see the recipes `textfooler` and `pwws`.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    k: int = 50
    other_gender: bool = True

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"synonyms: k is {self.k}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site, best synonym first."""
        return [self._candidates(site) for site in sites]

    def forms(self, site: Site, /) -> Sequence[str] | None:
        """The words of the candidates; None where other words change with them."""
        if shifts(site.text, site.index, site.lang):
            return None
        words = self._fitting(site)[: self.k]
        return words if len(words) == self.k or next(self._crossing(site), None) is None else None

    def _crossing(self, site: Site) -> Iterator[Text]:
        if self.other_gender and site.lang == "es" and not likely_name(site.text, site.index):
            yield from crossings(site.text, site.index)

    def _fitting(self, site: Site) -> list[str]:
        if likely_name(site.text, site.index):
            return []
        words = [word for word in dict.fromkeys(language(site.lang).synonyms(site.word)) if word and word != site.word]
        words = fitting(site.text, site.index, words, site.lang)
        if site.lang == "es":
            shorter = (before_noun(site.text, site.index, word) for word in words)
            return [word for word in shorter if word is not None and word != site.word]
        return words

    def _candidates(self, site: Site) -> list[Text]:
        words = self._fitting(site)
        if not shifts(site.text, site.index, site.lang):
            same: Iterator[Text | None] = (site.text.replace(site.index, word) for word in words)
        else:
            same = (put(site.text, site.index, word, site.lang) for word in words)
        every = (text for text in chain(same, self._crossing(site)) if text is not None)
        return list(islice(every, self.k))
