"""Forms of address of one Spanish variety in those of another: pronouns and verbs of a whole text at once.

*Tú* and *vos* differ in the present indicative and the affirmative imperative (general voseo), *vosotros* and *ustedes*
in every tense, in *os* and in *vuestro*: RAE and ASALE, *Nueva gramática de la lengua española* (2009), sections 4.7,
16.15-16.17; *Diccionario panhispánico de dudas*, "voseo".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from robust.lang.case import like
from robust.lang.es.agreement import noun
from robust.lang.es.inflection import analyses, has_other_headword
from robust.lang.es.morphology import VerbForm, conjugate, joined, readings, split
from robust.lang.es.morphology.forms import Person
from robust.lang.forms import word_set
from robust.lang.lexicon import Analysis, lexicon, read

Direction: TypeAlias = Literal["tu_to_vos", "vos_to_tu", "vosotros_to_ustedes"]
_PERSONS: Mapping[Direction, tuple[Person, Person, Person | None]] = {
    "tu_to_vos": ("tú", "vos", None),
    "vos_to_tu": ("vos", "tú", "vosotros"),
    "vosotros_to_ustedes": ("vosotros", "ellos", "vos"),
}
"""The person addressed before and after, and the one that shares forms with the first (`vivís`)."""
_RIVAL_WORDS = {"vosotros": ("vosotros", "vosotras", "os"), "vos": ("vos",)}
_MEANT = {
    "eres": "ser", "vives": "vivir", "crees": "creer", "vendes": "vender", "aburres": "aburrir", "dime": "decir",
    "podéis": "poder", "creéis": "creer", "vendéis": "vender",
}  # fmt: skip
"""Forms that a rare verb shares (`erar`, `vivar`, `crear` in the subjunctive of *vos*)."""
_VERBS_FIRST = word_set(
    "eres quieres haces llegas pones dejas hablas llevas debes crees buscas pierdes mueres bebes cantas bailas",
    "callas sos recibís",
)
"""Verb forms whose namesakes among the nouns are hardly used."""
_NOUNS = ("tomate", "disparate", "remate", "combate")
"""Nouns that could be imperatives of *vos*."""
_PLURALS = ("los", "las", "les")
"""Pronouns that would make imperatives of *vos* out of many plurals (`musicales`)."""
_NAMES = ("felicitas", "tomás", "mercedes", "dolores")
"""Persons, when they have a capital; other words with one are names where no sentence begins."""
_IMPERATIVES = ("ten", "pon", "haz")
"""Certain at the beginning of a clause alone."""
_PROCLITICS = ("me", "te", "se", "nos", "os", "le", "les", "lo", "tú", "vos", "vosotros", "vosotras")
"""Words that make a verb of the next one, which could be a noun."""
_NOMINAL = word_set(
    "el la los las un una unos unas mi mis tu tus su sus este esta estos estas ese esa esos esas aquellos",
    "aquellas nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras algunos algunas muchos muchas",
    "pocos pocas varios varias otros otras todos todas dos tres cuatro más a de del en con por para sin sobre",
    "al",
)
"""Words that make a noun of the next one."""
_SUBJECT_AFTER = ("entre", "según", "excepto", "salvo", "incluso", "hasta")
_PREPOSITIONS = ("a", "de", "para", "por", "sin", "en", "sobre", "contra", "ante", "hacia", "desde", "tras")
_DATIVE = word_set(
    "gustar encantar parecer interesar importar doler dar decir contar recomendar aconsejar sugerir agradecer",
    "asegurar garantizar",
)
"""Verbs whose *os* is *les*: what they say, give or please is not the person."""
_AUXILIARY = frozenset(("haber", "ir", "poder", "querer", "deber"))
_OBJECTS = ("lo", "la", "los", "las")


@dataclass(frozen=True, slots=True)
class _Form:
    """What a verb becomes; `sure` False where it may be another word; `imperative`: it is that at most."""

    new: str | None
    sure: bool
    imperative: bool


def readdressed(words: Sequence[str], gaps: Sequence[str], direction: Direction) -> dict[int, str] | None:
    """Index → new form of every word of `words` that addresses somebody; an empty form takes the word out.

    `gaps[i]` is what stands before word `i`. None where a word may be such a form and need not be (`cuentas`), or has
    no certain counterpart: a text is changed as a whole or not at all.
    """
    plain = [unicodedata.normalize("NFC", word).lower() for word in words]
    text = _Sentence(plain, [not gap.strip() and gap != "" and at > 0 for at, gap in enumerate(gaps)], gaps)
    source, target, rival = _PERSONS[direction]
    if any(like(word, low) != word for word, low in zip(words, plain, strict=True)):
        return None
    evident = not rival or _evident(text, source, rival)
    found: dict[int, str] = {}
    for at in range(len(plain)):
        if _may_be_name(words[at]) and (plain[at] in _NAMES or text.before(at) or gaps[at].strip() == ","):
            continue
        pronoun = plain[at] in _PRONOUNS[direction]
        changed = (
            _pronoun(text, at, direction) if pronoun else _verb(text, at, source, target, rival if evident else None)
        )
        if changed is None:
            return None
        found.update(changed)
    return {at: like(words[at], new) if new else "" for at, new in found.items()}


_PRONOUNS: Mapping[Direction, frozenset[str]] = {
    "tu_to_vos": frozenset(("tú", "ti", "contigo")),
    "vos_to_tu": frozenset(("vos",)),
    "vosotros_to_ustedes": word_set("vosotros vosotras os vuestro vuestra vuestros vuestras"),
}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Lower-case words; `joined[i]`: nothing but space parts word `i` from the one before it."""

    words: Sequence[str]
    joined: Sequence[bool]
    gaps: Sequence[str]

    def before(self, at: int) -> str:
        return self.words[at - 1] if self.joined[at] else ""

    def after(self, at: int) -> str:
        return self.words[at + 1] if at + 1 < len(self.words) and self.joined[at + 1] else ""

    def opens(self, at: int, marks: str = ".!?¡¿:;…\n") -> bool:
        """Whether the word begins a sentence."""
        return at == 0 or any(mark in self.gaps[at] for mark in marks)


def _may_be_name(word: str) -> bool:
    """Whether only the first letter is a capital."""
    return word[:1].isupper() and word[1:2].islower()


def _evident(text: _Sentence, source: Person, rival: Person) -> bool:
    """Whether the text speaks to `source` and not to `rival`, so that a form of both is the former's."""

    def speaks(person: Person, other: Person) -> bool:
        if any(word in _RIVAL_WORDS[person] or (person == "vosotros" and word[:6] == "vuestr") for word in text.words):
            return True
        persons = [{reading.form.person for reading in readings(word)} for word in text.words]
        return any(found == {person} or found == {person, "ellos"} for found in persons if other not in found)

    return speaks(source, rival) and not speaks(rival, source)


def _pronoun(text: _Sentence, at: int, direction: Direction) -> dict[int, str] | None:
    """The pronoun at `at` in its new form; None where that is not certain."""
    word, before = text.words[at], text.before(at)
    if direction == "tu_to_vos":
        if word == "tú":
            spelt_tu = noun(text.after(at) or "-") is not None and not readings(text.after(at))  # `tú hijo`
            return None if spelt_tu or before in ("de", "a", "el", "un") else {at: "vos"}  # `de tú a tú`
        return {at: "vos" if word == "ti" else "con vos"}
    if direction == "vos_to_tu":
        if before == "con":
            return {at - 1: "contigo", at: ""}
        return {at: "ti" if before in _PREPOSITIONS else "tú"}
    if word in ("vosotros", "vosotras"):
        return {at: "ustedes"}
    if word[:6] == "vuestr":
        free = before not in _NOMINAL - set(_PREPOSITIONS) and before != "lo" and noun(before or "-") is None
        owned = bool(text.after(at)) and any(a.part_of_speech == "noun" for a in _analyses(text.after(at)))
        return {at: "sus" if word.endswith("s") else "su"} if free and owned else None
    new = _os(text, at)
    return {at: new} if new else None


def _os(text: _Sentence, at: int) -> str | None:
    """*Os* of *ustedes*: *se* with a verb of the same person and before *lo*, *les* where it is certainly a dative."""
    following = text.after(at)
    if following in _OBJECTS:
        return "se"
    if any(reading.form.person == "vosotros" for reading in readings(following or "-")):
        return "se"
    step = at + 1
    while step < len(text.words) and text.joined[step]:
        lemmas = {reading.lemma for reading in readings(text.words[step])}
        if lemmas & _DATIVE:
            return "les"
        if not (lemmas and lemmas <= _AUXILIARY) and text.words[step] != "a":
            return None
        step += 1
    return None


def _verb(text: _Sentence, at: int, source: Person, target: Person, rival: Person | None) -> dict[int, str] | None:
    """The verb at `at` in its new form, nothing where it is none; None where it is not certain."""
    word, before = text.words[at], text.before(at)
    if source == "vos" and _only(word, "vosotros"):
        return None  # `vos sois` is the reverential vos
    form = _form(word, source, target, rival)
    if form is None:
        return {}
    if form.new is not None and word in _IMPERATIVES and source == "tú":
        following = text.after(at)
        participle = word == "haz" and any(
            reading.form.mood == "participle" for reading in readings(following)
        )  # haz sido, for has
        certain = text.opens(at, ".!?¡¿:;…\n,") and following not in ("", "de", "que") and not participle
        return {at: form.new} if certain else {}
    if source == "tú" and word == "ven" and text.opens(at, ".!?¡¿:;…\n,"):
        return {at: "vení"} if text.after(at) in ("aquí", "acá", "conmigo") else None
    if form.new is None:
        return None
    if form.sure and word.endswith("as") and _before_feminine(before):
        return {}  # `arepas resecas`
    if form.sure:
        return None if before == "tu" and source == "tú" else {at: form.new}
    if form.imperative:
        return None if text.opens(at) else {}
    if before in _PROCLITICS and word not in _MANY_VERBS:
        return {at: form.new}
    return {} if before in _NOMINAL or _before_noun(before) else None


@lru_cache(maxsize=1)
def _stopwords() -> frozenset[str]:
    return frozenset(read("es", "stopwords.txt"))


def _before_feminine(word: str) -> bool:
    """Whether what follows `word` is rather a feminine plural than a verb."""
    plural = word.endswith("as") and word not in _stopwords()
    return plural or _before_noun(word)


def _before_noun(word: str) -> bool:
    """Whether what follows `word` is rather a noun than a verb: it is an adjective, or a verb itself."""
    found = list(_analyses(word)) if word else []
    adjective = word.endswith("s") and any(a.part_of_speech == "adj" for a in found)
    nominal = any(a.part_of_speech != "verb" for a in found)
    return adjective or (not nominal and any(reading.form.finite for reading in readings(word or "-")))


_MANY_VERBS = ("sientes", "sales", "creas")
"""Forms of two verbs that are both in use: a pronoun before them does not tell which."""


def _only(word: str, person: Person) -> bool:
    found = {reading.form.person for reading in readings(word)}
    return found == {person}


@lru_cache(maxsize=1 << 14)
def _form(word: str, source: Person, target: Person, rival: Person | None) -> _Form | None:
    """What `word` becomes where it is a form of `source`; None where it is none, or the same for `target`."""
    found = list(_changes(word, source, target, rival))
    changing = [(form, new) for form, new in found if form.person == source and new != word]
    if not changing:
        return None
    news = {new for _, new in found}
    new = changing[0][1] if len({new for _, new in changing}) == 1 else None
    imperative = all(form.mood == "imperative" for form, _ in changing)
    other = has_other_headword(word) or any(a.part_of_speech != "verb" for a in _analyses(word)) or word in _NOUNS
    namesake = other and word not in _VERBS_FIRST
    if source == "vosotros" and imperative and namesake:
        return None  # libertad, sed
    return _Form(new, new is not None and len(news) == 1 and not namesake, imperative)


def _changes(word: str, source: Person, target: Person, rival: Person | None) -> Iterable[tuple[VerbForm, str | None]]:
    """Every reading of `word` and what it becomes: itself for another person, None where nothing is certain."""
    meant = _MEANT.get(word)
    for one in readings(word):
        if (not meant or one.lemma == meant) and (rival is None or one.form.person != rival):
            yield one.form, _turned(one.lemma, one.form, target) if one.form.person == source else word
    for enclisis in split(word):
        for one in enclisis.readings:
            if (meant and one.lemma != meant) or (one.form.person == "vos" and enclisis.clitics[-1] in _PLURALS):
                continue
            if "os" in enclisis.clitics and source == "vosotros" and one.form.person is None:
                yield replace(one.form, person=source), None  # `veros`: verse or verlos
            elif one.form.person != source:
                yield one.form, word
            else:
                turned = _turned(one.lemma, one.form, target)
                after = ["se" if clitic == "os" and source == "vosotros" else clitic for clitic in enclisis.clitics]
                yield one.form, joined(turned, after) if turned else None


def _turned(lemma: str, form: VerbForm, target: Person) -> str | None:
    return conjugate(lemma, replace(form, person=target))


def _analyses(word: str) -> Iterable[Analysis]:
    return analyses(word, lexicon("es"))
