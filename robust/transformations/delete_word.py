"""Leave a word out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.registry import register


@register("transformations", "delete_word")
@dataclass(frozen=True, kw_only=True)
class DeleteWord:
    """The text without the word, as in the random deletion of Wei & Zou 2019 (EDA, arXiv:1901.11196).

    The last word of a text stays. Add `same_negation` where a lost `not` must not count.

    *Differs from the paper*: one word at a time; there each word goes with the same probability.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = False

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each site; none for a text of one word."""
        return [[site.text.delete(site.index)] if len(site.text) > 1 else [] for site in sites]
