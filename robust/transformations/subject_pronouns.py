"""Leave out a subject that the verb shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.es.morphology.forms import Person
from robust.lang.es.morphology.readings import readings
from robust.lang.forms import word_set
from robust.registry import register

_PERSONS: Mapping[str, frozenset[Person]] = {
    "yo": frozenset(["yo"]),
    "tú": frozenset(["tú", "vos"]),
    "vos": frozenset(["vos", "tú"]),
    "nosotros": frozenset(["nosotros"]),
    "nosotras": frozenset(["nosotros"]),
    "vosotros": frozenset(["vosotros"]),
    "vosotras": frozenset(["vosotros"]),
}
"""Whom the verb has to be a form of; what *tú* and *vos* share is either's."""
_BETWEEN = ("no", "me", "te", "se", "nos", "os", "le", "les", "lo")
"""Words that may stand between the subject and its verb."""
_NO_VERB_HERE = word_set("solo como bajo sobre entre hasta para nada fuera según")
"""Forms of verbs that are mostly other words: `yo como tú`."""
_FOCUS = word_set(
    "a ante con contra de desde en entre hacia hasta para por según sin sobre tras salvo excepto menos incluso",
    "y e o u ni solo sólo solamente también tampoco ya aun aún incluso sino tanto pero mas soy eres sos somos",
    "sois es fui fuiste fue",
)
"""Words after which the pronoun says more than the verb would: it is joined to another, stressed, or no subject."""
_COMPARING = ("más", "menos", "mejor", "peor", "mayor", "menor", "igual", "mismo", "misma", "tan", "tanto")


@register("transformations", "subject_pronouns")
@dataclass(frozen=True, kw_only=True)
class SubjectPronouns:
    """The text without a subject pronoun before its verb: `yo quiero` → `quiero`, `tú no sabes` → `no sabes`.

    Spanish leaves such subjects out unless they contrast (RAE and ASALE, *Nueva gramática de la lengua española* 2009,
    section 33.4). Only *yo*, *tú*, *vos*, *nosotros* and *vosotros* go, where the verb is a form of that person alone:
    *yo tenía* stays, because *tenía* is what *él* did too. *No* and pronouns may stand between. A pronoun after a
    preposition, a conjunction or a word that stresses it (*también*), and in a comparison, stays.

    What the sentence says stays the same; emphasis is lost. Where the pronoun begins a sentence, its capital moves on
    to the next word, which then counts as a changed word too.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """At most one candidate a site."""
        return [_candidates(site) for site in sites]


def _candidates(site: Site) -> list[Text]:
    persons = _PERSONS.get(_plain(site.word))
    if persons is None or _stressed(site) or not _shown(site.text, site.index + 1, persons):
        return []
    text, after = site.text.delete(site.index), site.text.words[site.index + 1]
    if site.word[:1].isupper() and after[:1].islower():
        text = text.replace(site.index, after[:1].upper() + after[1:])
    return [text]


def _stressed(site: Site) -> bool:
    text, at = site.text, site.index
    if at == 0 or not _spaced(text, at):
        return False
    earlier = [_plain(word) for word in text.words[max(0, at - 6) : at]]
    compared = earlier[-1] in ("que", "como") and any(word in _COMPARING for word in earlier)
    return earlier[-1] in _FOCUS or earlier[-1] == "como" or compared


def _shown(text: Text, at: int, persons: frozenset[Person]) -> bool:
    """Whether a verb of `persons` alone stands at `at`, after pronouns and *no*."""
    for step in range(at, min(at + 4, len(text))):
        if not _spaced(text, step):
            return False
        word = _plain(text.words[step])
        if word in _BETWEEN:
            continue
        found = {reading.form.person for reading in readings(word)}
        return bool(found) and word not in _NO_VERB_HERE and found <= persons
    return False


def _spaced(text: Text, index: int) -> bool:
    """Whether nothing but spaces stands before the word."""
    return set(str(text)[text.spans[index - 1][1] : text.spans[index][0]]) == {" "}


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower()
