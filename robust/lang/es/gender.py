"""The grammatical gender of Spanish nouns, where it is certain.

Endings after Real Academia Española, *Nueva gramática de la lengua española* (2009), chapter 2; `genders.txt` holds the
everyday nouns that the endings get wrong or leave open.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from robust.lang.lexicon import read

_COMMON = ("ista", "cida", "crata", "iatra", "nauta", "ícola")
_OPEN = ("grama", "ema", "oma", "eta")  # Greek `-ma` is masculine, `crema` and `broma` are not
_FEMININE = ("ión", "dad", "tad", "tud", "umbre", "ez", "sis", "itis", "triz")
_MASCULINE = (
    *("o", "or", "aje", "ismo", "ete", "ote", "ey", "oy", "á", "é", "í", "ó", "ú", "ón", "án", "ín", "én", "ún", "és"),
    *("al", "el", "il", "ol", "ul", "ar", "er", "ir", "ur"),
)


@lru_cache(maxsize=1)
def listed() -> Mapping[str, str]:
    """The nouns of `genders.txt` with their letters."""
    return dict([line.split() for line in read("es", "genders.txt")])


def gender(noun: str) -> str:
    """`m`, `f`, `c` (one form for both) or an empty string where the word does not tell.

    A feminine noun that takes *el* (`el agua`) is `F`: it can stand only for another of its kind.
    """
    known = listed().get(noun)
    if known:
        return known.strip("?")
    endings = ((_COMMON, "c"), (_OPEN, ""), (_FEMININE, "f"), (_MASCULINE, "m"), (("a",), "f"))
    return next((letter for ending, letter in endings if noun.endswith(ending)), "")
