"""What a scanner reads in place of what is printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.lang.letters import occurrences, put, shapes, split_letters
from robust.lang.lookalikes import OCR, OCR_ACCENTS
from robust.registry import register
from robust.transformations._words import CACHED, others, replaced


@register("transformations", "ocr")
@dataclass(frozen=True, kw_only=True)
class Ocr:
    """Every misreading of one shape in the word: rn and m, cl and d, l and 1 and I, O and 0, S and 5, and the like.

    `accents`: also lose the mark of a letter (`ñ` → `n`, `é` → `e`) or read it into the shape (`ó` → `6`, `í` → `f`),
    as readers made for English do to Spanish. It puts the meaning at risk: `año` → `ano`.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    accents: bool = False

    @property
    def preserves_meaning(self) -> bool:
        """Lost accents make other words."""
        return not self.accents

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each confusion and each place it fits."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        return _forms(self, site.word)

    def _variants(self, word: str) -> Iterator[str]:
        letters = split_letters(word)
        shape = shapes(letters)
        for printed, read in OCR + OCR_ACCENTS * self.accents:
            for at in occurrences(shape, printed):
                yield put(letters, at, read, len(printed))


@lru_cache(maxsize=CACHED)
def _forms(plugin: Ocr, word: str) -> tuple[str, ...]:
    return others(plugin._variants(word), word)
