"""The usual translations of English and Spanish nouns and adjectives, from the tables that ship with the languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

from robust.core.types import Lang
from robust.lang.lexicon import Analysis, Lexicon, read

NAME = "translations.tsv.xz"
Translated: TypeAlias = Literal["noun", "adj"]
"""The parts of speech that are translated."""


@lru_cache(maxsize=2)
def translations(lang: Lang) -> Lexicon:
    """The table of `lang`: entries as in a table of synonyms, whose only synonym is the word of the other language."""
    return Lexicon(dict([line.split("\t", 1) for line in read(lang, NAME)]))


def only(readings: Iterable[Analysis], part: Translated, lang: Lang) -> tuple[Analysis, str] | None:
    """The one reading of a word of `lang` as `part`, with its translation (a lemma); None for no reading or several."""
    found = [reading for reading in readings if reading.part_of_speech == part]
    if len({reading.lemma for reading in found}) != 1:
        return None
    return found[0], translations(lang).entry(found[0]).synonyms[0]
