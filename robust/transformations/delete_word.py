"""Leave a word out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.lang.case import like
from robust.lang.en.article import article
from robust.lang.es.morphology.euphony import conjunction
from robust.registry import register

_CLOSING = {"(": ")", "[": "]", "{": "}", "«": "»", "“": "”", "‘": "’", '"': '"', "¿": "?", "¡": "!"}
_PAUSES = ",;:"
_ENDS = ".!?…"


@register("transformations", "delete_word")
@dataclass(frozen=True, kw_only=True)
class DeleteWord:
    """The text without the word, as in the random deletion of Wei & Zou 2019 (EDA, arXiv:1901.11196).

    What the word leaves behind goes too: brackets around nothing, the second of two commas or blanks. *A*, *an*, *y*
    and *o* before it take the form that the next word asks for, and count as changed words then; where that is not
    certain, there is no candidate. The last word of a text stays. Add `same_negation` where a lost `not` must not
    count.

    *Differs from the paper*: one word at a time; there each word goes with the same probability, and marks stay.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    preserves_meaning: ClassVar[bool] = False

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """At most one candidate for each site; none for a text of one word."""
        return [_without(site.text, site.index, site.lang) if len(site.text) > 1 else [] for site in sites]


def _without(text: Text, index: int, lang: Lang) -> list[Text]:
    string, last = str(text), index + 1 == len(text)
    start = text.span(index - 1)[1] if index else 0
    lo, hi = text.span(index)
    end = len(string) if last else text.span(index + 1)[0]
    gap = _merged(string[start:lo], string[hi:end], first=index == 0)
    shorter, made = text.delete(index), string[:start] + gap + string[end:]
    if str(shorter) != made:
        spans, shift = text.spans, start + len(gap) - end
        moved = [*spans[:index], *[(lo + shift, hi + shift) for lo, hi in spans[index + 1 :]]]
        shorter = text.rewrite(made, moved)
    if index == 0 or last or not gap.isspace():
        return [shorter]
    before, following = text.words[index - 1], text.words[index + 1]
    wanted = _form(before.lower(), following, lang)
    if wanted is None:
        return []
    return [shorter if wanted == before.lower() else shorter.replace(index - 1, like(before, wanted))]


def _form(before: str, following: str, lang: Lang) -> str | None:
    """The word `before` as it is before `following`; None where that is not certain."""
    if lang == "en" and before in ("a", "an"):
        return article(following)
    if lang == "es" and before in ("y", "e", "o", "u"):
        return conjunction(before, following)
    return before


def _merged(before: str, after: str, *, first: bool) -> str:
    """What stands between the neighbours of a word that goes, from what stood before and after it."""
    if before == after == " " and not first:
        return " "
    while (left := before.rstrip())[-1:] and after.lstrip()[:1] == _CLOSING.get(left[-1]):
        before, after = left[:-1], after.lstrip()[1:]
    left, right = before.rstrip(), after.lstrip()
    if right[:1] and left[-1:] in tuple(_PAUSES) and right[0] in _PAUSES + _ENDS:
        before = left[:-1]
    elif right[:1] in tuple(_PAUSES) and (left[-1:] in (*_ENDS, *_CLOSING) or (first and not left)):
        after = right[1:]
    elif right[:1] in tuple(_ENDS) and left[-1:] in tuple(_ENDS):
        after = right.lstrip(_ENDS)
    if first and not before.strip():
        return before + after.lstrip()
    if before[-1:].isspace() and (not after or after[0].isspace() or _sticks(after[0])):
        before = before.rstrip()
    elif before[-1:] in tuple(_CLOSING) and after[:1].isspace():
        after = after.lstrip()
    return before + after


def _sticks(mark: str) -> bool:
    """Whether a mark follows the word before it without a blank."""
    return mark in _PAUSES + _ENDS or mark in _CLOSING.values()
