"""Another number, not far from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.kinds import numbers
from robust.registry import register
from robust.transformations._before import can_follow
from robust.transformations._names import drawn

_DIGITS = re.compile(r"[1-9][0-9]{0,5}")
_ABBREVIATIONS: Mapping[Lang, frozenset[str]] = {"en": frozenset({"2", "4"}), "es": frozenset()}
"""Digits that stand for a word in chats (`this is 4 you`)."""
_YEARS = range(1500, 2101)
_MARK_BEFORE: Mapping[Lang, frozenset[str]] = {
    "en": frozenset({"a", "an", "rate", "rated", "rating", "score", "scored", "grade"}),
    "es": frozenset({"un", "nota", "puntuación", "calificación"}),
}
_MARK_AFTER: Mapping[Lang, frozenset[str]] = {
    "en": frozenset({"star", "stars", "point", "points", "out", "of", "percent"}),
    "es": frozenset({"estrella", "estrellas", "punto", "puntos", "sobre", "de", "por"}),
}
"""Words beside a number that may be a mark or a part of a date: `a 9`, `8 out of 10`, `9 sobre 10`, `3 de mayo`."""
_LINKS = frozenset({"of", "sobre", "de", "y", "and"})
"""Words between two numbers that belong together: `8 of 10`, `treinta y dos`."""
_MAGNITUDES = frozenset({"hundred", "thousand", "million", "billion", "mil", "millón", "millones", "cientos"})


@register("transformations", "swap_numbers")
@dataclass(frozen=True, kw_only=True)
class SwapNumbers:
    """A whole number becomes another within 20 % of it, or next to it: an invariance of CheckList.

    `k` numbers are drawn (Ribeiro et al. 2020, aclanthology 2020.acl-main.442, change 10 at a time). Digits become
    digits (`90 rooms`) and number words (`three`, `veinte`) those of a list that ships with the language. A mark is
    what a label may hang on, so numbers beside `stars`, `out of`, `/`, `%`, after `a` and the like are left alone, and
    so are parts of longer numbers, years, and 0, 1 and numbers from 1,000,000 on. In other contexts, too, the text then
    says another thing: `preserves_meaning` is False.

    *Differs from the paper*: it changes digits only, marks and years among them, and all mentions of a number at once.
    Draws are without repeats.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    random: ClassVar[bool] = True
    preserves_meaning: ClassVar[bool] = False

    k: int = 10

    def __post_init__(self) -> None:
        if self.k < 1:
            raise PluginError(f"swap_numbers: k is {self.k}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to `k` candidates for each site, in ascending order."""
        return [[site.text.replace(site.index, word) for word in self._others(site)] for site in sites]

    def _others(self, site: Site) -> list[str]:
        word, lang = site.word, site.lang
        if _DIGITS.fullmatch(word) and word not in _ABBREVIATIONS[lang]:
            value = int(word)
            near = _near(value)
            found = [] if value in _YEARS or value < 2 else [str(other) for other in near if other != value]
        elif like(word, word.lower()) == word and word.lower() in numbers(lang):
            value, listed = numbers(lang)[word.lower()], numbers(lang)
            found = [like(word, other) for other, its in listed.items() if its != value and its in _near(value)]
        else:
            return []
        if not found or _marked(site):
            return []
        return drawn([other for other in found if can_follow(site.text, site.index, other, lang)], self.k, site.seed)


def _near(value: int) -> range:
    """Whole numbers from 2 on that differ by 20 % at most, rounded up."""
    most = value // 5 + 1
    return range(max(2, value - most), value + most + 1)


def _marked(site: Site) -> bool:
    """Whether the number may be a mark, a part of a date, or a part of a longer number."""
    string, (start, end) = str(site.text), site.text.spans[site.index]
    before, after = string[:start], string[end:]
    if before[-1:] in _GLUE or after[:1] in _GLUE or before.rstrip()[-1:] == "/" or after.lstrip()[:1] in _MARKS:
        return True
    words = ["", "", *[word.lower() for word in site.text.words], "", ""]
    two, one, _, next_one, next_two = words[site.index : site.index + 5]
    numeral = [word in numbers(site.lang) or word[:1].isdigit() for word in (two, one, next_one, next_two)]
    return (
        one in _MARK_BEFORE[site.lang] | _MAGNITUDES
        or next_one in _MARK_AFTER[site.lang] | _MAGNITUDES
        or numeral[1]
        or numeral[2]
        or (one in _LINKS and (numeral[0] or two == "out"))
        or (next_one in _LINKS and numeral[3])
    )


_GLUE = ("-", "–", ":", ".", "/", "#", "+")
_MARKS = ("/", "%", "★", "⭐", "*")
