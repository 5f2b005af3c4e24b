"""Add a synonym of a word somewhere else in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.registry import register
from robust.transformations._capital import likely_name


@register("transformations", "insert_synonym")
@dataclass(frozen=True, kw_only=True)
class InsertSynonym:
    """A synonym of the word at a random place of the text: the random insertion of Wei & Zou 2019 (EDA,
    arXiv:1901.11196): up to `k` draws of a synonym and a place.

    Words without synonyms and likely names get no candidates. The result is seldom a sentence: it adds what the text
    says already.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True
    preserves_meaning: ClassVar[bool] = False

    k: int = 4

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"insert_synonym: k is {self.k}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site."""
        return [self._inserted(site) for site in sites]

    def _inserted(self, site: Site) -> list[Text]:
        if likely_name(site.text, site.index, site.lang):
            return []
        offered = language(site.lang).synonyms(site.word)
        if not offered:
            return []
        rng = np.random.default_rng(site.seed)
        drawn = [(offered[rng.integers(len(offered))], int(rng.integers(len(site.text) + 1))) for _ in range(self.k)]
        return list(dict.fromkeys(site.text.insert(place, word.lower()) for word, place in drawn))
