"""The same words at the front, or at the end, of every text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Lang
from robust.errors import PluginError
from robust.registry import register

Where: TypeAlias = Literal["front", "end"]


@register("transformations", "prepend_words")
@dataclass(frozen=True, kw_only=True)
class PrependWords:
    """Put `words`, in their order, before everything that the text says, or behind everything (`place`).

    One candidate a text: the universal trigger of Wallace et al. 2019 (arXiv:1908.07125), as `robust trigger` finds it.
    The text itself stays as it is, its first letter too, and a trigger at the end stands behind the sign that ends it.
    Whether the words say something of the subject is not known here.
    """

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)
    whole: ClassVar[bool] = True

    words: tuple[str, ...]
    place: Where = "front"

    def __post_init__(self) -> None:
        if not self.words:
            raise PluginError("prepend_words: there are no words", fix="give one or more")
        for word in self.words:
            if word.split() != [word]:
                raise PluginError(f"prepend_words: {word!r} is not one word", fix="give a list of words without spaces")

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """One candidate, at the first word of a text."""
        return [[added(site.text, self.words, self.place)] if site.index == 0 else [] for site in sites]


def added(text: Text, words: Sequence[str], place: Where) -> Text:
    """`text` with the words in front of it or behind it."""
    for word in reversed(words) if place == "front" else words:
        text = text.prepend(word) if place == "front" else text.append(word)
    return text
