"""Rules on the words beside a substituted word, written apart from those of the generator.

A rule that the text breaks only after the substitution is a fault of it; what the author broke already is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Protocol

from benchmarks.substitution_audit.judges import Reading
from benchmarks.substitution_audit.sample import Change

_DETERMINERS = {
    **dict.fromkeys(("el", "un", "este", "ese", "aquel", "del", "al", "nuestro", "algún", "ningún"), ("Masc", "Sing")),
    **dict.fromkeys(("la", "una", "esta", "esa", "aquella", "nuestra", "alguna", "ninguna"), ("Fem", "Sing")),
    **dict.fromkeys(("los", "unos", "estos", "esos", "aquellos", "nuestros", "algunos", "muchos"), ("Masc", "Plur")),
    **dict.fromkeys(("las", "unas", "estas", "esas", "aquellas", "nuestras", "algunas", "muchas"), ("Fem", "Plur")),
}
_SHORT = {"bueno": "Masc", "malo": "Masc", "primero": "Masc", "tercero": "Masc", "grande": ""}
_HABER = re.compile(r"he|has?|hemos|habéis|han|hab(?:ía(?:s|mos|n)?|r[íáé].*|er|iendo)|hay(?:a|as|amos|an)")
_PARTICIPLE = re.compile(r"(?:[aií]do|(?:di|he)cho|(?:pues|vis|escri|suel|vuel|abier|muer|cubier|ro)to|preso|impreso)$")
_STRESSED_A = re.compile(r"h?(?:á|a(?:gu|lm|ul|rm|rc|ct|l[at]|re|nc|v|s[at]|mb|ch|d|z)[aeo]?[aeiou]?[sn]?$)")
_CONSONANT = re.compile(r"(?:[^aeiou]|u(?:ni|s[ea]|t[eio]|k|r[aio]|bi)|eu|ew|one\b|once\b)", re.IGNORECASE)
_SILENT_H = re.compile(r"h(?:our|onest|onou?r|eir)", re.IGNORECASE)


class Judge(Protocol):
    """Knows what forms can be."""

    def readings(self, word: str) -> Collection[Reading]:
        """Every reading of a form; empty if it is not known."""
        ...


def broken(change: Change, judge: Judge) -> list[str]:
    """The rules that the changed text breaks beside the new word, and the original did not beside the old one."""
    check = _spanish if change.lang == "es" else _english
    before = set(check(change.before, change.old, judge))
    return sorted(set(check(change.after, change.new, judge)) - before)


def _english(words: tuple[str, ...], at: int, judge: Judge) -> Iterator[str]:
    before, word = words[at - 1] if at else "", words[at]
    if before.lower() in ("a", "an"):
        vowel = bool(_SILENT_H.match(word)) or not _CONSONANT.match(word)
        if vowel != (before.lower() == "an"):
            yield "a/an"


def _spanish(words: tuple[str, ...], at: int, judge: Judge) -> Iterator[str]:
    before, word = words[at - 1].lower() if at else "", words[at].lower()
    after = words[at + 1].lower() if at + 1 < len(words) else ""
    if before in ("y", "e"):
        i = bool(re.match(r"h?[ií](?![aeouáéó])", word))
        if i != (before == "e"):
            yield "y/e"
    if before in ("o", "u") and bool(re.match(r"h?[oó]", word)) != (before == "u"):
        yield "o/u"
    readings = judge.readings(word)
    nominal = [dict(f.split("=", 1) for f in r) for r in readings if r & {"POS=NOUN", "POS=ADJ"}]
    feminine = bool(nominal) and all(r.get("Gender") == "Fem" and r["POS"] == "NOUN" for r in nominal)
    stressed = feminine and bool(_STRESSED_A.match(word)) and not word.endswith("s")
    if before in ("la", "una") and stressed:
        yield "el/la"
    if before in _DETERMINERS and nominal and not stressed:
        gender, number = _DETERMINERS[before]
        if not any(r.get("Gender", gender) == gender and r.get("Number", number) == number for r in nominal):
            yield "determiner"
    if _HABER.fullmatch(before) and word.endswith("o") and not _PARTICIPLE.search(word):
        yield "compound tense"
    if word in _SHORT and after:
        nouns = [dict(f.split("=", 1) for f in r) for r in judge.readings(after)]
        only = bool(nouns) and all(r["POS"] == "NOUN" and r.get("Number") == "Sing" for r in nouns)
        if only and all(r.get("Gender", "").startswith(_SHORT[word]) for r in nouns):
            yield "short form"
    for other in (before, after):
        if nominal and other:
            yield from _disagree(nominal, [dict(f.split("=", 1) for f in r) for r in judge.readings(other)])


def _disagree(here: list[dict[str, str]], there: list[dict[str, str]]) -> Iterator[str]:
    """A noun beside an adjective, each known as that alone."""
    kinds = ({r["POS"] for r in here}, {r["POS"] for r in there})
    if kinds not in (({"NOUN"}, {"ADJ"}), ({"ADJ"}, {"NOUN"})):
        return
    if not any(
        all(a.get(k, b.get(k)) == b.get(k, a.get(k)) for k in ("Gender", "Number")) for a in here for b in there
    ):
        yield "noun and adjective"
