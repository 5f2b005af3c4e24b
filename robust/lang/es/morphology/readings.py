"""Which verb forms a Spanish word can be: guessed backwards from its ending, kept only if conjugating gives the word.

Nothing is analysed that `conjugations` would not make, so a reading is as certain as a form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from robust.lang.es.morphology.conjugation import conjugations
from robust.lang.es.morphology.forms import VerbForm, verb_forms
from robust.lang.es.morphology.spelling import unaccented
from robust.lang.es.morphology.stems import PARTICIPLES, infinitives, irregular_bases

_MODELS = ("amar", "temer", "vivir")
_GLIDE = ("o", "eron", "endo", "era", "ese", "ere")
_CONSONANTS = (
    *(("qu", "c"), ("gu", "g"), ("gü", "gu"), ("c", "z"), ("zc", "c"), ("z", "c"), ("j", "g"), ("j", "c"), ("g", "gu")),
    *(("c", "qu"), ("y", ""), ("uy", "ü")),
)
"""(as it is spelt before the ending, as it is in the infinitive)."""
_VOWELS = (
    ("ie", "e"),
    ("ie", "i"),
    ("ue", "o"),
    ("ue", "u"),
    ("üe", "o"),
    ("ye", "e"),
    ("hue", "o"),
    ("i", "e"),
    ("u", "o"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A verb (its infinitive without *se*) and the form of it that a word is."""

    lemma: str
    form: VerbForm


@lru_cache(maxsize=1 << 14)
def readings(word: str) -> tuple[Reading, ...]:
    """Every reading of `word` (lower case, composed letters) as a form of a known verb, without enclitic pronouns."""
    lemmas = dict.fromkeys(lemma for lemma in _possible_lemmas(word) if lemma in infinitives())
    return tuple([Reading(lemma, form) for lemma in lemmas for form in _table(lemma).get(word, ())])


@lru_cache(maxsize=4096)
def _table(infinitive: str) -> Mapping[str, tuple[VerbForm, ...]]:
    """Every form of a verb → what it is."""
    found: dict[str, tuple[VerbForm, ...]] = {}
    for form in verb_forms():
        for surface in conjugations(infinitive, form):
            found[surface] = (*found.get(surface, ()), form)
    return found


def _possible_lemmas(word: str) -> Iterator[str]:
    plain = unaccented(word)
    yield word
    for at in range(len(plain)):
        for base in _irregular_forms().get(plain[at:], ()):
            yield plain[:at] + base
    for number in ("", "s"):
        singular = plain.removesuffix(number)[:-1] + "o"
        for end, own in PARTICIPLES:
            if singular.endswith(own):
                yield singular.removesuffix(own) + end
    for at in range(1, len(plain)):
        if plain[at:] in _endings():
            for stem in _stems(plain[:at]):
                for ending in ("ar", "er", "ir"):
                    yield stem + ending


def _stems(stem: str) -> Iterator[str]:
    """The stems of infinitives that `stem` can come from."""
    for one in (stem, *(stem[: -len(a)] + b for a, b in _CONSONANTS if stem.endswith(a))):
        yield one
        for broken, whole in _VOWELS:
            at = one.rfind(broken)
            if at >= 0 and (at == 0 or broken not in ("ye", "hue")):
                yield one[:at] + whole + one[at + len(broken) :]


@lru_cache(maxsize=1)
def _endings() -> frozenset[str]:
    """All regular endings, and those that lose or change their `i` (`leyó`, `gruñó`, `dijeron`), without acutes."""
    found = {unaccented(form)[len(verb) - 2 :] for verb in _MODELS for form in _table(verb)}
    persons = ("", "s", "mos", "is", "n")
    return frozenset([*found, *(ending + person for ending in _GLIDE for person in persons)])


@lru_cache(maxsize=1)
def _irregular_forms() -> Mapping[str, tuple[str, ...]]:
    """The forms of the irregular verbs that are no compounds, without acutes → the verbs."""
    found: dict[str, list[str]] = defaultdict(list)
    for verb in irregular_bases():
        for form in dict.fromkeys(unaccented(form) for form in _table(verb)):
            found[form].append(verb)
    return {form: tuple(verbs) for form, verbs in found.items()}
