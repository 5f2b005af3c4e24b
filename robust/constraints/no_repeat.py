"""Each word is changed once at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.text import Text
from robust.core.types import Bools, Lang
from robust.registry import register


@register("constraints", "no_repeat")
@dataclass(frozen=True, kw_only=True)
class NoRepeat:
    """Leave words alone that were already changed or added, as all word-ranking attacks do."""

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        """`(len(text),)`, True = not yet edited."""
        keep = np.ones(len(text), np.bool_)
        keep[list(text.edited)] = False
        return keep

    def allows(self, text: Text, index: int, lang: Lang, /) -> bool:
        """Whether word `index` is not yet edited."""
        return index not in text.edited
