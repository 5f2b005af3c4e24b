"""Spanish periphrases whose pronouns stand before or after them: `lo quiero ver`, `quiero verlo`.

Which verbs allow it, and where both places mean the same: RAE and ASALE, *Nueva gramática de la lengua española*
(2009), chapters 16 and 28. What may be read otherwise in one of the places is left out, in both directions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from robust.lang.es.morphology import GERUND, INFINITIVE, PARTICIPLE, VerbForm, joined, readings, split
from robust.lang.es.morphology.clitics import CLITICS
from robust.lang.es.morphology.forms import Person
from robust.lang.forms import word_set

_VERBS: Mapping[str, Mapping[str, VerbForm]] = {
    **{verb: {"": INFINITIVE} for verb in ("poder", "querer", "soler", "saber")},
    "deber": {"": INFINITIVE, "de": INFINITIVE},
    **{verb: {"a": INFINITIVE} for verb in ("ir", "volver", "empezar", "comenzar")},
    **{verb: {"de": INFINITIVE} for verb in ("acabar", "terminar", "haber")},
    "tener": {"que": INFINITIVE},
    **{verb: {"": GERUND} for verb in ("estar", "seguir", "continuar")},
}
"""Verb → the word that joins it to the other verb (or none) → the form of that verb."""
_LINKS = ("a", "de", "que")
_NAMESAKES = ("solar", "ser")
"""Verbs that share forms with *soler* (`suelo`) and *ir* (`fue`) and are in no such periphrasis."""
_COMMANDING = ("ir", "volver", "empezar", "comenzar", "acabar", "terminar", "seguir", "continuar")
"""Verbs of the list whose imperatives are in use: no pronoun may stand before those."""
_NO_COMMAND_AFTER = word_set("no nunca que si cuando él ella quien porque donde mientras aunque como")
_LEAVING = frozenset(("ir", "volver"))
"""Verbs that mean something else with a reflexive pronoun (`me voy a comer`, `se volvió a mirar`)."""
_REFLEXIVE: Mapping[Person | None, str] = {"yo": "me", "tú": "te", "vos": "te", "nosotros": "nos", "vosotros": "os"}
_MOTION = word_set(
    "andando avanzando bajando caminando corriendo entrando escalando llegando marchando nadando navegando pasando",
    "pedaleando saliendo subiendo viajando viniendo volando yendo",
)
"""Gerunds beside which *seguir* may be *to follow* (`lo siguió corriendo`)."""
_ACCUSATIVES = ("lo", "la", "los", "las")
_DATIVES = ("se", "me", "te", "nos", "os")
_SINGLE = (*_ACCUSATIVES, "le", "les", "me", "te", "nos", "os")
"""*Se* alone is left out: `se puede comer` has no subject, `puede comerse` has one."""
_NOMINAL = word_set(
    "el la los las un una al del mi tu su este esta ese esa aquel nuestro nuestra vuestro vuestra otro cada todo",
    "a de en con por para sin sobre",
)
"""Words after which a finite verb is a noun (`el suelo`, `el comienzo de`) or something else."""
_HEADS = word_set(
    "ir venir volver empezar comenzar llegar pasar poner salir entrar aprender acabar terminar dejar tratar parar",
    "tener haber deber poder querer soler saber estar seguir continuar andar llevar",
)
"""Verbs that a pronoun does not stay with when another verb depends on them (`lo voy a dejar de ver`)."""
_CAUSATIVE = ("hacer", "dejar", "ver", "oír", "mandar")
"""The verbs that may have an infinitive of their own beside the pronoun (`la voy a dejar salir`)."""
_CONJUNCTIONS = ("y", "e", "o", "u", "ni")
_ENDS = frozenset(".!?…;:\n")


@dataclass(frozen=True, slots=True)
class Periphrasis:
    """A finite verb (word `start`; two words with *haber*) and what depends on it, up to the verb at `end`."""

    start: int
    end: int
    clitics: tuple[str, ...]
    host: str
    """The infinitive or gerund without pronouns."""
    enclitic: bool
    """Whether the pronouns are written to the last verb; else they are the words before `start`."""


def periphrasis(words: Sequence[str], gaps: Sequence[str], end: int) -> Periphrasis | None:
    """The periphrasis that word `end` is the last verb of, where its pronouns can change their place for certain.

    `words` in lower case with composed letters; `gaps[i]` is what stands before word `i`.
    """
    found = _last(words[end])
    if found is None:
        return None
    form, host, lemma, written = found
    start = _finite(words, gaps, end, form)
    if start is None:
        return None
    first = start
    while first > 0 and gaps[first] == " " and words[first - 1] in CLITICS:
        first -= 1
    before = tuple(words[first:start])
    verbs = {one.lemma for word in words[start:end] for one in readings(word)}
    if bool(before) == bool(written):
        return None
    clitics = before or written
    certain = (
        _legal(clitics)
        and joined(host, clitics) is not None
        and _unmistaken(words, gaps, start, first, clitics, verbs)
        and not (host in _MOTION and "seguir" in verbs)
        and not _heads_another(words, gaps, end, lemma)
        and not _coordinated(words, gaps, first, end)
    )
    return Periphrasis(start, end, clitics, host, bool(written)) if certain else None


def _last(word: str) -> tuple[VerbForm, str, str, tuple[str, ...]] | None:
    """Form, spelling without pronouns, infinitive and pronouns of an infinitive or gerund; None if uncertain."""
    found = [(one.form, word, one.lemma, ()) for one in readings(word) if one.form in (INFINITIVE, GERUND)]
    attached = [
        (one.form, enclisis.host, one.lemma, enclisis.clitics)
        for enclisis in split(word)
        for one in enclisis.readings
        if one.form in (INFINITIVE, GERUND)
    ]
    every = [*found, *attached]
    return every[0] if len(every) == 1 else None


def _finite(words: Sequence[str], gaps: Sequence[str], end: int, form: VerbForm) -> int | None:
    """Where the finite verb stands that the infinitive or gerund at `end` depends on."""
    link = words[end - 1] if end and words[end - 1] in _LINKS else ""
    at = end - (2 if link else 1)
    if at < 0 or any(gaps[i] != " " for i in range(at + 1, end + 1)):
        return None
    found = readings(words[at])
    if any(one.form == PARTICIPLE for one in found) and at and gaps[at] == " ":
        compound = all(one.lemma == "haber" for one in readings(words[at - 1])) and _has_person(words[at - 1])
        governs = all(_VERBS.get(one.lemma, {}).get(link) == form for one in found)
        return at - 1 if compound and governs else None
    own = [one for one in found if one.lemma not in _NAMESAKES]
    governs = bool(own) and all(one.form.finite and _VERBS.get(one.lemma, {}).get(link) == form for one in own)
    return at if governs else None


def _has_person(word: str) -> bool:
    found = readings(word)
    return bool(found) and all(one.form.finite for one in found)


def _legal(clitics: tuple[str, ...]) -> bool:
    if len(clitics) == 1:
        return clitics[0] in _SINGLE
    return len(clitics) == 2 and clitics[0] in _DATIVES and clitics[1] in _ACCUSATIVES


def _unmistaken(
    words: Sequence[str], gaps: Sequence[str], start: int, first: int, clitics: tuple[str, ...], verbs: set[str]
) -> bool:
    """Whether the finite verb at `start` is no imperative, no noun, and means the same with the pronouns beside it."""
    before = words[first - 1] if first and gaps[first].isspace() else ""
    if before in _NOMINAL or (before in _CONJUNCTIONS and first > 1 and _climbs(words[first - 2])):
        return False
    found = [one for one in readings(words[start]) if one.lemma in _VERBS]
    commands = any(one.form.mood == "imperative" and one.lemma in _COMMANDING for one in found)
    if commands and before not in _NO_COMMAND_AFTER:
        return False
    reflexive = len(clitics) == 1 and any(_REFLEXIVE.get(one.form.person) == clitics[0] for one in found)
    return not (reflexive and verbs & _LEAVING)


def _climbs(word: str) -> bool:
    return any(one.lemma in _VERBS and one.form.finite for one in readings(word))


def _heads_another(words: Sequence[str], gaps: Sequence[str], end: int, lemma: str) -> bool:
    """Whether another infinitive or gerund depends on the last verb, so that the pronouns may be its own."""
    after = list(takewhile(lambda at: gaps[at].isspace(), range(end + 1, min(end + 3, len(words)))))
    if not after:
        return False
    linked = len(after) > 1 and words[after[0]] in _LINKS
    if not _without_person(words[after[1 if linked else 0]]):
        return False
    infinitive = not linked and any(one.form == INFINITIVE for one in readings(words[after[0]]))
    return lemma not in _CAUSATIVE if infinitive else lemma in _HEADS


def _coordinated(words: Sequence[str], gaps: Sequence[str], first: int, end: int) -> bool:
    """Whether another verb without person stands beside the last one (`lo puedo ver y tocar`)."""
    for at in range(end + 1, len(words)):
        if _ENDS & set(gaps[at]):
            return False
        if words[at] in _CONJUNCTIONS or "," in gaps[at]:
            rest = [word for word in words[at : at + 3] if word not in _CONJUNCTIONS and word not in _LINKS]
            if rest and _without_person(rest[0]):
                return True
    return False


def _without_person(word: str) -> bool:
    """Whether a word can be an infinitive or a gerund, with or without pronouns."""
    forms = [one.form for one in readings(word)]
    forms += [one.form for enclisis in split(word) for one in enclisis.readings]
    return INFINITIVE in forms or GERUND in forms
