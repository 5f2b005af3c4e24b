"""Lists of names by kind: `kind word` a line, words with their capital letter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from robust.core.types import Lang
from robust.lang.lexicon import read


@lru_cache(maxsize=8)
def by_kind(lang: Lang, name: str) -> Mapping[str, tuple[str, ...]]:
    """Each word of the file `name` → all words of its kind, in the order of the file."""
    kinds: dict[str, list[str]] = {}
    for line in read(lang, name):
        kind, word = line.split(" ")
        kinds.setdefault(kind, []).append(word)
    return MappingProxyType({word: tuple(words) for words in kinds.values() for word in words})


@lru_cache(maxsize=2)
def numbers(lang: Lang) -> Mapping[str, int]:
    """Number word (lower case) → its value, in ascending order."""
    rows = [line.split(" ") for line in read(lang, "numbers.txt")]
    return MappingProxyType({word: int(value) for value, word in rows})
