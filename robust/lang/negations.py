"""The words that deny."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from robust.core.types import Lang

_NEGATIONS: Mapping[Lang, frozenset[str]] = {
    "en": frozenset(
        [
            *("no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "nowhere", "without", "cannot"),
            *("hardly", "barely", "scarcely"),
        ]
    ),
    "es": frozenset(
        [
            *("no", "ni", "nunca", "jamás", "nada", "nadie", "tampoco", "sin", "apenas"),
            *("ninguno", "ninguna", "ningún", "ningunos", "ningunas"),
        ]
    ),
}
"""Huddleston and Pullum 2002, *The Cambridge Grammar of the English Language*, chapter 9; RAE and ASALE 2009, *Nueva
gramática*, chapter 48."""

_WITHOUT_MARK = frozenset(
    [
        *("aint", "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt"),
        *("shouldnt", "wasnt", "werent", "wont", "wouldnt"),
    ]
)


@lru_cache(maxsize=1 << 14)
def negation(word: str, lang: Lang) -> str:
    """The negation that a word is, in lower case; `not` for what ends on it; empty for other words."""
    plain = word.lower().replace("’", "'")
    if plain in _NEGATIONS[lang]:
        return "not" if plain == "cannot" else plain
    return "not" if lang == "en" and (plain.endswith("n't") or plain in _WITHOUT_MARK) else ""
