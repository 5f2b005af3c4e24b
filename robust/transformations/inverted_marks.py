"""Leave out the Spanish marks that open a question or an exclamation, as chats do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.registry import register

_OPENING = re.compile("[¿¡]")


@register("transformations", "inverted_marks")
@dataclass(frozen=True, kw_only=True)
class InvertedMarks:
    """The text without the `¿` and `¡` before the word (`marks: one`), or without any (`all`), both written there.

    Their omission is an error of spelling that is usual in messages (RAE and ASALE 2010, *Ortografía de la lengua
    española*, chapter III, 3.4.9) and changes no meaning. The marks belong to no word: no word counts as changed, and
    words, spaces and the closing marks stay as they are.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    marks: Literal["one", "all"] = "one"

    def __post_init__(self) -> None:
        if self.marks not in ("one", "all"):
            raise PluginError(f"inverted_marks: marks is {self.marks!r}", fix="use one or all")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each site that has such a mark before its word."""
        return [self._without(site.text, site.index) for site in sites]

    def _without(self, text: Text, index: int) -> list[Text]:
        string, spans = str(text), text.spans
        start, end = spans[index - 1][1] if index else 0, spans[index][0]
        if not _OPENING.search(string[start:end]):
            return []
        if self.marks == "all":
            start, end = 0, len(string)
        gone = [at for at in range(start, end) if string[at] in "¿¡" and not _inside(at, spans)]
        kept = "".join(char for at, char in enumerate(string) if at not in set(gone))
        moved = [(lo - sum(at < lo for at in gone), hi - sum(at < lo for at in gone)) for lo, hi in spans]
        return [text.rewrite(kept, moved)]


def _inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(lo <= at < hi for lo, hi in spans)
