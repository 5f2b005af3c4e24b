"""Words that mean the opposite: the listed pairs, and those that show it by their shape."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from robust.core.types import Lang
from robust.lang.build_english import opposed_by_form
from robust.lang.lexicon import read

_FILES: Mapping[Lang, tuple[str, ...]] = {
    "en": ("antonyms_wordnet.txt",),
    "es": ("antonyms.txt", "antonyms_wordnet.txt"),
}
_NEGATIONS = ("in", "im", "i", "ir", "des", "dis", "anti", "a", "mal")
"""Spanish beginnings that turn a word into its opposite (`útil`, `inútil`)."""


@lru_cache(maxsize=2)
def pairs(lang: Lang) -> tuple[tuple[str, str], ...]:
    """The listed pairs of opposite lemmas, in the order of the lists."""
    return tuple([(one, other) for name in _FILES[lang] for one, other in [line.split() for line in read(lang, name)]])


@lru_cache(maxsize=2)
def _listed(lang: Lang) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs(lang):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return MappingProxyType({word: frozenset(others) for word, others in found.items()})


def opposed(lang: Lang, one: str, other: str) -> bool:
    """Whether two lemmas (lower case) are listed as opposites, or one is the other with a negation put before it.

    In English also with an ending that denies the other's: `careful`, `careless`.
    """
    if other in _listed(lang).get(one, ()):
        return True
    if lang == "en":
        return opposed_by_form(one, other)
    short, long = sorted((one, other), key=len)
    return any(long == prefix + short for prefix in _NEGATIONS)
