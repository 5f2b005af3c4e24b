"""Something that is true, and beside the point, at the end of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register

PHRASES: Mapping[Lang, tuple[tuple[str, str], ...]] = {
    "en": (
        ("and", "true is true"),
        ("and", "false is not true"),
        ("and", "one is one"),
        ("and", "white is not black"),
        ("and", "a circle is round"),
    ),
    "es": (
        ("y", "lo verdadero es verdadero"),
        ("y", "lo falso no es verdadero"),
        ("y", "uno es igual a uno"),
        ("y", "lo blanco no es negro"),
        ("y", "un círculo es redondo"),
    ),
}
_ENDS = frozenset(".!…")


@register("transformations", "append_irrelevance")
@dataclass(frozen=True, kw_only=True)
class AppendIrrelevance:
    """Add a tautology to the end of the text: `and true is true`, `y lo verdadero es verdadero`.

    The word overlap test (`and true is true`) and the negation test (`and false is not true`) of Naik et al. 2018
    (aclanthology C18-1198), with three more of the kind, and Spanish counterparts. `times` (1 or more) repeats it; the
    length mismatch test of the paper adds the first one five times, to the premise. It joins the last sentence, before
    the signs `.`, `!` or `…` that end it; after any other sign (a question mark, a bracket, an emoji) it makes a
    sentence of its own. What the text says stays true or false, so labels stay.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    whole: ClassVar[bool] = True

    times: int = 1

    def __post_init__(self) -> None:
        if self.times < 1:
            raise PluginError(f"append_irrelevance: times is {self.times}", fix="use 1 or more")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate for each tautology, at the first word of a text."""
        return [
            [self._added(site.text, joint, phrase) for joint, phrase in PHRASES[site.lang]] if site.index == 0 else []
            for site in sites
        ]

    def _added(self, text: Text, joint: str, phrase: str) -> Text:
        tail = str(text)[text.spans[-1][1] :].strip()
        words = f"{joint} {phrase}".split() * self.times
        if not tail or all(sign in _ENDS for sign in tail):
            for word in words:
                text = text.insert(len(text), word)
            return text
        words = words[len(joint.split()) :]
        words = [words[0].capitalize(), *words[1:-1], f"{words[-1]}."]
        for word in words:
            text = text.append(word)
        return text
