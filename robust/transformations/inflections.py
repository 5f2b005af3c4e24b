"""Put a word into another of its inflected forms."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.en import paradigm as english
from robust.lang.es import paradigm as spanish
from robust.lang.lexicon import Lexicon, lexicon
from robust.lang.paradigm import CATEGORIES, Category, Inflection
from robust.registry import register
from robust.transformations._words import replaced

_OF: Mapping[Lang, Callable[[str, Lexicon], Iterable[Inflection]]] = {
    "en": english.inflections,
    "es": spanish.inflections,
}
_SLIPS = frozenset({"number", "gender"})


@register("transformations", "inflections")
@dataclass(frozen=True, kw_only=True)
class Inflections:
    """The other inflected forms of the word's lemma, as in MORPHEUS (Tan et al. 2020, aclanthology 2020.acl-main.263).

    `categories` that may change, one at a time:

    - `number` of nouns, Spanish adjectives and participles (`film` → `films`, `larga` → `largas`);
    - `gender` of Spanish adjectives and participles (`larga` → `largo`);
    - `comparison` of English adjectives (`good` → `better`, `best`);
    - `person` and number of verbs (`feel` → `feels`, `hablo` → `hablan`);
    - `tense` and mood of verbs, with the forms that have no person (`feel` → `felt`, `feeling`; `hablan` → `hablaron`,
      `hablen`, `hablar`).

    The words around stay as they are, so most candidates are ungrammatical, as second-language and dialect speakers
    may write them. With `number` and `gender` alone the meaning is kept; another person, tense or degree says another
    thing (`good` → `best`), so `preserves_meaning` is False. Words that the tables do not know have no candidates, nor
    have words in mixed case.

    *Differs from the paper*: there is no tagger. An English word is read as the most frequent of the entries it can
    belong to (`love` as a verb), a Spanish one in all ways. A Spanish verb changes person or tense, not both.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    categories: tuple[Category, ...] = CATEGORIES

    def __post_init__(self) -> None:
        unknown = [name for name in self.categories if name not in CATEGORIES]
        if unknown or not self.categories:
            raise PluginError(
                f"inflections: categories are {list(self.categories)}", fix=f"use some of {', '.join(CATEGORIES)}"
            )

    @property
    def preserves_meaning(self) -> bool:
        """Whether only agreement can go wrong."""
        return _SLIPS.issuperset(self.categories)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates in the order of the paradigm."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        word = site.word
        plain = unicodedata.normalize("NFC", word).lower()
        if like(word, plain) != word:
            return []
        return [like(word, one.word) for one in _inflections(site.lang, plain) if one.category in self.categories]


@lru_cache(maxsize=50_000)
def _inflections(lang: Lang, word: str) -> tuple[Inflection, ...]:
    return tuple(_OF[lang](word, lexicon(lang)))
