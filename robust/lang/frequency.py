"""How often words are written, from the tables that ship with the languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from robust.core.types import LANGS, Lang
from robust.lang.lexicon import read

NAME = "frequencies.txt.xz"


@lru_cache(maxsize=len(LANGS))
def frequencies(lang: Lang) -> Mapping[str, int]:
    """Each word in small letters and composed form → how often it was counted; the commonest first."""
    pairs = (line.split(" ") for line in read(lang, NAME))
    return MappingProxyType({word: int(count) for word, count in pairs})


@lru_cache(maxsize=len(LANGS))
def total(lang: Lang) -> int:
    """How many words were counted, each as often as it was written."""
    return sum(frequencies(lang).values())


@lru_cache(maxsize=len(LANGS))
def by_letters(lang: Lang) -> Mapping[str, tuple[str, ...]]:
    """Words without their marks → the words that are written so, the commonest first: `esta` → `esta`, `está`, `ésta`.

    `ñ` is a letter of its own and keeps its tilde.
    """
    found: dict[str, list[str]] = {}
    for word in frequencies(lang):
        found.setdefault(bare(word), []).append(word)
    return MappingProxyType({plain: tuple(words) for plain, words in found.items()})


def bare(word: str) -> str:
    """A word without accents and other marks, but for the tilde of `ñ`."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word.replace("ñ", "\0").replace("Ñ", "\1"))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return kept.replace("\0", "ñ").replace("\1", "Ñ")
