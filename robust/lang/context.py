"""Misspelt words read in their context: a noisy channel over pairs of words (Mays, Damerau & Mercer 1991, IPM 27(5)).

Of a sentence `w1 … wn` the reading `c1 … cn` is taken that maximises the product of `P(c | c before)` and `P(w | c)`:
a slip that makes another word of a word is put right, too, as in `a bed film`. `P(w | c)` is that of
`robust.lang.spelling` for a careless hand: a slip is `CARELESS` times as likely. `P(c | c before)` comes from the pairs
of words that ship with the language, by the interpolation of Witten & Bell (1991, IEEE Transactions on Information
Theory 37(4), method C): of what comes after a word that had `n` words after it, of `k` kinds, the pairs tell
`n / (n + k)`, and how often words are written tells the rest.

*Differs from the paper*: pairs of words, not triples; a word is at most one slip, or accents, away from what was meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from robust.core.types import LANGS, Lang
from robust.lang.base import language
from robust.lang.case import like
from robust.lang.frequency import total
from robust.lang.lexicon import read
from robust.lang.spelling import APOSTROPHES, CHANCES, correct, count, moved_capital, slips

NAME = "word_pairs.txt.xz"
START = "^"
"""What stands before the first word of a sentence, in the table."""
CARELESS = 3.0
RIGHT = 0.97
"""How likely a word is written rightly."""
READINGS = 12
"""Of the words that a word may be a slip of, those likeliest without their context are weighed in it."""
ENDS = ".!?…:;¡¿\n"
"""What parts sentences."""
_BEGUN = re.compile(rf"(?:^|[{ENDS}])[\W_]*\Z")


class Following(NamedTuple):
    """How often a word had another one after it, of how many kinds, and how often those that were kept."""

    total: int
    kinds: int
    counts: Mapping[str, int]


_NOTHING = Following(0, 1, {})


@lru_cache(maxsize=len(LANGS))
def following(lang: Lang) -> Mapping[str, Following]:
    """Each word of the table → what comes after it; `START` → the first words of sentences."""
    found = {}
    for line in read(lang, NAME):
        first, number, kinds, *pairs = line.split(" ")
        counts = (pair.rpartition(":") for pair in pairs)
        found[first] = Following(int(number), int(kinds), {second: int(n) for second, _, n in counts})
    return MappingProxyType(found)


def begins(text: str, at: int) -> bool:
    """Whether what starts there is the first word of a sentence."""
    return _BEGUN.search(text, 0, at) is not None


def a_name(text: str, at: int, word: str) -> bool:
    """Whether a word there is taken for a name: letters with one capital, in front, inside a sentence."""
    return word[:1].isupper() and word[1:].islower() and not begins(text, at)


@lru_cache(maxsize=1 << 14)
def in_context(text: str, lang: Lang) -> str:
    """The text with each word as it was likeliest meant, in its case.

    Names, words in capitals of up to three letters and words with other signs than letters and apostrophes stay; words
    joined by hyphens are corrected without their context.
    """
    spans = language(lang).spans(text)
    words = [text[lo:hi] for lo, hi in spans]
    firsts = [at for at, (lo, _) in enumerate(spans) if not at or begins(text, lo)]
    parts, end = list[str](), 0
    for first, last in pairwise([*firsts, len(words)]):
        own = range(first, last)
        fixed = tuple([_stays(text, spans[at][0], words[at]) for at in own])
        meant = _sentence(tuple([_plain(words[at], lang) for at in own]), fixed, lang)
        for at, word in zip(own, meant, strict=True):
            lo, hi = spans[at]
            same = word == words[at].lower().replace("’", "'")
            parts += [text[end:lo], words[at] if same else like(moved_capital(words[at], lang), word)]
            end = hi
    return "".join([*parts, text[end:]])


def _plain(word: str, lang: Lang) -> str:
    read = correct(word, lang) if "-" in word else moved_capital(word, lang)
    return read.lower().replace("’", "'")


def _stays(text: str, at: int, word: str) -> bool:
    spelt = all(letter.isalpha() or letter in APOSTROPHES for letter in word)
    return not spelt or (1 < len(word) < 4 and word.isupper()) or (len(word) > 1 and a_name(text, at, word))


@lru_cache(maxsize=1 << 15)
def _sentence(words: tuple[str, ...], fixed: tuple[bool, ...], lang: Lang) -> Sequence[str]:
    """The likeliest reading of the words of a sentence, by Viterbi's algorithm.

    Where a pair was never counted, the chance of its second word is a product of one factor for each of the two: the
    best word before it is the same for all of them, and only counted pairs are looked at one by one.
    """
    ways: list[tuple[float, str, tuple[str, ...]]] = [(0.0, START, ())]
    for word, stays in zip(words, fixed, strict=True):
        options = ((word, 0.0),) if stays else readings(word, lang)
        before = [(way, _back_off(way[1], lang), following(lang).get(way[1], _NOTHING)) for way in ways]
        usual, back, _ = max(before, key=lambda one: one[0][0] + one[1])
        new = []
        for other, slip in options:
            share = _share(other, lang)
            weight, best = usual[0] + back + math.log(share), usual
            for way, _, told in before:
                if n := told.counts.get(other):
                    own = way[0] + math.log((n + told.kinds * share) / (told.total + told.kinds))
                    if own > weight:
                        weight, best = own, way
            new.append((weight + slip, other, (*best[2], other)))
        ways = new
    return max(ways, key=lambda way: way[0])[2]


@lru_cache(maxsize=1 << 16)
def readings(word: str, lang: Lang) -> tuple[tuple[str, float], ...]:
    """What a word may have been meant to be, with ln P(word | meant): itself, then the likeliest without context."""
    found: dict[str, float] = {}
    for other, kind in slips(word, lang):
        chance = math.log(CHANCES[kind] * CARELESS)
        if other != word and chance > found.get(other, -math.inf):
            found[other] = chance
    best = sorted(found, key=lambda other: -(found[other] + math.log(_share(other, lang))))[: READINGS - 1]
    return ((word, math.log(RIGHT)), *((other, found[other]) for other in best))


@lru_cache(maxsize=1 << 16)
def _back_off(first: str, lang: Lang) -> float:
    """ln of the share of what comes after a word that its pairs leave open."""
    told = following(lang).get(first)
    return math.log(told.kinds / (told.total + told.kinds)) if told else 0.0


@lru_cache(maxsize=1 << 17)
def _share(word: str, lang: Lang) -> float:
    return count(word, lang) / total(lang)
