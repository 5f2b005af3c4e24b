"""The synonyms of a Spanish noun that are of the other gender, for the table that `build_synonyms` writes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from robust.lang.build_spanish import Row, negates, opposites_of, ranked
from robust.lang.embedding import embedding
from robust.lang.es.gender import gender
from robust.lang.lexicon import read
from robust.lang.mythes import Thesaurus

MOST = 10
"""Synonyms of the other gender that a noun has at most."""
NEAR = 0.3
"""The least cosine of the shipped vectors of a noun and such a synonym."""
UNWANTED = "crossing_unwanted.txt"
_MEN_AND_WOMEN = """
    actor actriz amante bruja caballero dama esposo galán hembra hombre madre marido moza muchacho mujer novio padre
    príncipe princesa puta ramera reina rey señor señorita tío varón viuda víctima"""
"""Nouns of persons that `persons.txt` leaves out."""


def rows(
    thesaurus: Thesaurus, *, closed: frozenset[str], unwanted: frozenset[str], antonyms: Iterable[tuple[str, str]]
) -> list[Row]:
    """As `build_spanish.rows`, of nouns alone, with the synonyms of the other gender; the number is 0.

    A noun of the other gender changes several words, so fewer and closer ones are put: those whose vectors lie near, as
    texts use the words (of *película*, *filme* but not *negativo*), without what `crossing_unwanted.txt` lists.
    """
    known = embedding("es")
    never = {word: others for word, *others in map(str.split, read("es", UNWANTED))}
    found = ranked(thesaurus, closed, unwanted, opposites_of(thesaurus, antonyms), _crosses)
    made: list[Row] = []
    for lemma, code, _, synonyms in sorted(found):
        offered = [other for other in synonyms[:MOST] if other not in never.get(lemma, ())]
        kept = [other for other in offered if (known.cosine(lemma, other) or 0.0) >= NEAR]
        if kept:
            made.append((lemma, code, 0, kept))
    return made


def _crosses(word: str, other: str, code: str) -> bool:
    """Whether two nouns are of different, certain genders, and neither names a person: with the gender goes the sex."""
    if code != "n" or {gender(word).lower(), gender(other).lower()} != {"m", "f"} or negates(word, other):
        return False
    return _stem(word) != _stem(other) and not {_stem(word), _stem(other)} & _persons()


@lru_cache(maxsize=1)
def _persons() -> frozenset[str]:
    return frozenset([_stem(word) for word in (*read("es", "persons.txt"), *_MEN_AND_WOMEN.split())])


def _stem(word: str) -> str:
    """What a masculine and a feminine noun of persons have in common."""
    return word.removesuffix("a").removesuffix("o").removesuffix("e")
