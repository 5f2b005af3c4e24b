"""Say it with the word of another Spanish-speaking country."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.es.morphology.euphony import conjunction, takes_el
from robust.lang.es.regional import GUIDES, Form, Variety, regional
from robust.registry import register
from robust.transformations._before import directly_before
from robust.transformations._repair import put_repaired


@register("transformations", "regional_words")
@dataclass(frozen=True, kw_only=True)
class RegionalWords:
    """The word that `variety` has for the same thing, in the same number: `coche` → `carro` in Mexico, `auto` in
    Argentina.

    From a short table that ships with Spanish. Words with several meanings are not replaced (`papa`, `carro`), and
    words that mean something else in `variety`, or are rude there, never put (`torta`, `colectivo`, `concha`). Where
    the other word has another gender (`ordenador`, `computadora`), the words beside it change with it and count as
    changed words; where it is not certain which ones, there is no candidate.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    variety: Variety = "es-MX"

    def __post_init__(self) -> None:
        if self.variety not in get_args(Variety):
            raise PluginError(
                f"regional_words: variety is {self.variety!r}", fix=f"use one of {', '.join(get_args(Variety))}"
            )

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates in the order of the table."""
        return [list(self._candidates(site)) for site in sites]

    def _candidates(self, site: Site) -> Iterator[Text]:
        word = site.word
        plain = unicodedata.normalize("NFC", word).lower()
        if like(word, plain) != word:  # of a word such as `iPad` the case could not be kept
            return
        for old, new in regional(plain, self.variety):
            guided = directly_before(site.text, site.index) in GUIDES
            if old.word.guided and not guided:
                continue
            text = _put(site.text, site.index, old, new)
            if text is not None:
                yield text


def _put(text: Text, index: int, old: Form, new: Form) -> Text | None:
    """`text` with the new word and what changes with it; None where that is not certain."""
    word = like(text.words[index], new.surface)
    if old.cell == new.cell:
        fits = _fits(directly_before(text, index), old.surface, new.surface, new.cell)
        return text.replace(index, word) if fits else None
    return put_repaired(text, index, word)


def _fits(before: str, old: str, new: str, cell: str) -> bool:
    """Whether a word of the same gender and number can stand after `before` as it is."""
    if before in ("y", "e", "o", "u"):
        return conjunction(before, new) == before
    return cell != "fs" or takes_el(old) is takes_el(new)
