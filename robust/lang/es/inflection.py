"""Which entry of the table a Spanish form belongs to, and a lemma in the form of another.

What is not certain is left out: a form that is not settled, and the verb in a word that is first of all a noun or an
adjective (`casa`, `cuenta`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from robust.lang.es.morphology.clitics import joined, split
from robust.lang.es.morphology.conjugation import conjugate
from robust.lang.es.morphology.forms import verb_form
from robust.lang.es.morphology.nominal import PLURALS, feminine, plural
from robust.lang.es.morphology.readings import Reading, readings
from robust.lang.es.morphology.spelling import ACUTE, nuclei, unaccented
from robust.lang.lexicon import Analysis, Lexicon, PartOfSpeech, read

INFINITIVE = "infinitive"
_CLITICS = " + "
_OR = " | "


def inflect(lemma: str, analysis: Analysis) -> str | None:
    """`lemma` in the form of `analysis`; None when it has no such form, or it is not certain.

    Forms of adjectives: `ms fs mp fp`, and `cs cp` for one that does not show its gender (`feliz`): only another of its
    kind can stand for it, because the gender of what it describes is not known. Of nouns: `s p`, and `sp` for one that
    does not show its number (`crisis`). Of verbs: the name of a `VerbForm`, or all of those a word can be, with the
    pronouns written to it (`indicative present yo`, `gerund + me + lo`).
    """
    if analysis.part_of_speech == "adv":
        return lemma
    if analysis.part_of_speech == "verb":
        return _conjugated(lemma, analysis.form)
    word = lemma
    if analysis.part_of_speech == "adj" and analysis.form[0] in "fc":
        word = feminine(lemma)
        if analysis.form[0] == "c" and word != lemma:
            return None
    if analysis.form == "sp":
        return word if plural(word) == word else None
    return plural(word) if analysis.form.endswith("p") else word


def _conjugated(lemma: str, form: str) -> str | None:
    """`lemma` in `form`; None where the forms it names are spelt apart (`hablamos`, but `hacemos` or `hicimos`)."""
    if form == INFINITIVE:
        return lemma
    if lemma.endswith("se"):
        return None  # its pronoun has another place in the sentence
    names, *clitics = form.split(_CLITICS)
    found = {conjugate(lemma, verb_form(name)) for name in names.split(_OR)}
    only = found.pop() if len(found) == 1 else None
    return joined(only, clitics) if only and clitics else only


def analyses(word: str, lexicon: Lexicon) -> Iterator[Analysis]:
    """All entries of `lexicon` that `word` (lower case) can be a form of."""
    found = list(_nominal(word, lexicon))
    if not found and not has_other_headword(word):
        found = list(_verbal(word, lexicon))
    yield from found


def has_other_headword(word: str) -> bool:
    """Whether `word` is, or is the plural of, a headword that no verb owns alone, whether the table has it or not."""
    singulars = [word, *(word.removesuffix(ending) for ending in ("s", "es") if word.endswith(ending))]
    return any(singular in _homographs() for singular in singulars)


@lru_cache(maxsize=1)
def _homographs() -> frozenset[str]:
    """Nouns, adjectives and other words that a form of a verb is spelt like."""
    return frozenset(read("es", "verb_homographs.txt.xz"))


def _nominal(word: str, lexicon: Lexicon) -> Iterator[Analysis]:
    """Readings as a noun, an adjective, an adverb, or the infinitive of a verb."""
    for lemma in _possible_lemmas(word):
        for part_of_speech in lexicon.parts_of_speech(lemma):
            for form in forms(lemma, part_of_speech):
                analysis = Analysis(lemma, part_of_speech, form)
                if inflect(lemma, analysis) == word:
                    yield analysis
                    break


def _verbal(word: str, lexicon: Lexicon) -> Iterator[Analysis]:
    """Readings as a verb form, with or without pronouns."""
    yield from _by_lemma(readings(word), (), lexicon)
    for enclisis in split(word):
        # `adicionales` and its like would all be forms of vos: `adicioná` + `les`.
        spoken = [reading for reading in enclisis.readings if reading.form.person != "vos"]
        yield from _by_lemma(spoken, enclisis.clitics, lexicon)


def _by_lemma(found: Iterable[Reading], clitics: tuple[str, ...], lexicon: Lexicon) -> Iterator[Analysis]:
    """One analysis for each verb of the table, which names all forms that the word can be."""
    names: dict[str, list[str]] = {}
    for reading in found:
        if "verb" in lexicon.parts_of_speech(reading.lemma):
            names.setdefault(reading.lemma, []).append(str(reading.form))
    for lemma, of_lemma in names.items():
        yield Analysis(lemma, "verb", _CLITICS.join([_OR.join(of_lemma), *clitics]))


def forms(lemma: str, part_of_speech: PartOfSpeech) -> tuple[str, ...]:
    """The names of the certain forms of `lemma`; of a verb, only the infinitive."""
    if part_of_speech == "verb":
        return (INFINITIVE,)
    if part_of_speech == "adv":
        return ("",)
    many = plural(lemma)
    if part_of_speech == "noun":
        return ("s",) if many is None else ("sp",) if many == lemma else ("s", "p")
    found = ("cs", "cp") if feminine(lemma) == lemma else ("ms", "fs", "mp", "fp")
    return found if many else tuple([form for form in found if form.endswith("s")])


@lru_cache(maxsize=4096)
def _possible_lemmas(word: str) -> tuple[str, ...]:
    """`word` and what is left of it without the endings of number and gender, with and without an accent."""
    found = [word, *[singular for singular, many in PLURALS.items() if many == word]]
    if word.endswith("s"):
        singulars = [word[:-1]]
        if word.endswith("es"):
            singulars.append(word[:-2])
        if word.endswith("ces"):
            singulars.append(word[:-3] + "z")
        found += singulars
    found += [base for one in tuple(found) if one.endswith("a") for base in (one[:-1] + "o", one[:-1] + "e", one[:-1])]
    for one in tuple(found):
        if one[-1:] in "nsz" and len(one) > 2:
            found += [_accent_last(one), unaccented(one)]
    return tuple(dict.fromkeys(one for one in found if one))


def _accent_last(word: str) -> str:
    found = nuclei(word)
    if not found:
        return word
    at = found[-1]
    return word[:at] + ACUTE.get(word[at], word[at]) + word[at + 1 :]
