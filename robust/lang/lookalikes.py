"""What letters are taken for: letters of other scripts, letters with a mark, digits, and what a scanner reads."""

from __future__ import annotations

from collections.abc import Mapping

HOMOGLYPHS: Mapping[str, str] = {
    **dict(zip("aceijopsxyr", "асеіјорѕхуг", strict=True)),  # Cyrillic, Unicode TR39 confusables
    **dict(zip("ABCEHIJKMOPSTXY", "АВСЕНІЈКМОРЅТХҮ", strict=True)),
    **dict(zip("GVW", "ԌѴԜ", strict=True)),
    **{"N": "Ν", "Z": "Ζ", "U": "Ս"},  # Greek, Greek, Armenian
    **{"g": "ɡ", "l": "ӏ", "q": "ԛ", "w": "ԝ", "d": "ԁ", "h": "һ", "v": "ѵ", "u": "ս", "n": "ո"},
}
"""Letter → letters of another script that look the same. Letters without one in common fonts are left out."""

MARKED: Mapping[str, str] = dict(zip("abcdefghijklmnoprstuvwxyz", "âḃĉḋêḟĝĥîĵḱḷṁṅôṗṙŝṫûṽŵẋŷẑ", strict=True))
"""Letter → the same letter with a mark that neither English nor Spanish writes on it."""

LEET: Mapping[str, str] = {
    "a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7", "z": "2",
}  # fmt: skip
"""Letter → the digit and then the symbol that stand for it."""

OCR: tuple[tuple[str, str], ...] = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("vv", "w"), ("w", "vv"), ("ii", "u"), ("u", "ii"),
    ("ri", "n"), ("n", "ri"), ("li", "h"), ("h", "li"), ("h", "b"), ("b", "h"), ("e", "c"), ("c", "e"),
    ("f", "t"), ("t", "f"), ("g", "q"), ("q", "g"), ("i", "l"), ("l", "i"), ("l", "1"), ("l", "I"),
    ("I", "l"), ("I", "1"), ("1", "l"), ("O", "0"), ("0", "O"), ("o", "0"), ("S", "5"), ("5", "S"),
    ("B", "8"), ("8", "B"), ("Z", "2"), ("2", "Z"), ("G", "6"),
)  # fmt: skip
"""(printed, read): shapes that a scanner confuses."""

OCR_ACCENTS: tuple[tuple[str, str], ...] = (
    *zip("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN", strict=True), ("ó", "6"), ("í", "f"),
)  # fmt: skip
"""(printed, read): what is left of a letter whose mark is lost or melts into it, as with a reader set to English."""
