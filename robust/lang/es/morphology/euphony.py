"""Small words whose form depends on the sound that follows: *y/e*, *o/u*, and *el* for *la* before a stressed *a*.

RAE and ASALE, *Nueva gramática de la lengua española* (2009), sections 14.2 and 31.2; *Diccionario panhispánico de
dudas*, entries *y*, *o*, *el*.
"""

from __future__ import annotations

import re

from robust.lang.es.morphology.spelling import nuclei, stress, unaccented

_GLIDE = re.compile(r"h?i[aeou]")
_SOUNDS_I = re.compile(r"h?i|y$|y[^aeiou]")
_SOUNDS_O = re.compile(r"h?o|8|11(?:$|[.\s]\d{3})")
_STRESSED_LA = ("árabe", "ánade", "ácrata", "alfa", "hache", "a", "ama", "árbitra", "haya")
"""Feminines, some for persons and letters, that take *la*, or both articles."""


def conjunction(word: str, following: str) -> str | None:
    """The form of the conjunction `word` (`y`, `e`, `o`, `u`) before `following`; None where both are in use.

    *Y* is *e* before the vowel *i* (`padres e hijos`), but not before a diphthong (`agua y hielo`); *o* is *u* before
    *o*. A diphthong that some say as a hiatus (`y ion`, `e ion`) is open, and so is a *y* that asks (`¿y Inés?`).
    """
    sound = unaccented(following.lower())
    if word in ("y", "e"):
        if not _SOUNDS_I.match(sound):
            return "y"
        if _GLIDE.match(sound):
            return "y" if sound.startswith(("hie", "ie")) or word == "y" else None
        return "e" if sound[0] in "ih" else None
    return "u" if _SOUNDS_O.match(sound) else "o"


def stressed_a(word: str) -> bool:
    """Whether `word` begins with a stressed *a* sound (`agua`, `hacha`, `alma`, but not `alegría`)."""
    plain = word.lower()
    start = 1 if plain.startswith("h") else 0
    found = nuclei(plain)
    return bool(found) and plain[start : start + 1] in ("a", "á") and stress(plain) == found[0] == start


def takes_el(noun: str) -> bool | None:
    """Whether a feminine singular noun takes *el* and *un* (`el agua`); None for the few where usage differs."""
    if not stressed_a(noun):
        return False
    return None if noun.lower() in _STRESSED_LA else True
