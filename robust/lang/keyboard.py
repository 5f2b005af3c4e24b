"""Keyboards: which keys touch, and which keys a letter is typed with.

Layouts: the maps `us`, `es` and `latam` of xkeyboard-config; how the rows are staggered: ISO/IEC 9995.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from robust.core.types import Lang

LayoutName: TypeAlias = Literal["us", "es-ES", "es-419", "phone-en", "phone-es"]

_US = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_SPAIN = ("1234567890'¡", "qwertyuiop`+", "asdfghjklñ´ç", "zxcvbnm,.-")  # ¿ is Shift and ¡
_LATIN_AMERICA = ("1234567890'¿", "qwertyuiop´+", "asdfghjklñ{}", "zxcvbnm,.-")  # ¡ is Shift and ¿
_PHONE_EN = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PHONE_ES = ("qwertyuiop", "asdfghjklñ", "zxcvbnm")
_OFFSETS = (0.0, 0.5, 0.75, 1.25)
"""How far each row is shifted to the right, in key widths (ISO/IEC 9995 staggering)."""

_ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
_MARKS: Mapping[str, str] = {"´": "\u0301", "¨": "\u0308"}
_TAKE_ACUTE = "aeiouy"
"""Letters that join with a dead ´ before them; before any other key it is typed as a character of its own."""


def neighbours(rows: Sequence[str], offsets: Sequence[float] = _OFFSETS, dead: str = "") -> Mapping[str, str]:
    """Key → the keys that touch its own, nearest first; keys are letters (lower case) and those of `dead`."""
    kept = {(x, y): key for y, row in enumerate(rows) for x, key in enumerate(row) if key.isalpha() or key in dead}
    places = {key: (x + offsets[y], y) for (x, y), key in kept.items()}
    found = {}
    for key, (x, y) in places.items():
        near = [
            (abs(other_x - x) + abs(other_y - y), other)
            for other, (other_x, other_y) in places.items()
            # In rows that are not staggered, keys at a corner do not count.
            if other != key and (abs(other_x - x) <= 1 if other_y == y else abs(other_y - y) == 1 > abs(other_x - x))
        ]
        if near:
            found[key] = "".join([other for _, other in sorted(near)])
    return found


US = neighbours(_US)
SPAIN = neighbours(_SPAIN)


@dataclass(frozen=True)
class Layout:
    """A keyboard: `touching` maps each key to the keys beside it, nearest first.

    `strokes` maps a letter to the keys it is typed with where there is more than one: a dead key and a vowel. `held`
    maps a letter to the key that is held down for it on a touch screen.
    """

    rows: tuple[str, ...]
    touching: Mapping[str, str] = field(repr=False)
    strokes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    held: Mapping[str, str] = field(default_factory=dict, repr=False)

    def keys(self, letter: str) -> tuple[str, ...]:
        """The keys that type `letter` (lower case, composed); none where the layout cannot."""
        return self.strokes.get(letter) or ((letter,) if letter in self.touching else ())

    def slips(self, letter: str) -> Iterator[tuple[str, ...]]:
        """What is pressed in the place of `letter` (lower case, composed) when one key is hit wrongly."""
        keys = self.keys(letter)
        for at, key in enumerate(keys):
            # ¨ is Shift and the key of ´: the slip is to forget Shift.
            for other in "´" if key == "¨" else self.touching.get(key, ""):
                yield (*keys[:at], other, *keys[at + 1 :])

    def plain(self, letter: str) -> str:
        """What comes out when the dead key is missed, or the key is not held; empty where neither is needed."""
        return self.strokes[letter][-1] if letter in self.strokes else self.held.get(letter, "")


def typed(keys: Sequence[str], after: Sequence[str] = ()) -> tuple[str, bool]:
    """What `keys` write, with the keys of the letter `after` if a dead key falls on it, and whether one does."""
    written, dead = "", ""
    for key in keys:
        written, dead = _pressed(written, dead, key)
    swallows = bool(dead and after)
    for key in after if swallows else ():
        written, dead = _pressed(written, dead, key)
    return written + dead, swallows


def _pressed(written: str, dead: str, key: str) -> tuple[str, str]:
    if not dead:
        return (written, key) if key in _MARKS else (written + key, "")
    joins = key.lower() in (_TAKE_ACUTE if dead == "´" else "aeiou")
    return written + (unicodedata.normalize("NFC", key + _MARKS[dead]) if joins else dead + key), ""


def _desktop(rows: tuple[str, ...]) -> Layout:
    strokes = {accented: ("´", vowel) for vowel, accented in _ACUTE.items()} | {"ü": ("¨", "u")}
    return Layout(rows, neighbours(rows, dead="´"), strokes)


def _phone(rows: tuple[str, ...], offsets: Sequence[float]) -> Layout:
    held = {accented: vowel for vowel, accented in _ACUTE.items()} | {"ü": "u"}
    return Layout(rows, neighbours(rows, offsets), held=held if "ñ" in rows[1] else held | {"ñ": "n"})


LAYOUTS: Mapping[LayoutName, Layout] = {
    "us": Layout(_US, US),
    "es-ES": _desktop(_SPAIN),
    "es-419": _desktop(_LATIN_AMERICA),
    "phone-en": _phone(_PHONE_EN, (0, 0.5, 1.5)),
    "phone-es": _phone(_PHONE_ES, (0, 0, 1.5)),
}
DEFAULT_LAYOUT: Mapping[Lang, LayoutName] = {"en": "us", "es": "es-ES"}
