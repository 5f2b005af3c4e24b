"""Spanish morphology without data beyond word lists: conjugate and recognise verbs, inflect nouns, repair agreement."""

from robust.lang.es.morphology.clitics import Enclisis, joined, split
from robust.lang.es.morphology.conjugation import conjugate, conjugations
from robust.lang.es.morphology.forms import GERUND, INFINITIVE, PARTICIPLE, VerbForm, verb_form, verb_forms
from robust.lang.es.morphology.readings import Reading, readings

__all__ = [
    "GERUND",
    "INFINITIVE",
    "PARTICIPLE",
    "Enclisis",
    "Reading",
    "VerbForm",
    "conjugate",
    "conjugations",
    "joined",
    "readings",
    "split",
    "verb_form",
    "verb_forms",
]
