"""An example: one text to attack, what surrounds it, and what the model should say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from robust.core.text import Text
from robust.core.types import Fields, Lang, Span


@dataclass(frozen=True, slots=True)
class TokenLabels:
    """Target of a tagging task: one label for each word of the unedited text."""

    labels: tuple[str, ...]

    def aligned(self, text: Text) -> tuple[str | None, ...]:
        """The label of each word of an edited text; None for words that were inserted."""
        return tuple([self.labels[origin] if origin >= 0 else None for origin in text.origins])


@dataclass(frozen=True, slots=True)
class Answers:
    """Target of extractive question answering: accepted answers as character ranges of the unedited text."""

    spans: tuple[Span, ...]

    def aligned(self, text: Text) -> tuple[Span | None, ...]:
        """Where each answer is in an edited text; None for answers that an edit touched."""
        return tuple([text.locate(span) for span in self.spans])


@dataclass(frozen=True, slots=True)
class Reference:
    """Target of a sequence-to-sequence task: the text that outputs are compared with.

    The engine puts the model's own output for the unedited text here (see `RelativeGoal`).
    """

    text: str = ""


Target: TypeAlias = int | TokenLabels | Answers | Reference
"""What the model should say: a class index, a label for each word, answer spans, or a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One row of a data set.

    `text` is the part that may be edited. A task with two inputs freezes the other one: `before` and `after` hold the
    fields that a victim reads around the text (an attack on the hypothesis of an NLI pair has `before=(premise,)`).
    `id` is stable across runs and unique within the data set.
    """

    id: str
    text: Text
    target: Target
    lang: Lang
    before: Fields = ()
    after: Fields = ()

    def fields(self, text: Text) -> Fields:
        """What a victim reads when `text` stands in for the original: a tagger reads its words, each a field."""
        if isinstance(self.target, TokenLabels):
            return text.words
        return (*self.before, str(text), *self.after)
