"""Speak to the reader as another variety of Spanish does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang, Span
from robust.errors import PluginError
from robust.lang.es.address import Direction, readdressed
from robust.registry import register


@register("transformations", "address")
@dataclass(frozen=True, kw_only=True)
class Address:
    """The text with its forms of address in those of another variety: `tú tienes` → `vos tenés`.

    - `tu_to_vos`: tú → vos, ti → vos, contigo → con vos; eres → sos, dime → decime.
    - `vos_to_tu`: the way back, where the form is not that of vosotros too.
    - `vosotros_to_ustedes`: vosotros → ustedes, tenéis → tienen, sentaos → siéntense, vuestra casa → su casa; os → se
      or les. The way back is not offered: *tienen* is what third persons do as well.

    The forms of a text have to change together, or treatment is mixed. So each word that is such a form has one
    candidate, the same for all: the text in which every one of them is changed. It counts as that many changed words;
    constraints on positions are asked about the word alone. Where a word may be such a form or another word (`cuentas`
    without a pronoun, `Compra` at the beginning of a sentence), the text has no candidate. Within a sentence an
    imperative that is spelt like the third person stays as it is.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    direction: Direction = "tu_to_vos"

    def __post_init__(self) -> None:
        if self.direction not in get_args(Direction):
            raise PluginError(
                f"address: direction is {self.direction!r}", fix=f"use one of {', '.join(get_args(Direction))}"
            )

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each word that addresses somebody."""
        return [self._candidates(site) for site in sites]

    def _candidates(self, site: Site) -> list[Text]:
        changes = _changes(str(site.text), site.text.spans, self.direction)
        if site.index not in dict(changes):
            return []
        text = site.text
        for at, word in changes:
            text = text.replace(at, word)
        return [text]


@lru_cache(maxsize=256)
def _changes(string: str, spans: tuple[Span, ...], direction: Direction) -> tuple[tuple[int, str], ...]:
    """Index and new form of every word that changes, last first; empty where nothing is certain."""
    ends = (0, *[end for _, end in spans])
    gaps = [string[end:start] for end, (start, _) in zip(ends, spans, strict=False)]
    found = readdressed([string[start:end] for start, end in spans], gaps, direction) or {}
    return tuple(sorted(found.items(), reverse=True))
