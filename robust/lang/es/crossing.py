"""A Spanish noun in the place of one of the other gender: `la película larga` → `el filme largo`.

The noun phrase has to be certain. It is if a determiner begins it, adjectives at most stand beside the noun, and no
other word of the text may agree with it: no predicate, pronoun or participle in its gender and number, no noun joined
to it by *y*, no *una de* before it. There is no parser here, so what may agree is read off the forms; what is not
certain is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from robust.lang.case import like
from robust.lang.es.agreement import (
    Noun,
    adjective,
    determined,
    is_determiner,
    is_finite,
    may_agree,
    moved,
    noun,
    stands_with,
)
from robust.lang.es.inflection import analyses
from robust.lang.es.morphology.readings import readings
from robust.lang.forms import word_set
from robust.lang.lexicon import lexicon, read

_COPULAS = ("ser", "estar", "parecer", "resultar", "quedar")
_DEGREE = word_set("muy más menos tan bastante demasiado poco algo casi no")
_JOINING = word_set("y e o u ni como")
_PRONOUNS_TOO = word_set("la los las")
"""Articles that are also pronouns before a verb (`la cuenta`)."""
_PREPOSITIONS = word_set("a ante con contra de desde en entre hacia hasta para por según sin sobre tras durante")
_COMPLEMENTS = word_set("a al que me te se le les lo nos os")
"""Words that follow a verb rather than an adjective (`la mujer limpia a`)."""
_INDEFINITE = word_set(
    "uno alguno ninguno cualquiera cuál cuáles quién aquél aquélla éste ésta mejor peor mejores peores",
)
_ENDS = frozenset(".!?…\n")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of which every word that agrees is known: indices of its words."""

    noun: Noun
    at: int
    before: tuple[int, ...]
    """Determiners before the one of the noun (`todas` in `todas las películas`)."""
    adjectives: tuple[int, ...]


def phrase(words: Sequence[str], gaps: Sequence[str], at: int) -> Phrase | None:
    """The phrase of the noun `words[at]`; None where it is not certain.

    `words` in any case; `gaps[i]` is what stands before word `i`.
    """
    plain = [word.lower() for word in words]
    old = noun(plain[at])
    if old is None:
        return None
    first = at
    while _beside(gaps, first) and not is_determiner(plain[first - 1]) and _agrees(plain[first - 1], old.cell, -1):
        first -= 1
    if not _beside(gaps, first) or not _determines(plain, gaps, first - 1, at, old):
        return None
    start = first - 1
    while _beside(gaps, start) and moved(plain[start - 1], old.cell, old.cell) and not _article(plain[start - 1]):
        start -= 1
    last = at
    while last + 1 < len(plain) and _beside(gaps, last + 1) and _follows(plain, gaps, last + 1, old.cell):
        last += 1
    after = plain[last + 1] if last + 1 < len(plain) and _beside(gaps, last + 1) else ""
    if after in _JOINING or (after and not _no_nominal(after)) or _partitive(plain, gaps, start, old.cell):
        return None
    if after and _may_be_said(plain, gaps, last + 1):
        return None
    sentences = _sentences(gaps)
    cells = (old.cell, old.cell[0] + "p") if old.cell[0] == "f" else (old.cell,)
    for place in range(len(plain)):
        if start <= place <= last or _belongs_elsewhere(plain, gaps, place, sentences[place] == sentences[at], start):
            continue
        if any(may_agree(plain, place, cell) for cell in cells):
            return None
    adjectives = (*range(first, at), *range(at + 1, last + 1))
    return Phrase(old, at, tuple(range(start, first - 1)), adjectives)


def crossed(words: Sequence[str], found: Phrase, new: str) -> tuple[str, ...] | None:
    """`words` with the noun `new` in the place of the noun of the phrase, and all of the phrase in its gender.

    As long as `words` (see `agreement.repaired`). None where the gender of `new` is not certain or the same, or its
    number another, or where an adjective or a determiner has no certain form.
    """
    before, after = found.noun, noun(new)
    if after is None or after.cell[1] != before.cell[1] or after.cell[0] == before.cell[0]:
        return None
    made = list(words)
    made[found.at] = new
    for place in found.adjectives:
        step = -1 if place < found.at else 1
        changed = adjective(words[place], before.cell, after.cell, step, no_verb=True)
        if changed is None or (step < 0 and is_finite(changed.lower())):
            return None  # before `falsas`, which may be a verb, no determiner is looked for
        made[place] = changed
    if not determined(made, found.at, before, after):
        return None
    for place in found.before:
        other = moved(words[place].lower(), before.cell, after.cell)
        if other is None:
            return None
        made[place] = like(words[place], other)
    return tuple(made)


def _beside(gaps: Sequence[str], at: int) -> bool:
    """Whether a word stands before word `at` with only white space between."""
    return at > 0 and gaps[at].isspace()


def _agrees(word: str, cell: str, step: int) -> bool:
    return adjective(word, cell, cell, step) is not None


def _article(word: str) -> bool:
    return word in ("el", "la", "los", "las", "un", "una", "unos", "unas")


def _determines(words: Sequence[str], gaps: Sequence[str], at: int, head: int, known: Noun) -> bool:
    """Whether `words[at]` is the determiner of the noun `words[head]`, and no pronoun before a verb."""
    if not is_determiner(words[at]) or not stands_with(words[at], words[head], known.cell[1]):
        return False
    if at + 1 == head and words[at] in _PRONOUNS_TOO and is_finite(words[head]):
        return _beside(gaps, at) and words[at - 1] in _PREPOSITIONS
    return True


def _follows(words: Sequence[str], gaps: Sequence[str], at: int, cell: str) -> bool:
    """Whether `words[at]` is an adjective after the noun; one spelt like a verb only where no complement follows."""
    if _agrees(words[at], cell, 1):
        return True
    if adjective(words[at], cell, cell, 1, no_verb=True) is None:
        return False
    if at + 1 == len(words) or not _beside(gaps, at + 1):
        return True
    return words[at + 1] in _closed() and not is_determiner(words[at + 1]) and words[at + 1] not in _COMPLEMENTS


def _belongs_elsewhere(words: Sequence[str], gaps: Sequence[str], at: int, same: bool, start: int) -> bool:
    """Whether a word is the noun of another phrase, or the adjective of one in another sentence or before `start`."""
    if not _beside(gaps, at) or is_determiner(words[at]):
        return False
    if is_determiner(words[at - 1]):
        own = noun(words[at])
        return own is not None and stands_with(words[at - 1], words[at], own.cell[1])
    if same and at > start:
        return False
    other = noun(words[at - 1])
    return other is not None and adjective(words[at], other.cell, other.cell, 1, no_verb=True) is not None


@lru_cache(maxsize=1 << 14)
def _no_nominal(word: str) -> bool:
    """Whether `word` is known, and neither a noun, which what stands before it may describe, nor an adjective."""
    found = {reading.part_of_speech for reading in analyses(word, lexicon("es"))}
    if word in _closed() or word.endswith("mente"):
        return True
    return not found & {"noun", "adj"} and (bool(found) or is_finite(word))


def _may_be_said(words: Sequence[str], gaps: Sequence[str], verb: int) -> bool:
    """Whether a word in *-a, -o, -as, -os* follows a verb of being or an adverb of degree: an adjective, known or not
    (`está incomoda`, `muy ochentera`).
    """
    if words[verb] not in _DEGREE and not any(reading.lemma in _COPULAS for reading in readings(words[verb])):
        return False
    at = verb + 1
    while at < len(words) and _beside(gaps, at) and words[at] in _closed() and not is_determiner(words[at]):
        at += 1
    return at < len(words) and _beside(gaps, at) and words[at].endswith(("a", "o", "as", "os")) and at - verb < 4


def _partitive(words: Sequence[str], gaps: Sequence[str], start: int, cell: str) -> bool:
    """Whether a pronoun or an adjective before *de* belongs to the noun (`una de las películas`)."""
    if start < 2 or not (_beside(gaps, start) and _beside(gaps, start - 1)) or words[start - 1] not in ("de", "entre"):
        return False
    word = words[start - 2]
    if is_determiner(word) or word in _INDEFINITE:
        return True
    found = list(analyses(word, lexicon("es")))
    return any(one.part_of_speech == "adj" and one.form[0] in ("c", cell[0]) for one in found)


def _sentences(gaps: Sequence[str]) -> list[int]:
    """The number of the sentence that each word is in."""
    found: list[int] = []
    number = 0
    for gap in gaps:
        number += bool(found) and bool(_ENDS & set(gap))
        found.append(number)
    return found


@lru_cache(maxsize=1)
def _closed() -> frozenset[str]:
    return frozenset(read("es", "stopwords.txt"))
