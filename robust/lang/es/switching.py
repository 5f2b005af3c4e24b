"""Which words of a Spanish text can be English, and the form they take: `las películas` → `las movies`.

What bilinguals do, so far as a rule can follow it without a parser:

- a lone noun stands in a Spanish noun phrase and keeps the Spanish determiner (Torres Cacoullos et al. 2022,
  doi.org/10.1075/lab.20017.tor), in the number of the noun it replaces;
- in writing, determiners and adjectives have the gender of the Spanish noun (`la window`, Casielles-Suárez 2018,
  doi.org/10.1075/sic.00020.cas); in speech they are mostly masculine (`el window`): `Gender` is the choice;
- an adjective is English where both languages put it, after a verb of being (Torres Cacoullos et al. 2022,
  doi.org/10.1075/lab.22038.tor), and never beside its noun.

Verbs stay: an English one has no Spanish ending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from robust.lang.en import inflection as english
from robust.lang.es.agreement import Noun, governed, is_determiner, noun, stands_with
from robust.lang.es.inflection import analyses
from robust.lang.es.morphology.euphony import takes_el
from robust.lang.es.morphology.readings import readings
from robust.lang.forms import word_set
from robust.lang.frequency import frequencies
from robust.lang.lexicon import Analysis, lexicon, read
from robust.lang.set_phrases import in_set_phrase
from robust.lang.translations import only, translations

Gender: TypeAlias = Literal["translation", "masculine"]
_BEFORE_BARE = word_set("de con sin para por en entre")
"""Prepositions after which a plural needs no determiner."""
_BEFORE_SOME = word_set("con sin")
"""Prepositions after which a singular needs none, and seldom is part of a set phrase."""
_PRONOUNS_TOO = word_set("la los las")
"""Articles that are also pronouns before a verb (`la visita`)."""
_COPULAS = ("ser", "estar", "parecer", "resultar")
_DEGREE = word_set("muy tan bastante más menos demasiado realmente sumamente súper totalmente algo nada")
_NO_PLURAL = word_set(
    "advice information luggage news equipment money research traffic weather software garbage trash nonsense staff",
    "cleaning parking music furniture clothing seafood help evidence progress knowledge housing homework people work",
    "honey rice bread milk butter coffee tea beer wine water air gold blood hair meat fruit food fish advertising",
    "electricity behavior business cleanliness surfing diving shipping scenery",
)
"""English nouns that are seldom plural, or not in *-s*."""
_PLURALS = {"person": "people"}
"""Plurals that are other words."""
_ONE_OF = word_set("un una algún alguna cada otro otra ningún ninguna cualquier")
"""Determiners of one thing, before which an English noun without a plural cannot stand."""
_LASTING = word_set("aburrido molesto malo")
"""Adjectives that are said in another sense with *estar* (`es aburrido`, boring; `está aburrido`, bored)."""


def switched(
    words: Sequence[str], joined: Sequence[bool], at: int, *, gender: Gender, parts: Sequence[str]
) -> Mapping[int, str] | None:
    """Index → the new words of a text whose Spanish word `at` becomes English; None where it cannot be.

    `words` in lower case; `joined[i]` says whether only white space stands between word `i` and the word before it.
    Nouns and adjectives are replaced as far as `parts` names them. With `masculine`, determiners and adjectives of the
    noun phrase change as well; there is no candidate where it is not certain which.
    """
    if in_set_phrase(words, joined, at, "es"):
        return None
    if "noun" in parts and (plural_too := _noun(words, joined, at)) is not None:
        return _governed(words, joined, at, plural_too, gender)
    if "adj" in parts and (word := _adjective(words, joined, at)) is not None:
        return {at: word}
    return None


def _noun(words: Sequence[str], joined: Sequence[bool], at: int) -> str | None:
    """The English noun for word `at` in its number, if it is a noun in a phrase that can be told."""
    found = only(analyses(words[at], translations("es")), "noun", "es")
    if found is None or found[0].form not in ("s", "p"):
        return None
    reading, lemma = found
    if not _in_phrase(words, joined, at, reading.form) or _goes_on(words, joined, at):
        return None
    if reading.form == "s":
        return None if lemma in _NO_PLURAL and words[at - 1] in _ONE_OF else lemma
    return None if lemma in _NO_PLURAL else _plural(lemma)


def _plural(lemma: str) -> str | None:
    """The plural of an English noun; of two, the commoner (`cameras`, not `camerae`)."""
    if lemma in _PLURALS:
        return _PLURALS[lemma]
    found, regular, count = english.inflect(lemma, Analysis(lemma, "noun", "plural")), lemma + "s", frequencies("en")
    return regular if found is not None and count.get(regular, 0) > count.get(found, 0) else found


def _in_phrase(words: Sequence[str], joined: Sequence[bool], at: int, number: str) -> bool:
    """Whether a determiner in the number of the noun, or a preposition, shows that word `at` is a noun."""
    start = at
    while joined[start] and start and _modifies(words[start - 1], number) and at - start < 2:
        start -= 1
    if not (start and joined[start]):
        return False
    before = words[start - 1]
    if is_determiner(before):
        if not stands_with(before, words[at], number):
            return False
        verb = before in _PRONOUNS_TOO and start == at and any(one.form.finite for one in readings(words[at]))
        return not verb or start == 1 or not joined[start - 1] or words[start - 2] in _prepositions()
    known = _numbers() if number == "p" else frozenset()
    bare = _BEFORE_BARE if number == "p" else _BEFORE_SOME
    return before in known or (before in bare and start == at)


def _modifies(word: str, number: str) -> bool:
    """Whether `word` is an adjective that can stand between a determiner and a noun of this number."""
    if is_determiner(word):
        return False
    found = list(analyses(word, lexicon("es")))
    return any(one.part_of_speech == "adj" and one.form[-1] == number for one in found) or word in _ORDINALS[number]


_ORDINALS: Mapping[str, frozenset[str]] = {
    "s": word_set("primer primera segundo segunda tercer tercera buen mal gran misma mismo única único"),
    "p": word_set("primeros primeras mismos mismas únicos únicas demás mejores peores"),
}


def _goes_on(words: Sequence[str], joined: Sequence[bool], at: int) -> bool:
    """Whether what follows shows that word `at` is no noun."""
    following = words[at + 1] if at + 1 < len(words) and joined[at + 1] else ""
    kinds = {one.part_of_speech for one in analyses(following, lexicon("es"))} if following else set()
    return "noun" in kinds and "adj" not in kinds


def _governed(
    words: Sequence[str], joined: Sequence[bool], at: int, word: str, gender: Gender
) -> Mapping[int, str] | None:
    """The English `word` with what changes around it."""
    old = noun(words[at])
    elided = joined[at] and words[at - 1] in ("el", "un", "del", "al", "algún", "ningún")
    if elided and takes_el(words[at]) is not False and (old is None or old.cell == "fs"):
        return None  # `el agua`: is it `el water` or `la water`?
    if gender == "translation" or (old is not None and old.cell[0] == "m"):
        return {at: word}
    if old is None:
        return None
    new = Noun(word, "m" + old.cell[1])
    found = governed([*words[:at], word, *words[at + 1 :]], at, old, new)
    if found is None:
        return None
    return {place: other for place, other in enumerate(found) if other != words[place]}


def _adjective(words: Sequence[str], joined: Sequence[bool], at: int) -> str | None:
    """The English adjective for word `at`, if it is said of a subject: after a verb of being, and no noun follows."""
    found = only(analyses(words[at], translations("es")), "adj", "es")
    if found is None or not (at and joined[at]):
        return None
    verb = at - 1
    if words[verb] in _DEGREE:
        if not (verb and joined[verb]):
            return None
        verb -= 1
    verbs = {one.lemma for one in readings(words[verb])}.intersection(_COPULAS)
    if not verbs or (verbs == {"estar"} and found[0].lemma in _LASTING):
        return None
    following = words[at + 1] if at + 1 < len(words) and joined[at + 1] else ""
    return found[1] if not following or following in _closed() else None


@lru_cache(maxsize=1)
def _closed() -> frozenset[str]:
    return frozenset(read("es", "stopwords.txt"))


@lru_cache(maxsize=1)
def _prepositions() -> frozenset[str]:
    return word_set("a ante con contra de desde en entre hacia hasta para por según sin sobre tras durante y")


@lru_cache(maxsize=1)
def _numbers() -> frozenset[str]:
    return word_set("dos tres cuatro cinco seis siete ocho nueve diez veinte cien muchos muchas pocos pocas")
