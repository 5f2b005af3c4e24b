"""Short forms of chats and text messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.lang.forms import short_forms
from robust.registry import register
from robust.transformations._forms import swapped


@register("transformations", "texting")
@dataclass(frozen=True, kw_only=True)
class Texting:
    """How the word is shortened in chats: `you` → `u`, `great` → `gr8`; `que` → `q`, `también` → `tmb`.

    From lists that ship with the languages; words that are not on them have no candidates.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = True

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates in the order of the list."""
        return [list(swapped(site, short_forms(site.lang))) for site in sites]
