"""The forms of a Spanish verb: what they are called and which ones there are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

Mood: TypeAlias = Literal["indicative", "subjunctive", "imperative", "infinitive", "gerund", "participle"]
Tense: TypeAlias = Literal["present", "imperfect", "imperfect-se", "preterite", "future", "conditional"]
Person: TypeAlias = Literal["yo", "tú", "vos", "él", "nosotros", "vosotros", "ellos"]
"""`él` is also `ella` and `usted`, `ellos` also `ustedes`."""
Agreement: TypeAlias = Literal["ms", "fs", "mp", "fp"]
"""Gender and number of a participle."""

PERSONS: tuple[Person, ...] = get_args(Person)
AGREEMENTS: tuple[Agreement, ...] = get_args(Agreement)
TENSES: tuple[tuple[Mood, Tense], ...] = (
    ("indicative", "present"),
    ("indicative", "imperfect"),
    ("indicative", "preterite"),
    ("indicative", "future"),
    ("indicative", "conditional"),
    ("subjunctive", "present"),
    ("subjunctive", "imperfect"),
    ("subjunctive", "imperfect-se"),
    ("subjunctive", "future"),
)
"""The simple tenses; the subjunctive imperfect in *-ra* is `imperfect`, the one in *-se* `imperfect-se`."""


@dataclass(frozen=True, slots=True)
class VerbForm:
    """One cell of a paradigm; `str` and `verb_form` turn it into text and back (`indicative present yo`)."""

    mood: Mood
    tense: Tense | None = None
    person: Person | None = None
    agreement: Agreement | None = None

    def __str__(self) -> str:
        return " ".join([part for part in (self.mood, self.tense, self.person, self.agreement) if part])

    @property
    def finite(self) -> bool:
        """Whether the form has a person."""
        return self.person is not None

    @property
    def plural(self) -> bool:
        """Whether a finite form is plural (it has `person`), or a participle is."""
        return self.person in ("nosotros", "vosotros", "ellos") or self.agreement in ("mp", "fp")


INFINITIVE = VerbForm("infinitive")
GERUND = VerbForm("gerund")
PARTICIPLE = VerbForm("participle", agreement="ms")


@lru_cache(maxsize=1)
def verb_forms() -> tuple[VerbForm, ...]:
    """Every cell of a paradigm: finite forms tense by tense, the imperative, then the forms without person."""
    finite = [VerbForm(mood, tense, person) for mood, tense in TENSES for person in PERSONS]
    imperative = [VerbForm("imperative", None, person) for person in PERSONS if person != "yo"]
    participles = [VerbForm("participle", agreement=agreement) for agreement in AGREEMENTS]
    return (*finite, *imperative, INFINITIVE, GERUND, *participles)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, VerbForm]:
    return {str(form): form for form in verb_forms()}


def verb_form(name: str) -> VerbForm:
    """The form that `str` calls `name`; `KeyError` if there is none."""
    return _by_name()[name]
