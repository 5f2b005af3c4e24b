"""Disguised words as they are usually written: look-alike letters, hidden characters, digits for letters, and accents.

For Spanish as much as for English: marks that belong to the language stay, and lost accents are put back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from types import MappingProxyType

from robust.core.types import Lang
from robust.lang.case import like
from robust.lang.frequency import bare, by_letters, frequencies
from robust.lang.lookalikes import HOMOGLYPHS, LEET
from robust.lang.spelling import count, known

_LATIN: Mapping[str, str] = MappingProxyType({other: letter for letter, other in HOMOGLYPHS.items()})
_HIDDEN = re.compile(
    "[\u00ad\u200b\u200c\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069]"
    "|(?<=\\w)\u200d(?=\\w)"  # between parts of an emoji it belongs there
)
_TOKEN = re.compile(r"[^\W_](?:[\w@$!'’\u0300-\u036f-]*[\w@$\u0300-\u036f])?|[@$]\w[\w@$!]*")
_OF_SIGN: Mapping[str, str] = MappingProxyType(
    {sign: "".join(letter for letter, signs in LEET.items() if sign in signs) for sign in set("".join(LEET.values()))}
)
_OWN: Mapping[Lang, str] = {"en": "", "es": "áéíóúüñ"}
_RUN = re.compile(r"(\w)\1{2,}")
_EITHER = frozenset({"papa", "papas", "sabana", "sabanas"})
"""Words that the lists do not know, of which an accent makes another: potatoes are no fathers."""
MUCH = 50.0
"""How many times commoner than a known word its accented form has to be, for the accent to be put on."""


def normalise(text: str, lang: Lang) -> str:
    """The text with every disguised word undone; a text without any comes back as it is."""
    shown = _HIDDEN.sub("", unicodedata.normalize("NFC", text))
    if not shown.isascii():
        shown = "".join(map(_of_a_font, shown))
    return _TOKEN.sub(lambda found: plain(found[0], lang), shown)


def _of_a_font(letter: str) -> str:
    """A full-width or mathematical letter or digit as the plain one; any other as it is."""
    if not unicodedata.decomposition(letter).startswith(("<wide>", "<font>")):
        return letter
    return unicodedata.normalize("NFKC", letter)


@lru_cache(maxsize=1 << 16)
def plain(word: str, lang: Lang) -> str:
    """One word as it is usually written, in its case; itself where nothing better is known."""
    latin = _latin(word)
    for form in (latin, _unmarked(latin, lang)):
        if _counts(form, lang):
            return _accented(form, lang)
    for form in (*_shorter(latin, lang), *_letters(_unmarked(latin, lang))):
        if _counts(form, lang):
            return _accented(form, lang)
    return _accented(_unmarked(latin, lang), lang) if latin.isalpha() else latin


def _counts(form: str, lang: Lang) -> bool:
    small = form.lower()
    return not _RUN.search(small) and (small in frequencies(lang) or known(small, lang))


def _latin(word: str) -> str:
    """Letters of other scripts that look Latin as Latin ones, in a word that is half Latin or all look-alikes."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    swapped = "".join([_LATIN.get(letter, letter) for letter in apart])
    foreign = any("LATIN" not in unicodedata.name(letter, "LATIN") for letter in swapped if letter.isalpha())
    return word if foreign else unicodedata.normalize("NFC", swapped)


def _unmarked(word: str, lang: Lang) -> str:
    """Without marks that the language does not write."""
    if word.isascii():
        return word
    return "".join([letter if letter.lower() in _OWN[lang] else _base(letter) for letter in word])


def _base(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _shorter(word: str, lang: Lang) -> list[str]:
    """Letters said three times or more, twice and once, the commoner word first: `sooo` → `so`, `soo`."""
    if not _RUN.search(word):
        return []
    forms = [_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word)]
    return sorted(forms, key=lambda form: -count(form.lower(), lang))


def _letters(word: str) -> Iterator[str]:
    """Digits and symbols among letters as letters: `1d10t` → `idiot`; the first few readings."""
    letters = sum(map(str.isalpha, word))
    if len(word) < 4 or 2 * letters < len(word) or letters == len(word):  # `3D` and `4x4` say what they say
        return
    options = [_OF_SIGN.get(letter, letter) for letter in word]
    for reading in islice(product(*options), 64):
        yield "".join(reading)


def _accented(word: str, lang: Lang) -> str:
    """A Spanish word with its accents: where it is no word without them, or `MUCH` rarer.

    `tambien` → `también`; `esta` and `está` are both common, so neither is put in the other's place.
    """
    if lang != "es" or not word.isalpha():
        return word
    small = word.lower()
    ways = by_letters(lang).get(bare(small), ())
    if not ways or ways[0] == small or small in _EITHER or like(word, small) != word:
        return word
    best, here = frequencies(lang)[ways[0]], count(small, lang)
    return like(word, ways[0]) if best > (MUCH if known(small, lang) else 1) * here else word
