"""Name Spanish groups of persons in forms for every gender."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.case import like
from robust.lang.es.inclusive import Group, Style, doubled, group, neutral
from robust.registry import register


@register("transformations", "gender_inclusive")
@dataclass(frozen=True, kw_only=True)
class GenderInclusive:
    """A masculine plural of persons in forms for every gender, one candidate a style.

    - `e`: les alumnes; `x`: lxs alumnxs; `at`: l@s alumn@s; `slash`: los/as alumnos/as;
    - `double`: las alumnas y los alumnos, las y los estudiantes.

    Determiners and adjectives of the noun phrase agree (`todes les alumnes nueves`); what is said of the group
    elsewhere stays masculine. The noun is one of a closed list of nouns that are used of persons alone; nations, nouns
    with another word for the feminine (*padres*), groups already named in both genders and groups of men are left
    alone. Written for this project; the forms in *-e*, *-x* and *@* are in use but not in the norm (RAE 2020, *Informe
    sobre el uso del lenguaje inclusivo*).
    """

    langs: ClassVar[frozenset[Lang]] = frozenset({"es"})
    preserves_meaning: ClassVar[bool] = True

    styles: tuple[Style, ...] = get_args(Style)

    def __post_init__(self) -> None:
        unknown = [style for style in self.styles if style not in get_args(Style)]
        if unknown or not self.styles:
            raise PluginError(
                f"gender_inclusive: styles is {list(self.styles)!r}", fix=f"use some of {', '.join(get_args(Style))}"
            )

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """Up to one candidate a style for each plural noun of persons."""
        return [self._candidates(site.text, site.index) for site in sites]

    def _candidates(self, text: Text, index: int) -> list[Text]:
        words = [word.lower() for word in text.words]
        ends = (0, *[end for _, end in text.spans])
        gaps = [str(text)[end:start] for end, (start, _) in zip(ends, text.spans, strict=False)]
        found = group(words, gaps, index)
        if found is None or not _plainly_written(text, found, gaps):
            return []
        made = [
            _doubled(text, words, found) if style == "double" else _agreeing(text, found, style)
            for style in self.styles
        ]
        return [candidate for candidate in made if candidate is not None and candidate != text]


def _agreeing(text: Text, found: Group, style: Style) -> Text:
    for at, word in found.changing.items():
        new = like(text.words[at], neutral(word, style))
        if new != text.words[at]:
            text = text.replace(at, new)
    return text


def _doubled(text: Text, words: Sequence[str], found: Group) -> Text | None:
    added = doubled(words, found)
    if added is None:
        return None
    first, second = text.words[found.first], found.first + (words[found.first] in ("mis", "tus", "sus"))
    if first.isupper():
        added = [word.upper() for word in added]
    elif first[:1].isupper():
        added[0] = added[0].capitalize()
        text = text.replace(found.first, first.lower())
    if second > found.first:  # the determiner is there already
        added = added[1:]
        text = text.replace(found.first, first)
    for at, word in enumerate(added):
        text = text.insert(second + at, word)
    return text


def _plainly_written(text: Text, found: Group, gaps: Sequence[str]) -> bool:
    """Whether the phrase is in small letters, with one capital that begins it, or in capitals, and no name follows."""
    words = text.words[found.first : found.last + 1]
    joint = " ".join(words)
    after = text.words[found.last + 1] if found.last + 1 < len(text) and gaps[found.last + 1].isspace() else ""
    styled = joint in (joint.lower(), joint.capitalize(), joint.upper())
    named = after[:1].isupper() and not joint.isupper()
    opens = joint.islower() or found.first == 0 or bool(gaps[found.first].strip()) or joint.isupper()
    return styled and not named and opens and unicodedata.is_normalized("NFC", joint)
