"""Where the words of a string are: one regular expression for English and Spanish, in linear time.

A word is a run of letters, digits and combining marks, with apostrophes, hyphens and underscores inside it and with
`.` or `,` between two digits (`don't`, `well-made`, `3,5`). A web or e-mail address, an `@mention` and a `#hashtag`
are one word each. Everything else (punctuation, `¿`, quotes, emoji with all their parts) stays between the words.

Text that was split before (`it 's`, `do n't`, `-lrb-`) keeps its pieces: `'s` and `n't` are words, brackets are not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from robust.core.types import Span

_EMOJI_PARTS = "\ufe0f\u20e3"  # emoji presentation selector and keycap: what stands before them is part of an emoji


@lru_cache(maxsize=1)
def _marks() -> str:
    """A character class of all combining marks but `_EMOJI_PARTS` (Python's `\\w` leaves marks out)."""
    points = [*range(0x300, 0x1E950), *range(0xE0100, 0xE01F0)]
    marks = [p for p in points if unicodedata.category(chr(p))[0] == "M" and chr(p) not in _EMOJI_PARTS]
    ranges: list[tuple[int, int]] = []
    for point in marks:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return "".join(f"{chr(lo)}-{chr(hi)}" for lo, hi in ranges)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    marks = _marks()
    # Possessive quantifiers (`*+`) and bounded runs keep every attempt linear; there is nothing to back up into.
    char = rf"[^\W_](?![{marks}]*+[{_EMOJI_PARTS}])[{marks}]*+"
    whole = rf"(?![{marks}{_EMOJI_PARTS}])"
    run = rf"(?>[^\W_]+{whole}|{char})++"  # the first branch gives back at most one letter
    url = rf"(?:https?://|www\.)[\w{marks}.~:/?#\[\]@!$&'()*+,;=%-]*[\w{marks}/=&#~%+-]{whole}"
    email = rf"[^\W_][\w.%+-]{{0,63}}+@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}{whole}"
    handle = rf"(?<!\w)[@#](?>{char}|_)++"
    clitic = r"(?<!\S)['’](?:s|d|m|ll|re|ve)(?![\w'’])"
    word = rf"{run}(?>['’_\-‐‑]{run}|(?<=\d)[.,](?=\d){run})*+"
    bracket = r"(?<!\S)-[lr][rsc]b-(?!\S)"
    return re.compile(rf"(?P<skip>{bracket})|{url}|{email}|{handle}|{clitic}|{word}", re.IGNORECASE)


_USUAL = re.compile(r"[ \t\r\nA-Za-z0-9À-ÖØ-öø-ÿ,.;:!?¡¿\"()\[\]…“”‘’«»—–'\-%&/*+=$€]*", re.ASCII)
"""Strings of these characters alone have no marks, handles, addresses of mail or emoji: most sentences are such."""


@lru_cache(maxsize=1)
def _usual_pattern() -> re.Pattern[str]:
    """What `_pattern` finds in strings of `_USUAL` characters that hold no web address and no bracket code."""
    run = "[A-Za-z0-9À-ÖØ-öø-ÿ]+"
    clitic = r"(?<!\S)['’](?:[sSdDmM]|[lL][lL]|[rR][eE]|[vV][eE])(?![\w'’])"
    return re.compile(rf"{run}(?:['’\-]{run}|(?<=[0-9])[.,](?=[0-9]){run})*|{clitic}")


def _is_usual(string: str) -> bool:
    small = string.lower()
    return _USUAL.fullmatch(string) is not None and "://" not in small and "www." not in small and "b-" not in small


_PLAIN = re.compile(r"[ \t\r\nA-Za-zÀ-ÖØ-öø-ÿ,.;:!?¡¿\"()'\-]*", re.ASCII)
_PLAIN_OR_DIGITS = re.compile(r"[ \t\r\nA-Za-z0-9À-ÖØ-öø-ÿ,.;:!?¡¿\"()'\-]*", re.ASCII)
_NUMBER = re.compile(r"[0-9][.,][0-9]")
_HELD = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ'\-]")
_BLANKS = bytes([at if _HELD.match(chr(at)) else ord(" ") for at in range(256)])
"""Latin-1 with a blank in the place of everything that no word of `_PLAIN` characters holds."""


def _plain_words(string: str) -> tuple[str, ...] | None:
    """The words of a string that white space and common signs part, at a quarter of the time; None for another."""
    if _PLAIN.fullmatch(string) is None and (_PLAIN_OR_DIGITS.fullmatch(string) is None or _NUMBER.search(string)):
        return None
    if ("'" in string and _loose(string, "'")) or ("-" in string and _loose(string, "-")) or "www." in string.lower():
        return None
    return tuple(string.encode("latin-1").translate(_BLANKS).decode("latin-1").split())


def _loose(string: str, mark: str) -> bool:
    """Whether a mark is somewhere not between two letters or digits."""
    at = string.find(mark)
    while at >= 0:
        if not (at and string[at - 1].isalnum() and string[at + 1 : at + 2].isalnum()):
            return True
        at = string.find(mark, at + 1)
    return False


def usual_words(string: str) -> tuple[str, ...] | None:
    """The words of a string, where each is found by looking for it behind the one before; None where that is not so.

    Between words there are no letters and digits in such a string, so nothing else can be taken for a word.
    """
    words = _plain_words(string)
    if words is None and _is_usual(string):
        return tuple(_usual_pattern().findall(string))
    return words


def spans(string: str) -> tuple[Span, ...]:
    """The words of `string` as sorted, disjoint, non-empty character ranges."""
    if _is_usual(string):  # the same words at a fifth of the time
        return tuple([match.span() for match in _usual_pattern().finditer(string)])
    return tuple([match.span() for match in _pattern().finditer(string) if match.lastgroup is None])
