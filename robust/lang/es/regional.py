"""Which word another variety of Spanish has for a thing, in number and gender of the word it replaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from robust.lang.es.morphology.nominal import plural
from robust.lang.forms import word_set
from robust.lang.lexicon import read

Variety: TypeAlias = Literal["es-ES", "es-MX", "es-AR", "es-CO", "es-CL", "es-PE"]
GUIDES = word_set("mi mis tu tus su sus nuestro nuestros vuestro vuestros teléfono teléfonos")
"""Words after which `móvil` and `celular` are telephones."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the table; `gender` is `m`, `f` or, for an adjective in *-o*, `a`."""

    lemma: str
    gender: str
    varieties: frozenset[str]
    replaceable: bool
    guided: bool
    """Whether it is replaced only after one of `GUIDES`."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a word of the table: `cell` is one of `ms fs mp fp`."""

    surface: str
    cell: str
    word: Word


@lru_cache(maxsize=1)
def table() -> tuple[tuple[Word, ...], ...]:
    """The lines of `regional_words.txt`."""
    return tuple([tuple([_word(part) for part in line.split(" ")]) for line in read("es", "regional_words.txt")])


@lru_cache(maxsize=1)
def false_friends() -> Mapping[str, frozenset[str]]:
    """Word → the varieties in which it is never put."""
    rows = [line.split(" ") for line in read("es", "false_friends.txt")]
    return {word: _tags(varieties) for word, varieties in rows}


def regional(surface: str, variety: Variety) -> tuple[tuple[Form, Form], ...]:
    """What `surface` (lower case) is, and what `variety` says instead in the same number, most usual first.

    Empty where the word belongs to that variety already, or means several things.
    """
    return tuple(_replacements(surface, variety))


@lru_cache(maxsize=1)
def _index() -> Mapping[str, tuple[tuple[Form, tuple[Word, ...]], ...]]:
    """Surface → its forms, each with the line it is in."""
    found: dict[str, tuple[tuple[Form, tuple[Word, ...]], ...]] = {}
    for line in table():
        for word in line:
            for form in _forms(word):
                found[form.surface] = (*found.get(form.surface, ()), (form, line))
    return found


def _replacements(surface: str, variety: Variety) -> Iterator[tuple[Form, Form]]:
    entries = _index().get(surface, ())
    if any(not form.word.replaceable or variety in form.word.varieties for form, _ in entries):
        return
    for form, line in entries:
        for other in line:
            if variety in other.varieties and variety not in false_friends().get(other.lemma, ()):
                for made in _forms(other):
                    same_gender = other.gender != "a" or made.cell[0] == form.cell[0]
                    if made.cell[1] == form.cell[1] and same_gender:
                        yield form, made


def _forms(word: Word) -> Iterator[Form]:
    if word.gender == "a":
        for cell, ending in (("ms", "o"), ("fs", "a"), ("mp", "os"), ("fp", "as")):
            yield Form(word.lemma[:-1] + ending, cell, word)
        return
    if word.lemma in _PLURAL_ONLY:
        yield Form(word.lemma, word.gender + "p", word)
        return
    yield Form(word.lemma, word.gender + "s", word)
    many = plural(word.lemma)
    if many:
        yield Form(many, word.gender + "p", word)


_PLURAL_ONLY = ("gafas", "lentes", "anteojos")


def _word(part: str) -> Word:
    lemma, gender, varieties = part.split(":")
    return Word(lemma.rstrip("!+"), gender, _tags(varieties), not lemma.endswith("!"), lemma.endswith("+"))


def _tags(varieties: str) -> frozenset[str]:
    return frozenset(["es-" + country for country in varieties.split(",")])
