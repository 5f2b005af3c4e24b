"""Conjugate a Spanish verb: every accepted spelling of a form, or nothing where it is not certain.

After RAE and ASALE, *Nueva gramática de la lengua española* (2009), chapter 4. *Vos* differs from *tú* in the present
indicative and the imperative only (general voseo, section 4.7); its subjunctive is that of *tú*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from robust.lang.es.morphology.forms import PERSONS, Agreement, Person, VerbForm
from robust.lang.es.morphology.spelling import ACUTE, attached, glided, marked, nuclei, spelled, unaccented
from robust.lang.es.morphology.stems import Stems, stems

# Endings in the order of PERSONS; an acute says that the ending is stressed, not that it is written.
_PRESENT = {"a": "o as ás a ámos áis an", "e": "o es és e émos éis en", "i": "o es ís e ímos ís en"}
_SUBJUNCTIVE = {"a": "e es es e émos éis en", "e": "a as as a ámos áis an", "i": "a as as a ámos áis an"}
_IMPERFECT = {
    "a": "ába ábas ábas ába ábamos ábais ában",
    "e": "ía ías ías ía íamos íais ían",
    "i": "ía ías ías ía íamos íais ían",
}
_PRETERITE = {
    "a": "é áste áste ó ámos ásteis áron",
    "e": "í íste íste ió ímos ísteis iéron",
    "i": "í íste íste ió ímos ísteis iéron",
}
_STRONG = "e íste íste o ímos ísteis iéron"
_FUTURE = "é ás ás á émos éis án"
_CONDITIONAL = "ía ías ías ía íamos íais ían"
_AFTER_PRETERITE = {
    "imperfect": "ra ras ras ra ramos rais ran",
    "imperfect-se": "se ses ses se semos seis sen",
    "future": "re res res re remos reis ren",
}
_NOT_USED: Mapping[str, frozenset[Person]] = {
    verb: frozenset(["yo", "tú", "vos", "nosotros", "vosotros"])
    for verb in ("atañer", "concernir", "acaecer", "acontecer")
}
"""Persons a verb is not used in."""
_NO_FUTURE = ("soler",)


def conjugate(infinitive: str, form: VerbForm) -> str | None:
    """The usual spelling of `form` of `infinitive` (lower case, without *se*); None where it is not certain."""
    found = conjugations(infinitive, form)
    return found[0] if found else None


@lru_cache(maxsize=1 << 15)
def conjugations(infinitive: str, form: VerbForm) -> tuple[str, ...]:
    """Every accepted spelling of `form` of `infinitive`, the usual one first; empty where none is certain."""
    verb = stems(infinitive)
    if verb is None or _unused(infinitive, form):
        return ()
    if form.mood == "infinitive":
        return (infinitive,)
    found = [_spelled(verb.prefix, word) for word in _made(verb, form)]
    return tuple(dict.fromkeys(found))


def _unused(infinitive: str, form: VerbForm) -> bool:
    if form.person is not None and form.person in _NOT_USED.get(infinitive, ()):
        return True
    return infinitive in _NO_FUTURE and (form.tense in ("future", "conditional") or form.mood == "imperative")


def _spelled(prefix: str, word: str) -> str:
    """`word` (marked, or as it is spelt when it is irregular) after `prefix`."""
    if not prefix:
        return word if word in _SPELT_APART else spelled(marked(word))
    return spelled(prefix + marked(word))


_SPELT_APART = frozenset(["dé", "sé"])
"""Monosyllables whose accent tells them from other words."""


def _made(verb: Stems, form: VerbForm) -> Iterable[str]:
    if form.mood == "gerund":
        ending = "ándo" if verb.theme == "a" else "iéndo"
        return verb.words.get("gerund") or (_joined(verb.raised, ending),)
    if form.mood == "participle":
        return _participles(verb, form.agreement or "ms")
    at = PERSONS.index(form.person or "él")
    if form.mood == "imperative":
        return _imperative(verb, form.person or "tú", at)
    if form.mood == "subjunctive":
        return _present_subjunctive(verb, at) if form.tense == "present" else _past_subjunctive(verb, form, at)
    if form.tense == "present":
        return _present(verb, at)
    if form.tense == "preterite":
        return _preterite(verb, at)
    if form.tense == "imperfect":
        row = verb.rows.get("imperfect")
        return row[at] if row else (verb.plain + _IMPERFECT[verb.theme].split()[at],)
    endings = _FUTURE if form.tense == "future" else _CONDITIONAL
    return [stem + endings.split()[at] for stem in verb.future]


def _participles(verb: Stems, agreement: Agreement) -> list[str]:
    regular = verb.plain + ("ádo" if verb.theme == "a" else "ído")
    made = verb.words.get("participle") or (regular,)
    ending = {"ms": "o", "fs": "a", "mp": "os", "fp": "as"}[agreement]
    return [marked(participle)[:-1] + ending for participle in made]


def _present(verb: Stems, at: int) -> Iterable[str]:
    row = verb.rows.get("present")
    if row:
        return row[at]
    ending = _PRESENT[verb.theme].split()[at]
    if at == 0 and "first" in verb.words:
        return verb.words["first"]
    if at == 0 and verb.yo:
        return [_rooted(stem + ending) for stem in verb.yo]
    if PERSONS[at] in ("vos", "nosotros", "vosotros"):
        return (verb.plain + ending,)
    return [_rooted(attached(stem, ending, verb.theme)) for stem in verb.stressed]


def _present_subjunctive(verb: Stems, at: int) -> Iterable[str]:
    row = verb.rows.get("subjunctive")
    if row:
        return row[at]
    ending = _SUBJUNCTIVE[verb.theme].split()[at]
    if verb.yo:
        return [_rooted(stem + ending) for stem in verb.yo]
    if PERSONS[at] in ("nosotros", "vosotros"):
        return [attached(stem, ending, verb.theme) for stem in verb.weak]
    return [_rooted(attached(stem, ending, verb.theme)) for stem in verb.stressed]


def _preterite(verb: Stems, at: int) -> Iterable[str]:
    row = verb.rows.get("preterite")
    if row:
        return row[at]
    if verb.strong:
        ending = _STRONG.split()[at]
        if verb.strong.endswith("j") and ending == "iéron":
            return (verb.strong + "éron",)
        return (_rooted(attached(verb.strong, ending, "e")),)
    ending = _PRETERITE[verb.theme].split()[at]
    if verb.theme == "a":
        return (attached(verb.plain, ending, "a"),)
    return (_joined(verb.raised, ending) if ending.startswith("i") else verb.plain + ending,)


def _past_subjunctive(verb: Stems, form: VerbForm, at: int) -> Iterable[str]:
    """From the third person plural of the preterite, as every verb makes them: `dijeron`, `dijera`."""
    ending = _AFTER_PRETERITE[form.tense or "imperfect"].split()[at]
    return [marked(they)[: -len("ron")] + ending for they in _preterite(verb, PERSONS.index("ellos"))]


def _imperative(verb: Stems, person: Person, at: int) -> Iterable[str]:
    row = verb.rows.get("imperative")
    if row:
        return row[at - 1]
    if person == "tú":
        return verb.words.get("tú") or _present(verb, PERSONS.index("él"))
    if person == "vos":
        return (verb.plain + ACUTE[verb.theme],)
    if person == "vosotros":
        return (verb.plain + ACUTE[verb.theme] + "d",)
    return _present_subjunctive(verb, at)


def _joined(stem: str, ending: str) -> str:
    """Stem and ending, with the glide where the ending begins with unstressed `i` before a vowel."""
    return glided(stem, ending) if ending[1:2] in ("é", "ó") and ending[0] == "i" else stem + ending


def _rooted(form: str) -> str:
    """`form` marked on the last syllable of its stem, unless the form says itself where it is stressed."""
    if form != unaccented(form):
        return form
    found = nuclei(form)
    at = found[-2] if len(found) > 1 else found[-1]
    return form[:at] + ACUTE[form[at]] + form[at + 1 :]
