"""The other inflected forms of a Spanish word."""

from __future__ import annotations

from collections.abc import Iterator

from robust.lang.es.inflection import analyses, inflect
from robust.lang.es.morphology.conjugation import conjugate
from robust.lang.es.morphology.forms import VerbForm, verb_form, verb_forms
from robust.lang.lexicon import Analysis, Lexicon
from robust.lang.paradigm import Category, Inflection

_OTHER_CELLS: dict[str, tuple[tuple[str, Category], ...]] = {
    "s": (("p", "number"),),
    "p": (("s", "number"),),
    "cs": (("cp", "number"),),
    "cp": (("cs", "number"),),
    "ms": (("fs", "gender"), ("mp", "number")),
    "fs": (("ms", "gender"), ("fp", "number")),
    "mp": (("fp", "gender"), ("ms", "number")),
    "fp": (("mp", "gender"), ("fs", "number")),
}
"""Form of a noun, an adjective or a participle → the forms that differ from it in one category."""


def inflections(word: str, lexicon: Lexicon) -> Iterator[Inflection]:
    """The other forms of `word` (lower case) in each of its readings; none where it is not in `lexicon`.

    A finite verb changes its person, or its tense and mood, or loses both; a form without person becomes another one.
    Verbs with pronouns written to them (`comprarlo`) have none. *Vos* and the forms that few still use (the future
    subjunctive) or that mean the same (`hablase` beside `hablara`) are not offered.
    """
    seen = {word}
    for found in _all(word, lexicon):
        if found.word not in seen:
            seen.add(found.word)
            yield found


def _all(word: str, lexicon: Lexicon) -> Iterator[Inflection]:
    for reading in analyses(word, lexicon):
        lemma, part_of_speech = reading.lemma, reading.part_of_speech
        if part_of_speech != "verb":
            for cell, category in _OTHER_CELLS.get(reading.form, ()):
                form = inflect(lemma, Analysis(lemma, part_of_speech, cell))
                if form is not None:
                    yield Inflection(form, category)
        elif " + " not in reading.form and not lemma.endswith("se"):
            for name in reading.form.split(" | "):
                yield from _conjugated(lemma, verb_form(name))


def _conjugated(lemma: str, old: VerbForm) -> Iterator[Inflection]:
    for new in verb_forms():
        category = _difference(old, new)
        form = conjugate(lemma, new) if category is not None else None
        if form is not None and category is not None:
            yield Inflection(form, category)


def _difference(old: VerbForm, new: VerbForm) -> Category | None:
    """The category in which `new` differs from `old`; None for more than one, and for what is not offered."""
    if new == old or new.person == "vos" or new.tense == "imperfect-se" or (new.mood, new.tense) == _OBSOLETE:
        return None
    if old.mood == new.mood == "participle":
        cells = dict(_OTHER_CELLS[old.agreement or "ms"])
        return cells.get(new.agreement or "ms")
    if new.mood == "participle" and new.agreement != "ms":
        return None
    if new.finite and (new.mood, new.tense) == (old.mood, old.tense):
        return "person"
    return "tense" if not new.finite or new.person == old.person else None


_OBSOLETE = ("subjunctive", "future")
