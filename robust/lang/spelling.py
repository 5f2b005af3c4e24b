"""What a misspelt word was meant to be: a noisy channel over word frequencies (Kernighan, Church & Gale 1990, COLING).

A word `w` was meant to be the word `c` that maximises `P(c) P(w | c)`: `P(c)` is how often `c` is written, `P(w | c)`
how likely one slip makes `w` of it. That there was no slip is one of the possibilities: what is often written stays,
what is seldom written next to something much commoner does not. Words of the dictionary that were counted always stay.

*Differs from the paper*: the chances of the kinds of slips are set by hand (`CHANCES`), not counted in a corpus of
errors; accents have a kind of their own, for Spanish; a word of the shipped tables that was never counted is taken for
a rare one (`RARE`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from robust.core.types import Lang
from robust.lang.base import language
from robust.lang.case import like
from robust.lang.frequency import bare, by_letters, frequencies

CHANCES: Mapping[str, float] = MappingProxyType(
    {"none": 0.95, "accent": 0.02, "swap": 0.004, "key": 0.003, "drop": 0.003, "add": 0.002, "substitute": 0.0005}
)
"""How likely a word is written rightly, or with one certain slip of a kind."""
RARE = 20
"""Occurrences that a word of the tables is credited with at least."""
UNKNOWN = 0.01
"""Occurrences that a word which is in no table is credited with."""
APOSTROPHES = "'’"
_LETTERS: Mapping[Lang, str] = {"en": "abcdefghijklmnopqrstuvwxyz'", "es": "abcdefghijklmnopqrstuvwxyzñáéíóúü"}


def known(word: str, lang: Lang) -> bool:
    """Whether a word in small letters is in the thesaurus, with its inflected forms, or among the stop words."""
    return language(lang).is_stopword(word) or bool(language(lang).parts_of_speech(word))


def count(word: str, lang: Lang) -> float:
    """How often a word in small letters is credited with."""
    counted = frequencies(lang).get(word, 0)
    return max(counted, RARE if known(word, lang) else 0) or UNKNOWN


@lru_cache(maxsize=1 << 16)
def correct(word: str, lang: Lang) -> str:
    """What `word` was meant to be, in its case; itself where it is in the dictionary, or not made of letters.

    Of two letters it is corrected where it is in no table at all, one letter stays, and so do short words in capitals.
    Words of four letters and more that hyphens join are corrected one by one. A word with a capital behind its first
    letter stays, too, such as `McDonald` or `iPhone`, unless the slip put it there: `hTe`, `YWatch`.
    """
    if "-" in word:
        return "-".join([correct(part, lang) if len(part) > 3 else part for part in word.split("-")])
    plain = word.lower()
    spelt = all(letter.isalpha() or letter in APOSTROPHES for letter in word)
    if not spelt or len(word) < 2 or (len(word) < 4 and word.isupper()):
        return word
    if like(word, plain) != word:
        return moved_capital(word, lang)
    listed, counted = known(plain, lang), plain in frequencies(lang)
    if (listed and counted) or (len(word) == 2 and (listed or counted)):
        return word
    meant = _meant(plain, lang)
    return word if meant == plain else like(word, meant)


def moved_capital(word: str, lang: Lang) -> str:
    """A word whose slip moved its capital: `hTe` → `The`, `YWatch` → `Watch`; itself where that is no such slip."""
    small = word.lower()
    if len(word) < 3 or like(word, small) == word or small in frequencies(lang):
        return word
    way = word[1:] if word[0].isupper() else word[1] + word[0] + word[2:]
    return way if way[0].isupper() and way[1:].islower() and way.lower() in frequencies(lang) else word


@lru_cache(maxsize=1 << 16)
def _meant(word: str, lang: Lang) -> str:
    best, weight = word, count(word, lang) * CHANCES["none"]
    for other, kind in slips(word, lang):
        new = count(other, lang) * CHANCES[kind]
        if new > weight:
            best, weight = other, new
    return best


def slips(word: str, lang: Lang) -> Iterator[tuple[str, str]]:
    """The counted words that one slip, or accents alone, part from `word`, each with the kind of slip that made it."""
    counted, keys = frequencies(lang), language(lang).keyboard
    for other in by_letters(lang).get(bare(word), ()):
        if other != word:
            yield other, "accent"
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail and (other := head + tail[1:]) in counted:
            yield other, "add"
        if len(tail) > 1 and (other := head + tail[1] + tail[0] + tail[2:]) in counted and other != word:
            yield other, "swap"
        for letter in _LETTERS[lang]:
            if (other := head + letter + tail) in counted:
                yield other, "drop"
            if tail and letter != tail[0] and (other := head + letter + tail[1:]) in counted:
                yield other, "key" if tail[0] in keys.get(letter, "") else "substitute"
