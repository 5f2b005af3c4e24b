"""Swap a word for a synonym."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.registry import register
from robust.transformations._before import directly_before


@register("transformations", "synonyms")
@dataclass(frozen=True, kw_only=True)
class Synonyms:
    """The first `k` synonyms of the word in the thesaurus that ships with its language, in the word's form and case.

    Words without an entry get no candidates, and a candidate is left out where the word before it would have to change
    with it (`y` before `hijos`, `la` before `agua`). In the place of the embedding neighbours of Jin et al. 2020
    (arXiv:1907.11932, k = 50) and the WordNet synonyms of Ren et al. 2019 (aclanthology.org/P19-1103).

    *Differs from the papers*: see the recipes `textfooler` and `pwws`.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    k: int = 50

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"synonyms: k is {self.k}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site, best synonym first."""
        return [
            [site.text.replace(site.index, word) for word in _synonyms(site.lang, site.word, _before(site))[: self.k]]
            for site in sites
        ]


def _before(site: Site) -> str:
    """The word before, in lower case, if its form depends on the word at the site; else an empty string."""
    shifting = language(site.lang).shifting
    before = directly_before(site.text, site.index) if shifting else ""
    return before if before in shifting else ""


@lru_cache(maxsize=50_000)
def _synonyms(lang: Lang, word: str, before: str) -> tuple[str, ...]:
    known = language(lang)
    others = [other for other in dict.fromkeys(known.synonyms(word)) if other and other != word]
    return tuple([other for other in others if not before or known.fits(before, word, other)])
