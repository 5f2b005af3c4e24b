"""Spanish diminutives in *-ito*, *-ita*, where their form is certain.

RAE and ASALE, *Nueva gramática de la lengua española* (2009), chapter 9: which words take *-ito* (`casita`), *-cito*
(`cochecito`, `leoncito`) or *-ecito* (`panecito`), and where Spain and America differ. The final vowel of a noun stays,
whatever its gender (`el problemita`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

from robust.lang.es.gender import gender
from robust.lang.es.inflection import analyses
from robust.lang.es.morphology.nominal import plural
from robust.lang.es.morphology.readings import readings
from robust.lang.es.morphology.spelling import attached, nuclei, silent, spelled, stress, unaccented
from robust.lang.lexicon import Analysis, lexicon, read

Area: TypeAlias = Literal["es-ES", "es-419"]
_NO_DIMINUTIVE = (
    *("ción", "sión", "xión", "dad", "tad", "tud", "eza", "miento", "ismo", "ncia", "logía", "ble", "ivo", "iva"),
    *("ito", "ita", "illo", "illa", "ico", "ica", "uelo", "ote", "azo", "aje", "ura", "umbre", "nte", "dor", "tor"),
    *("sor", "és"),
)
"""Endings of nouns that have none in use, that are one already, or that are adjectives as well."""


def noun_diminutive(word: str, area: Area) -> str | None:
    """The diminutive of the noun `word` (lower case), of its gender and number; None where it is not certain."""
    listed = _listed(area).get(word)
    if listed:
        return listed
    found = [a for a in analyses(word, lexicon("es")) if a.part_of_speech != "adv"]
    if len(found) != 1 or not _concrete(found[0]):
        return None
    letter = gender(found[0].lemma)
    made = _singular(found[0].lemma, letter, area) if letter in ("m", "f") else None
    return _kept(made, found[0].form) if made else None


def adjective_diminutive(word: str, area: Area) -> str | None:
    """The diminutive of the adjective `word` (lower case), of its gender and number; None where it is not certain."""
    for analysis in analyses(word, lexicon("es")):
        if analysis.part_of_speech == "adj" and analysis.lemma in _adjectives():
            feminine = analysis.form[0] == "f"
            base = analysis.lemma[:-1] + ("a" if feminine else "o")
            made = _singular(base, "f" if feminine else "m", area)
            return _kept(made, analysis.form) if made else None
    return None


def may_be_verb(word: str) -> bool:
    """Whether `word` is also a finite form of a verb (`cuenta`)."""
    return any(reading.form.finite for reading in readings(word))


@lru_cache(maxsize=2)
def _listed(area: Area) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in read("es", "diminutives.txt"):
        word, *made = line.split(" ")
        one = made[-1] if area == "es-419" else made[0]
        found |= {word: one, plural(word) or word: one + "s"}
    return found


@lru_cache(maxsize=1)
def _adjectives() -> frozenset[str]:
    return frozenset(read("es", "diminutive_adjectives.txt"))


@lru_cache(maxsize=1)
def _left_out() -> frozenset[str]:
    return frozenset(read("es", "no_diminutive.txt"))


def _concrete(analysis: Analysis) -> bool:
    lemma = analysis.lemma
    return (
        analysis.part_of_speech == "noun"
        and analysis.form in ("s", "p")
        and lemma not in _left_out()
        and not lemma.endswith(_NO_DIMINUTIVE)
        and 0 < len(nuclei(lemma)) < 5
    )


def _kept(made: str, form: str) -> str | None:
    """The diminutive in the number of `form`; None where it is a word with a meaning of its own (`tramita`)."""
    known = bool(lexicon("es").parts_of_speech(made)) or bool(readings(made))
    return None if known else made + "s" if form.endswith("p") else made


def _singular(word: str, letter: str, area: Area) -> str | None:
    """The diminutive of a singular of gender `letter`."""
    syllables = nuclei(word)
    if not word.isalpha() or not syllables:
        return None
    last, plain, ending = word[-1], unaccented(word), "íto" if letter == "m" else "íta"
    oxytone = stress(word) == syllables[-1]
    if len(syllables) == 1:
        link = "c" if area == "es-419" and last in "nr" else "ec"
        return spelled(plain + link + ending) if last in "nrls" else None
    if last in "oa":
        return None if oxytone or (last == "o" and letter == "f") else _from_vowel(plain, len(syllables), area)
    if last == "e" and not oxytone and (plain[-2] not in "aeiou" or silent(plain, len(plain) - 2)):
        if len(syllables) == 2:
            return spelled(plain + "c" + ending)
        return spelled(plain[:-1] + ending) if letter == "m" and len(syllables) == 3 else None
    if last == "n" or (last == "r" and oxytone):
        return spelled(plain + "c" + ending)
    return spelled(plain + ending) if last == "l" else None


def _from_vowel(plain: str, syllables: int, area: Area) -> str | None:
    """A word in unstressed *-o* or *-a*: the vowel gives way, and stands at the end of the diminutive."""
    stem, last = plain[:-1], plain[-1]
    if stem[-1] in "aiou":
        return None
    diphthong = syllables == 2 and ("ie" in stem or "ue" in stem) and not any(q in stem for q in ("que", "gue", "qui"))
    if syllables == 2 and "ei" in stem:
        return None  # reinita, reinecita
    if diphthong and area == "es-ES":
        return spelled(attached(stem, "ecít", "a") + last)
    before_i = attached(stem, "e", "a")[:-1]
    return spelled(before_i + "ít" + last)
