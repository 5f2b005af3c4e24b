"""Questions as statements with an answer in them, by rules, for the forms of question that rules can turn safely."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeAlias

from robust.core.types import Lang

Kind: TypeAlias = Literal["person", "place", "year", "number", "thing"]
Fake: TypeAlias = Callable[[Kind], str]

_BE = "is|are|was|were"
_OPENERS = frozenset(
    (
        *("the", "a", "an", "this", "that", "these", "those", "his", "her", "its", "their"),
        *("he", "she", "it", "they", "we", "you", "i"),
    )
)
_DANGLING = re.compile(
    r"(?:ing|ed|en|\b(?:to|for|with|by|from|of|in|at|on|about|as|into|like|up|out|over|off|born|held|made|found|sold|told"
    r"|thought|paid|set|do|does|did|doing|done|be|been|have|had|there))$"
)
_PARTICIPLE = re.compile(r"(?:\w{3,}ed|born|held|built|founded|made|sold|found|taken|written|begun|known to be)$")
_TIMES = frozenset(["year", "day", "date", "month", "time", "decade", "century", "season", "kind", "type", "sort"])
_FUTURE = re.compile(r"(?:se |no |le |les )*\w+(?:rá|rán)\b")
_PLACES_ES = "ciudad|país|lugar|estado|región|pueblo|provincia|isla|condado"


def statement(question: str, lang: Lang, fake: Fake) -> str | None:
    """The statement that a question asks for, with an invented answer; None where no rule is sure of its form."""
    bare = " ".join(question.split()).strip()
    if not bare.endswith("?") or bare.count("?") > 1 or len(bare) > 200:
        return None
    made = _english(bare[:-1].strip(), fake) if lang == "en" else _spanish(bare[:-1].strip(), fake)
    return made and f"{made[0].upper()}{made[1:]}."


def _english(asked: str, fake: Fake) -> str | None:
    if found := re.fullmatch(r"who (\S+) (\S.*)", asked, re.IGNORECASE):
        return _who(found[1], found[2], fake)
    if found := re.fullmatch(rf"(where|when) ({_BE}) (\S.*) (\S+)", asked, re.IGNORECASE):
        kind: Kind = "place" if found[1].lower() == "where" else "year"
        simple = "," not in found[3] and _PARTICIPLE.search(found[4])
        return f"{found[3]} {found[2]} {found[4]} in {fake(kind)}" if simple else None
    if found := re.fullmatch(r"how many ((?:[a-z]+ ){1,3}?)(are|were) (\S.*)", asked, re.IGNORECASE):
        first = found[3].split()[0]
        free = first.lower() not in _OPENERS and first[0].islower() and not _dangles(found[3], participles=False)
        return f"{fake('number')} {found[1]}{found[2]} {found[3]}" if free else None
    if found := re.fullmatch(r"what ((?:[a-z]+ ){0,2}?)(is|was) (\S.*)", asked, re.IGNORECASE):
        head = found[1].split()
        if (head and head[-1].lower() in _TIMES) or _dangles(found[3]):
            return None
        return f"{fake('thing')} {found[2]} {found[3]}"
    return None


def _who(verb: str, rest: str, fake: Fake) -> str | None:
    verb, first = verb.lower(), rest.split()[0]
    if verb in ("do", "does", "did", "else", "don't", "didn't", "all", "besides"):
        return None
    if re.fullmatch(_BE, verb):
        return None if _dangles(rest) or verb in ("are", "were") else f"{fake('person')} {verb} {rest}"
    moves = verb in ("will", "would", "can", "could", "should", "might", "may", "must", "has", "have", "had")
    if moves and (first.lower() in _OPENERS or not first[0].islower()):
        return None
    return f"{fake('person')} {verb} {rest}"


def _dangles(rest: str, *, participles: bool = True) -> bool:
    """Whether what follows the verb waits for the answer: `Bob dating`, `the city named after`."""
    last = rest.split()[-1].lower()
    if not participles:
        return last in ("to", "for", "with", "by", "from", "of", "in", "at", "on", "about", "there")
    return bool(_DANGLING.search(last))


def _spanish(asked: str, fake: Fake) -> str | None:
    if not asked.startswith("¿"):
        return None
    asked = asked[1:].strip()
    rules: tuple[tuple[str, Kind, str], ...] = (
        (r"quién (?P<rest>\S+ \S.*)", "person", "{fake} {rest}"),
        (r"cuándo (?P<rest>\S+ \S.*)", "year", "en {fake} {rest}"),
        (r"en qué año (?P<rest>\S+ \S.*)", "year", "en {fake} {rest}"),
        (rf"en qué (?:{_PLACES_ES}) (?P<rest>(?!de |del |y )\S+ \S.*)", "place", "en {fake} {rest}"),
        (r"(?:en )?dónde (?P<rest>\S+ \S.*)", "place", "en {fake} {rest}"),
        (r"(?:cuál|qué) (?P<rest>(?:es|era|fue) (?:el|la|lo|un|una) \S.*)", "thing", "{fake} {rest}"),
        (r"cuánt[oa]s (?P<rest>[a-zñáéíóúü]+ \S+ \S.*)", "number", "{fake} {rest}"),
    )
    for pattern, kind, form in rules:
        if found := re.fullmatch(pattern, asked, re.IGNORECASE):
            if kind == "year" and _FUTURE.match(found["rest"]):
                return None
            return form.format(fake=fake(kind), rest=found["rest"])
    return None
