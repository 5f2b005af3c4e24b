"""Capital and small letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.letters import split_letters
from robust.registry import register
from robust.transformations._words import replaced

Style = Literal["upper", "lower", "title", "alternate"]


@register("transformations", "casing")
@dataclass(frozen=True, kw_only=True)
class Casing:
    """The word in another case: `UPPER`, `lower`, `Title` or `aLtErNaTe`; none where it is written so already."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = True

    style: Style = "upper"

    def __post_init__(self) -> None:
        if self.style not in get_args(Style):
            raise PluginError(f"casing: style is {self.style!r}", fix=f"use one of {', '.join(get_args(Style))}")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate at most."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The word of the candidate."""
        word = self._restyled(site.word)
        return [word] if word != site.word else []

    def _restyled(self, word: str) -> str:
        if self.style == "upper":
            return word.upper()
        if self.style == "lower":
            return word.lower()
        if self.style == "title":
            return word[:1].upper() + word[1:].lower()
        return "".join([letter.upper() if at % 2 else letter.lower() for at, letter in enumerate(split_letters(word))])
