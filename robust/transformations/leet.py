"""Leetspeak: digits and symbols for letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.letters import composed, put, split_letters
from robust.lang.lookalikes import LEET
from robust.registry import register
from robust.transformations._words import CACHED, others, replaced

Letters = Literal["one", "all"]
_BARE = str.maketrans("áéíóúü", "aeiouu")


@register("transformations", "leet")
@dataclass(frozen=True, kw_only=True)
class Leet:
    """The word with digits or symbols for letters that resemble them (`idiot` → `1d10t`).

    a 4 @ · b 8 · e 3 · g 9 · i 1 ! · l 1 · o 0 · s 5 $ · t 7 · z 2; accented vowels lose their accent (`á` → `4`), and
    `ñ` stays. `symbols: false` leaves only the digits. `letters: one` offers a candidate for each letter and sign,
    `all` the word with every letter replaced: by digits, and by symbols where there are any.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = True

    letters: Letters = "one"
    symbols: bool = True

    def __post_init__(self) -> None:
        if self.letters not in get_args(Letters):
            raise PluginError(f"leet: letters is {self.letters!r}", fix="use one or all")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Candidates from the first letter to the last, digits before symbols."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        return _forms(self, site.word)

    def _variants(self, word: str) -> Iterator[str]:
        letters = split_letters(word)
        signs = [self._signs(letter) for letter in letters]
        if self.letters == "one":
            for at, known in enumerate(signs):
                for sign in known:
                    yield put(letters, at, sign)
            return
        for which in (0, -1):
            yield "".join([known[which] if known else letter for known, letter in zip(signs, letters, strict=True)])

    def _signs(self, letter: str) -> str:
        known = LEET.get(composed(letter).translate(_BARE), "")
        return known if self.symbols else known[:1]


@lru_cache(maxsize=CACHED)
def _forms(plugin: Leet, word: str) -> tuple[str, ...]:
    return others(plugin._variants(word), word)
