"""Swap a word for a synonym."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import ClassVar

from robust.core.draws import Draws
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.registry import register
from robust.transformations._before import directly_before, is_shifting, shifts
from robust.transformations._capital import likely_name
from robust.transformations._crossing import across, crossing, crossings, phrase_of
from robust.transformations._place import fits_at, fitting
from robust.transformations._repair import put
from robust.transformations._short import before_noun
from robust.transformations._words import CACHED


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

    def drawn(self, site: Site, draws: Draws, /) -> Iterator[Text | str]:
        """The candidates in random order; whether a synonym fits is asked of those that are drawn alone."""
        text, index, lang = site.text, site.index, site.lang
        words = _offered(lang, site.word)
        nouns = across(text, index) if self._crosses(site) else ()
        if not (words or nouns) or likely_name(text, index, lang):
            return
        if len(words) + len(nouns) > self.k:  # which of them are the first `k` that fit?
            found: Sequence[Text | str] | None = self.forms(site)
            yield from draws.shuffled(self._candidates(site) if found is None else found)
            return
        before = directly_before(text, index)
        rule, shifting = fits_at(text, index, before, lang), is_shifting(before, lang)
        for at in draws.shuffled(range(len(words) + len(nouns))):
            made: Text | str | None
            if at >= len(words):
                made = crossing(text, phrase_of(text, index), nouns[at - len(words)])
            else:
                made = words[at] if rule is None or rule(words[at]) else None
                if made is not None and lang == "es":
                    made = _shortened(site, made)
                if made is not None and shifting:
                    made = put(text, index, made, lang)
            if made is not None:
                yield made

    def _crosses(self, site: Site) -> bool:
        return self.other_gender and site.lang == "es"

    def _crossing(self, site: Site) -> Iterator[Text]:
        if self._crosses(site) and not likely_name(site.text, site.index, site.lang):
            yield from crossings(site.text, site.index)

    def _fitting(self, site: Site) -> list[str]:
        words = list(_offered(site.lang, site.word))
        if not words or likely_name(site.text, site.index, site.lang):
            return []
        words = fitting(site.text, site.index, words, site.lang)
        return [word for word in (_shortened(site, word) for word in words) if word] if site.lang == "es" else words

    def _candidates(self, site: Site) -> list[Text]:
        words = self._fitting(site)
        if not shifts(site.text, site.index, site.lang):
            same: Iterator[Text | None] = (site.text.replace(site.index, word) for word in words)
        else:
            same = (put(site.text, site.index, word, site.lang) for word in words)
        every = (text for text in chain(same, self._crossing(site)) if text is not None)
        return list(islice(every, self.k))


@lru_cache(maxsize=CACHED)
def _offered(lang: Lang, word: str) -> tuple[str, ...]:
    return tuple([other for other in dict.fromkeys(language(lang).synonyms(word)) if other and other != word])


def _shortened(site: Site, word: str) -> str | None:
    """A Spanish word in the form that it takes before a noun; None where that is the word that stands there."""
    short = before_noun(site.text, site.index, word)
    return None if short == site.word else short
