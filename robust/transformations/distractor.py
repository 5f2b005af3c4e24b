"""A sentence that seems to answer the question, about something else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.base import language
from robust.registry import register
from robust.transformations._statements import Kind, statement

_PEOPLE: Mapping[Lang, tuple[str, ...]] = {
    "en": ("Martin Halewood", "Joan Perriman", "Peter Ashgrove", "Ruth Calloway", "Edwin Marsh"),
    "es": ("Martín Salcedo", "Julia Berrocal", "Pedro Aldana", "Rosa Cifuentes", "Esteban Marín"),
}
_PLACES: Mapping[Lang, tuple[str, ...]] = {
    "en": ("Kelbridge", "Tolverton", "Marrowby", "Ashcombe Hill", "Dunmere"),
    "es": ("Villardoz", "Montealba", "Riocerezo", "Puerto Calmo", "Torrelinda"),
}
_THINGS: Mapping[Lang, tuple[str, ...]] = {
    "en": ("Veltrane", "Orbista", "Kessimer", "Dolvane", "Tarquill"),
    "es": ("Veltrana", "Orbista", "Quesímaro", "Dolvena", "Tarquil"),
}
_OTHERS = ("Sandora", "Belquist", "Marvane", "Costrell", "Fenwara")
"""What stands for the names of a question; each begins with a consonant, so that `an` before one becomes `a`."""
_UPPER = "A-ZÁÉÍÓÚÜÑÀÈÌÒÙÂÊÎÔÛÄËÏÖÇŠŽŁØÅ"
_NAME = re.compile(rf"(?<=\s)[{_UPPER}]\w*(?:['’-]\w+)*(?:\s[{_UPPER}]\w*(?:['’-]\w+)*)*")
_ROMAN = re.compile(r"[IVXLC]+")
_UNSURE = re.compile(r"\.\s|\w\.\w|s['’](?!\w)|[+&/]")
"""Abbreviations, plural possessives and signs, which a change of names would leave standing."""
_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w%]|[.,]\d)")


@register("transformations", "distractor")
@dataclass(frozen=True, kw_only=True)
class Distractor:
    """Add a sentence to the end that answers another question: AddSent of Jia & Liang 2017 (arXiv:1707.07328).

    The question is the field before the text. Its names and numbers are changed, the result becomes a statement, and
    an invented answer of the kind that the question word asks for goes into it: `Who won Super Bowl 50?` gives `Martin
    Halewood won Sandora 63.` Names that the text or the question has are not used. `k` variants, at most 5. A question
    without a name or number to change, or of a form that the rules do not turn, has no candidate: English questions
    with *do*, for example.

    *Differs from the paper*: names become invented ones instead of neighbours in GloVe, and adjectives stay; the kind
    of the answer follows from the question word instead of the gold answer; a handful of rules for English and for
    Spanish instead of about fifty on parses; and nobody corrects or selects the sentences.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    whole: ClassVar[bool] = True

    k: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.k <= len(_OTHERS):
            raise PluginError(f"distractor: k is {self.k}", fix=f"use 1 to {len(_OTHERS)}")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates at the first word of a text."""
        return [self._candidates(site) if site.index == 0 else [] for site in sites]

    def _candidates(self, site: Site) -> list[Text]:
        question = site.before[-1] if site.before else ""
        sentences = [distractor(question, str(site.text), site.lang, turn) for turn in range(self.k)]
        return [_appended(site.text, sentence) for sentence in dict.fromkeys(sentences) if sentence]


def distractor(question: str, context: str, lang: Lang, turn: int) -> str | None:
    """The distractor number `turn` for a question, or None."""
    if _UNSURE.search(question):
        return None
    known = f"{question}\n{context}".casefold()

    def unused(names: Sequence[str]) -> str:
        fresh = [name for name in names if name.casefold() not in known] or [names[0]]
        return fresh[turn % len(fresh)]

    def fake(kind: Kind) -> str:
        if kind in ("year", "number"):
            number = (1871 if kind == "year" else 57) + 13 * turn
            while str(number) in known:
                number += 1
            return str(number)
        return unused({"person": _PEOPLE, "place": _PLACES, "thing": _THINGS}[kind][lang])

    changed = _elsewhere(question, lang, unused(_OTHERS), turn)
    return statement(changed, lang, fake) if changed != question else None


def _elsewhere(question: str, lang: Lang, name: str, turn: int) -> str:
    """The question with other names and numbers."""
    stopword = language(lang).is_stopword
    names: list[str] = []

    def renamed(found: re.Match[str]) -> str:
        old = found[0]
        if stopword(old.lower()) or len(old) == 1 or _ROMAN.fullmatch(old):
            return old
        possessive = re.search(r"['’]s$", old) if lang == "en" else None
        bare = old[: possessive.start()] if possessive else old
        if bare not in names:
            names.append(bare)
        at = (_OTHERS.index(name) + names.index(bare)) % len(_OTHERS)
        return _OTHERS[at] + (possessive[0] if possessive else "")

    changed = _NUMBER.sub(lambda found: str(int(found[0]) + 13 + turn), _NAME.sub(renamed, question))
    return re.sub(rf"\b([Aa])n (?={'|'.join(_OTHERS)})", r"\1 ", changed) if lang == "en" else changed


def _appended(text: Text, sentence: str) -> Text:
    for word in sentence.split():
        text = text.append(word)
    return text
