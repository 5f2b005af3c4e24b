"""Typing slips and look-alikes: which keys touch on a keyboard, which letters of other scripts look the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_US = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_SPAIN = ("1234567890'¡", "qwertyuiop`+", "asdfghjklñ´ç", "zxcvbnm,.-")
_OFFSETS = (0.0, 0.5, 0.75, 1.25)
"""How far each row is shifted to the right, in key widths (ISO/IEC 9995 staggering)."""

HOMOGLYPHS: Mapping[str, str] = {
    **dict(zip("aceijopsxy", "асеіјорѕху", strict=True)),  # Cyrillic, Unicode TR39 confusables
    **dict(zip("ABCEHIJKMOPSTXY", "АВСЕНІЈКМОРЅТХҮ", strict=True)),
    **{"g": "ɡ", "l": "ӏ", "q": "ԛ", "w": "ԝ", "d": "ԁ", "h": "һ", "v": "ѵ", "u": "ս", "n": "ո"},
}
"""Letter → letters of another script that look the same."""


def neighbours(rows: Sequence[str]) -> Mapping[str, str]:
    """Letter → the letters whose keys touch its own, nearest first, lower case."""
    places = {key: (x + _OFFSETS[y], y) for y, row in enumerate(rows) for x, key in enumerate(row) if key.isalpha()}
    found = {}
    for key, (x, y) in places.items():
        near = [
            (abs(other_x - x) + abs(other_y - y), other)
            for other, (other_x, other_y) in places.items()
            if other != key and abs(other_y - y) <= 1 and abs(other_x - x) <= 1
        ]
        if near:
            found[key] = "".join([other for _, other in sorted(near)])
    return found


US = neighbours(_US)
SPAIN = neighbours(_SPAIN)
