"""Let a word and the next one change places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.lang.base import language
from robust.registry import register
from robust.transformations._before import parted_by_space


@register("transformations", "swap_words")
@dataclass(frozen=True, kw_only=True)
class SwapWords:
    """The word and the next one in each other's place, as in the random swap of Wei & Zou 2019 (EDA, arXiv:1901.11196).

    Only where white space alone parts them. The capital of the first word belongs to the place and stays there (`The
    film` → `Film the`), unless the word is unknown and so perhaps a name (`Paris is` → `is Paris`). Both words count as
    changed.

    *Differs from the paper*: neighbours change places; there any two words of the text do.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = False

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each site, none where the words are the same."""
        return [self._swapped(site.text, site.index, site.lang) for site in sites]

    def _swapped(self, text: Text, index: int, lang: Lang) -> list[Text]:
        words = text.words
        if index + 1 >= len(words) or not parted_by_space(text, index + 1):
            return []
        first, second = words[index], words[index + 1]
        if index == 0 and second.islower() and _opens(first, lang):
            first, second = first.lower(), second.capitalize()
        if second == words[index] and first == words[index + 1]:
            return []
        made = text.replace(index, second).replace(index + 1, first)
        return [] if made == text else [made]  # `a a` and `a`, where a word was split


def _opens(word: str, lang: Lang) -> bool:
    """Whether a word owes its capital to its place at the beginning: the language knows it in small letters."""
    plain, known = word.lower(), language(lang)
    if word != plain.capitalize() or word == "I":
        return False
    return known.is_stopword(plain) or bool(known.parts_of_speech(plain))
