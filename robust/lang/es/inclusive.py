"""Spanish groups of persons in forms for every gender: `los alumnos` → `les alumnes`, `las alumnas y los alumnos`.

A plural noun of `persons.txt` with the determiners and adjectives of its noun phrase. What is said of the group
elsewhere in the sentence stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from robust.lang.es.inflection import analyses
from robust.lang.es.morphology import readings
from robust.lang.es.morphology.euphony import conjunction
from robust.lang.es.morphology.nominal import feminine, plural
from robust.lang.forms import word_set
from robust.lang.kinds import numbers
from robust.lang.lexicon import lexicon, read

Style: TypeAlias = Literal["e", "x", "at", "slash", "double"]

_DETERMINERS = word_set(
    "los unos estos esos aquellos nuestros vuestros algunos muchos pocos varios otros todos tantos cuántos ambos",
)
_INVARIANT = word_set("mis tus sus más")
"""Determiners that do not show the gender."""
_BEFORE_BARE = word_set("a ante con contra de desde en entre hacia hasta para por según sin sobre como")
"""What stands before a noun without a determiner that is no adjective (`derechos ciudadanos`)."""
_ADJECTIVES = word_set(
    "nuevos antiguos viejos pequeños queridos buenos malos primeros últimos propios mismos numerosos supuestos",
    "verdaderos diversos distintos futuros famosos amables simpáticos estimados únicos pobres mejores peores grandes",
    "principales diferentes jóvenes actuales",
)
"""Adjectives that stand before a noun; of others the noun may be the adjective (`derechos ciudadanos`)."""
_ONE_OF = tuple(
    [word] for word in ("uno", "alguno", "ninguno", "unos", "algunos", "muchos", "pocos", "varios", "otros")
)
_MEN = word_set("varones hombres masculinos machos")
_JOINING = ("y", "e", "o", "u", "ni")


@dataclass(frozen=True, slots=True)
class Group:
    """Words `first` to `last` of a text, a noun phrase of persons; `changing`: index → masculine plural that agrees."""

    first: int
    noun: int
    last: int
    changing: Mapping[int, str]
    numbered: bool


def group(words: Sequence[str], gaps: Sequence[str], at: int) -> Group | None:
    """The noun phrase around the noun `words[at]`; None where it is no certain group of persons of every gender.

    `words` in lower case; `gaps[i]` is what stands before word `i`.
    """
    female = _persons().get(words[at])
    if female is None or not _MEN.isdisjoint(words) or (female != words[at] and female in words):
        return None
    changing: dict[int, str] = {} if female == words[at] else {at: words[at]}
    first, numbered = _start(words, gaps, at, changing)
    last = at
    while last + 1 < len(words) and gaps[last + 1].isspace() and _agrees(words[last + 1]):
        last += 1
        changing[last] = words[last]
    before = words[first - 1] if first and gaps[first].isspace() else ""
    if before and (_agrees(before) or (before == "de" and words[first - 2 : first - 1] in _ONE_OF)):
        return None  # `incluidos los periodistas`, `uno de los camareros`: their gender would have to change too
    determined = any(word in _DETERMINERS | _INVARIANT for word in words[first:at])
    if not determined and ((before and before not in _BEFORE_BARE) or female == words[at]):
        return None
    if _unclear(words, gaps, last) or not changing:
        return None
    return Group(first, at, last, {i: word for i, word in changing.items() if word.endswith("s")}, numbered)


def _start(words: Sequence[str], gaps: Sequence[str], at: int, changing: dict[int, str]) -> tuple[int, bool]:
    """Where the noun phrase begins, and whether a number stands in it; puts what agrees into `changing`."""
    first, numbered = at, False
    while first and gaps[first].isspace():
        word = words[first - 1]
        if word in _DETERMINERS or (word in _ADJECTIVES and word.endswith("os")):
            changing[first - 1] = word
        elif word in numbers("es") and word != "uno":
            numbered = True
        elif word not in _INVARIANT | _ADJECTIVES:
            break
        first -= 1
    return first, numbered


def _unclear(words: Sequence[str], gaps: Sequence[str], last: int) -> bool:
    """Whether what follows the phrase may belong to it: another noun, a name, an adjective that is not known."""
    after = words[last + 1] if last + 1 < len(words) and gaps[last + 1].isspace() else ""
    if after in _JOINING:
        joint = words[last + 2] if last + 2 < len(words) else ""
        return joint.endswith("s") and joint not in _DETERMINERS | _INVARIANT | {"las"}
    found = {one.part_of_speech for one in analyses(after, lexicon("es"))} if after else set()
    if found == {"noun"}:
        return True
    puta = after == "de" and words[last + 2 : last + 3] == ["puta"]
    return puta or (after.endswith("os") and not readings(after) and "adv" not in found and after not in _OTHERS)


_OTHERS = word_set("los nos os ellos nosotros vosotros menos unos estos esos todos algunos muchos")


@lru_cache(maxsize=1)
def _persons() -> Mapping[str, str]:
    """Masculine plural → feminine plural of the nouns of persons; the same where they have one form."""
    found = {}
    for lemma in read("es", "persons.txt"):
        both, female = plural(lemma), plural(feminine(lemma))
        if both and female:
            found[both] = female
    return found


@lru_cache(maxsize=1 << 14)
def _agrees(word: str) -> bool:
    """Whether a word is an adjective or a participle in the masculine plural, and no finite verb or noun of its own."""
    if any(reading.form.finite for reading in readings(word)) or word in _persons():
        return False
    found = list(analyses(word, lexicon("es")))
    adjective = any(one.part_of_speech == "adj" and one.form == "mp" for one in found)
    return adjective or any(reading.form.agreement == "mp" for reading in readings(word))


def neutral(word: str, style: Style) -> str:
    """A masculine plural (`alumnos`, `profesores`) in a style of one word; itself where that is the same."""
    return _STYLES[style](word[:-2], word)


def _with_e(stem: str, word: str) -> str:
    if word.endswith("es"):
        return word
    for written, before_e in (("gu", "gü"), ("c", "qu"), ("g", "gu"), ("z", "c")):
        if stem.endswith(written):
            return stem.removesuffix(written) + before_e + "es"
    return stem + "es"


_STYLES: Mapping[Style, Callable[[str, str], str]] = {
    "e": _with_e,
    "x": lambda stem, _: stem + "xs",
    "at": lambda stem, _: stem + "@s",
    "slash": lambda _, word: word + "/as",
}


def doubled(words: Sequence[str], found: Group) -> list[str] | None:
    """The words to put before a group: its feminine and *y* (`las alumnas y`, `las y`); None where usage differs.

    What follows the noun agrees with both nouns, so it stays. A determiner without gender is said once (`sus hijas e`).
    """
    if found.numbered:
        return None
    whole = list(words[found.first : found.noun + 1])
    common = found.noun not in found.changing
    females = list(_females(whole[:-1], [found.first + at in found.changing for at in range(len(whole) - 1)]))
    if common:
        return [*females, "y"] if len(females) == 1 and females[0] != whole[0] else None
    shown = [word for word in whole if word not in _INVARIANT]
    link = conjunction("y", shown[0])
    return [*females, _persons()[words[found.noun]], link] if link else None


def _females(words: Sequence[str], changing: Sequence[bool]) -> Iterator[str]:
    for word, changes in zip(words, changing, strict=True):
        yield word[:-2] + "as" if changes else word
