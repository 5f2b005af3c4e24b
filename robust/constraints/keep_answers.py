"""The answers stay in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.example import Answers, Target
from robust.core.text import Text
from robust.core.types import Bools
from robust.errors import DataError
from robust.registry import register


@register("constraints", "keep_answers")
@dataclass(frozen=True, kw_only=True)
class KeepAnswers:
    """Leave all gold answers to a question as they are, so that the right answer can still be read off the text."""

    def free(self, text: Text, target: Target, /) -> Bools:
        """`(len(text),)`, True = no part of an answer. Raises `DataError` where the target is no answers."""
        held = [span for span in _answers(target).aligned(text) if span is not None]
        return np.array([all(end <= lo or start >= hi for lo, hi in held) for start, end in text.spans], np.bool_)

    def keeps(self, texts: Sequence[Text], target: Target, /) -> Bools:
        """`(n,)`, True = no edit touched an answer."""
        answers = _answers(target)
        return np.array([None not in answers.aligned(text) for text in texts], np.bool_)


def _answers(target: Target) -> Answers:
    if not isinstance(target, Answers):
        raise DataError(
            "the constraint 'keep_answers' needs answers as target",
            fix="leave it out, or attack questions (a SQuAD file)",
        )
    return target
