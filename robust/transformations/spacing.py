"""Spaces where there should be none, and none where there should be one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from robust.core.draws import Draws
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.letters import put, split_letters
from robust.registry import register

Operation = Literal["split", "join"]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)


@register("transformations", "spacing")
@dataclass(frozen=True, kw_only=True)
class Spacing:
    """The word with a space in it, at every place (`split`), or run together with the next word (`join`).

    A word that is split counts as one changed word, and is not split again. `join` needs nothing but spaces between the
    two words; it counts as two changed words, and constraints on positions are asked about the first alone.

    `split` is the insertion of TextBugger (Li et al. 2019, arXiv:1812.05271). *Differs from the paper*: every place is
    offered, not one.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = True

    operations: tuple[Operation, ...] = OPERATIONS

    def __post_init__(self) -> None:
        unknown = [name for name in self.operations if name not in OPERATIONS]
        if unknown or not self.operations:
            raise PluginError(
                f"spacing: operations are {list(self.operations)}", fix=f"use some of {', '.join(OPERATIONS)}"
            )

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates in the order of `operations`, splits from left to right."""
        return [[site.candidate(made) for made in self._all(site)] for site in sites]

    def drawn(self, site: Site, draws: Draws, /) -> Iterator[Text | str]:
        """The candidates in random order."""
        letters = split_letters(site.word)
        for at in draws.shuffled(self._places(site, letters)):
            yield _made(site, letters, at)

    def _all(self, site: Site) -> Iterator[Text | str]:
        letters = split_letters(site.word)
        return (_made(site, letters, at) for at in self._places(site, letters))

    def _places(self, site: Site, letters: Sequence[str]) -> list[int]:
        """Before which letters a space may go; 0 for the space behind the word, which may go away."""
        found: list[int] = []
        for name in self.operations:
            if name == "join":
                found += [0] * _joins(site)
            elif " " not in letters:
                found += range(1, len(letters))
        return found


def _joins(site: Site) -> bool:
    text, after = site.text, site.index + 1
    return after < len(text) and set(str(text)[text.span(site.index)[1] : text.span(after)[0]]) == {" "}


def _made(site: Site, letters: Sequence[str], at: int) -> Text | str:
    if at:
        return put(letters, at, " ", 0)
    text, after = site.text, site.index + 1
    return text.delete(after).replace(site.index, site.word + text.words[after])
