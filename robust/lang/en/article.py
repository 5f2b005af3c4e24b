"""The English indefinite article: *a* before a consonant sound, *an* before a vowel sound.

After Huddleston and Pullum, *The Cambridge Grammar of the English Language* (2002), chapter 19, and the pronunciations
of the *Oxford English Dictionary*.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Article: TypeAlias = Literal["a", "an"]

_SILENT_H = ("heir", "honest", "honor", "honour", "hour")
_OPEN_H = ("herb", "homage", "historic", "hotel", "habitual", "hysteric", "humble")
"""Words whose *h* some speakers leave out."""
_YOU = re.compile(
    r"u(?:ni(?:c|f|l(?!l)|o|q|s(?!s)|t|v|$)|nanim|s(?:e|a[bg]|u)|t(?:a[hs]|e|i|o)|biq|ran|re|rin|ro|ru|ral|k[er]|kul|fo|gan|vu)"
)
"""Words whose initial *u* sounds like *you*."""
_NOT_YOU = re.compile(r"u(?:n(?!i)|ni(?:[gmr]|n[^i]|ll|ss)|p|m|h|g[hl]|l[ctnlu]|r[bgnsc]|dd|sh|s$|t[tm]|z)|uber")
_ONE = ("one", "ones", "once", "oneself", "onesie", "oneness", "oui", "ouija")
_LETTERS_WITH_AN = frozenset("aefhilmnorsx")
_SPELT_OUT = frozenset(
    [
        *("ABC", "AI", "AIDS", "API", "ATM", "EU", "FAQ", "FBI", "HIV", "IBM", "ID", "IOU", "IQ", "IRA", "LA", "LED"),
        *("MBA", "MIT", "NBA", "SUV", "UFO", "UK", "UN", "URL", "US", "USA", "USB"),
    ]
)
"""Capitals that could be read as a word but are not."""


@lru_cache(maxsize=1 << 14)
def article(following: str) -> Article | None:
    """The article before the word `following`, in any case; None where speakers differ or the spelling does not tell.

    `an hour`, `a university`, `an MBA`, `an 8`, `a one-off`; None for *NATO* (spelt out or read as a word?) and *herb*.
    """
    found = re.match(r"[^\W_]+", following)
    if found is None:
        return None
    word = found[0]
    if word[0].isdigit():
        return _before_number(word)
    if len(word) == 1 or (word.isupper() and len(word) < 6):
        return _before_letters(word)
    return _before_word(word.lower())


def _before_number(word: str) -> Article | None:
    """*An* before eight…, eleven, eighteen: numbers are read in groups of three digits."""
    digits = re.match(r"\d+", word)
    number = digits[0] if digits else word
    if number.startswith("8"):
        return "an"
    if number in ("11", "18"):
        return "an"
    if len(number) == 4 and number[:2] in ("11", "18"):
        return None  # `an 1800 map` is read in pairs, `a 1,800 dollar fee` is not
    return "an" if len(number) % 3 == 2 and number[:2] in ("11", "18") else "a"


def _before_letters(word: str) -> Article | None:
    """Before a letter or capitals: by the name of the first letter, unless they can be read as a word."""
    by_name: Article = "an" if word[0].lower() in _LETTERS_WITH_AN else "a"
    if len(word) == 1 or word in _SPELT_OUT or not re.search(r"[AEIOUY]", word[1:] if word[0] not in "AEIOU" else word):
        return by_name
    as_word = _before_word(word.lower())
    return by_name if as_word == by_name else None


def _before_word(word: str) -> Article | None:
    if word.startswith("h"):
        if word.startswith(_SILENT_H):
            return "an"
        return None if word.startswith(_OPEN_H) else "a"
    if word in _ONE:
        return "a"
    if word[0] == "u":
        return "a" if _YOU.match(word) else "an" if _NOT_YOU.match(word) else None
    if word.startswith(("eu", "ew")):
        return None if word.startswith("euler") else "a"
    if word[0] == "y":
        return "a" if word[1:2] in tuple("aeiou") else None if len(word) < 3 else "an"
    return "an" if word[0] in "aeio" else "a"
