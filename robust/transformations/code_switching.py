"""Say a word in the other language: English in a Spanish text, Spanish in an English one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.en import switching as english
from robust.lang.es import switching as spanish
from robust.lang.es.switching import Gender
from robust.registry import register
from robust.transformations._before import parted_by_space
from robust.transformations._capital import likely_name

Part: TypeAlias = Literal["noun", "adj"]


@register("transformations", "code_switching")
@dataclass(frozen=True, kw_only=True)
class CodeSwitching:
    """The usual translation of a noun or an adjective in its place, as bilinguals mix English and Spanish.

    `las películas son aburridas` → `las movies son aburridas`, `las películas son boring`; `a boring movie` → `a boring
    película`, `the movie is boring` → `the movie is aburrida`. What governs the word stays in the language of the text;
    number is kept, and so is agreement (`robust.lang.es.switching`, `robust.lang.en.switching`). `gender` is that of
    determiners and adjectives beside an English noun in a Spanish text: that of the Spanish noun (`la movie`), as in
    writing (Casielles-Suárez 2018, doi.org/10.1075/sic.00020.cas), or `masculine` (`el movie`), as mostly in speech.
    `parts`: which words are replaced.

    A noun is replaced where a determiner or a preposition shows it to be one, an adjective after a verb of being.
    Names, words in set phrases and words that mean too many things have no candidate. Of swaps read in real texts a few
    in a hundred were of another sense, so `preserves_meaning` is not claimed.

    *Differs from* PolyGloss (Tan and Joty 2021, NAACL-HLT), which puts what a bilingual dictionary has for any word as
    it stands there: one translation for each word, in the form that the place asks for, and no verbs.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    gender: Gender = "translation"
    parts: tuple[Part, ...] = get_args(Part)

    def __post_init__(self) -> None:
        if self.gender not in get_args(Gender):
            raise PluginError(
                f"code_switching: gender is {self.gender!r}", fix=f"use one of {', '.join(get_args(Gender))}"
            )
        if not self.parts or not set(self.parts) <= set(get_args(Part)):
            raise PluginError(
                f"code_switching: parts is {list(self.parts)!r}", fix=f"use some of {', '.join(get_args(Part))}"
            )

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each word that has a translation in its place."""
        return [self._candidates(site) for site in sites]

    def _candidates(self, site: Site) -> list[Text]:
        text, at, word = site.text, site.index, site.word
        plain = unicodedata.normalize("NFC", word).lower()
        if like(word, plain) != word or likely_name(text, at, site.lang) or _name_follows(text, at):
            return []
        words = [unicodedata.normalize("NFC", one).lower().replace("’", "'") for one in text.words]
        joined = [bool(i) and parted_by_space(text, i) for i in range(len(words))]
        if site.lang == "es":
            new = spanish.switched(words, joined, at, gender=self.gender, parts=self.parts)
        else:
            new = english.switched(words, joined, at, parts=self.parts)
        return [] if new is None else [_put(text, at, new)]


def _put(text: Text, at: int, new: Mapping[int, str]) -> Text:
    """`text` with the new words; the word replaced comes first among the edits."""
    text = text.replace(at, like(text.words[at], new[at]))
    for other in sorted(new.keys() - {at}, reverse=True):
        text = text.replace(other, like(text.words[other], new[other]))
    return text


def _name_follows(text: Text, at: int) -> bool:
    """Whether a word with a capital follows in a text that is not in capitals (`el hotel Ritz`, `the movie Jaws`)."""
    after = at + 1
    if after == len(text) or not parted_by_space(text, after):
        return False
    following = text.words[after]
    return following[:1].isupper() and not text.words[at].isupper() and following != "I"
