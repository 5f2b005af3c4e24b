"""Spanish spelt by ear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.lang.case import like
from robust.lang.es.phonetic import NAMES, Variety, misspellings
from robust.lang.forms import alternatives
from robust.lang.letters import composed
from robust.registry import register
from robust.transformations._words import replaced


@register("transformations", "phonetic_spelling")
@dataclass(frozen=True, kw_only=True)
class PhoneticSpelling:
    """Misspellings that sound like the word, one confusion at a time.

    `rules`, from the confusion that seems most common to the rarest:

    - `b_v` (`había` → `havía`), `h` left out or added (`ahora` → `aora`, `abrir` → `habrir`);
    - `s_c_z` (`hacer` → `haser`, `escena` → `esena`; with `variety: distincion` only c and z, `hacer` → `hazer`);
    - `g_j` before e and i (`coger` → `cojer`), `ll_y` (`calle` → `caye`), `m_n` before b, p and v (`tiempo` →
      `tienpo`);
    - `x_s` (`explicar` → `esplicar`), `rr` after l, n and s (`alrededor` → `alrrededor`), `hue` (`huevo` → `güevo`),
      `qu_k` (`quiero` → `kiero`).

    `variety`: `seseo`, for speakers to whom c and z sound like s (most), or `distincion`. What is itself a word of the
    shipped lists is left out (`hola` → `ola`, `vaca` → `baca`): see the transformation `homophones`. Words in mixed
    case have no candidates.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    rules: tuple[str, ...] = NAMES
    variety: Variety = "seseo"

    def __post_init__(self) -> None:
        unknown = [name for name in self.rules if name not in NAMES]
        if unknown or not self.rules:
            raise PluginError(f"phonetic_spelling: rules are {list(self.rules)}", fix=f"use some of {', '.join(NAMES)}")
        if self.variety not in get_args(Variety):
            raise PluginError(f"phonetic_spelling: variety is {self.variety!r}", fix="use seseo or distincion")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each confusion and each place it fits, in the order of the rules."""
        return replaced(sites, self.forms)

    def forms(self, site: Site, /) -> Sequence[str]:
        """The words of the candidates."""
        word = site.word
        plain = composed(word)
        if like(word, plain) != word:
            return []
        return [like(word, other) for other in _candidates(plain, self.rules, self.variety)]


@lru_cache(maxsize=50_000)
def _candidates(word: str, rules: tuple[str, ...], variety: Variety) -> tuple[str, ...]:
    found = dict.fromkeys(misspellings(word, rules, variety))
    return tuple([other for other in found if other and other != word and not _is_word(other)])


def _is_word(word: str) -> bool:
    spanish = language("es")
    listed = alternatives("es", "homophones.txt", "homophones_seseo.txt")
    return word in listed or spanish.is_stopword(word) or bool(spanish.parts_of_speech(word))
