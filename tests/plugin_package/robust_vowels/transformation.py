"""Goooood, buenísiiiimo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.registry import register

VOWELS = frozenset("aeiouáéíóúü")


@register("transformations", "stretched_vowels")
@dataclass(frozen=True, kw_only=True)
class StretchedVowels:
    """Write one vowel of the word `times` times."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    times: int = 3

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [[site.text.replace(site.index, word) for word in self._stretched(site.word)] for site in sites]

    def _stretched(self, word: str) -> list[str]:
        return [word[:i] + c * self.times + word[i + 1 :] for i, c in enumerate(word) if c.lower() in VOWELS]
