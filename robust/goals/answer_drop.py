"""A wrong answer to a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robust.core.example import Answers, Example
from robust.core.goal import Reading
from robust.core.text import Text
from robust.core.types import Bools, Floats, Task
from robust.errors import DataError, PluginError
from robust.goals._classes import DECIMALS, probabilities
from robust.lang import squad
from robust.registry import register


@register("goals", "answer_drop")
@dataclass(frozen=True, kw_only=True)
class AnswerDrop:
    """Make the F1 of the answer fall to `f1` or below: 0 is an answer that shares no word with a gold one.

    `f1` is from 0 to below 1, the F1 that of SQuAD 1.1 (see `robust.lang.squad`) against the gold answers as they stand
    in the unedited text. The score is one minus the expected F1 over the victim's best answers, weighted by the softmax
    of their logits, from 0 to 1, rounded to 1e-6. Questions whose answer has an F1 of `f1` or less before the attack
    are skipped. An answer that is lost from the text cannot be given any more: put `keep_answers` among the
    constraints.
    """

    task: ClassVar[Task] = "qa"

    f1: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.f1 < 1:
            raise PluginError(f"answer_drop: f1 is {self.f1}", fix="use a number from 0 to below 1, such as 0")

    def judge(
        self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, labels: Sequence[str], /
    ) -> tuple[Floats, Bools]:
        """Scores and successes `(n,)` of arrays of `(start, end, logit)`. Raises `DataError` for another target."""
        gold = _gold(example)
        score, met = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.bool_)
        for row, (answer, text) in enumerate(zip(answers, texts, strict=True)):
            worth = [squad.f1(told, gold, lang=example.lang) for told in _told(answer, text)]
            if not worth:
                score[row], met[row] = 1.0, True
                continue
            chances = probabilities(answer[None, :, 2])[0]
            score[row] = round(1 - float(np.dot(chances, worth)), DECIMALS)
            met[row] = worth[0] <= self.f1
        return score, met

    def skips(self, clean: Floats, example: Example, labels: Sequence[str], /) -> bool:
        """Whether the question is answered wrongly as it is."""
        _, met = self.judge([clean], [example.text], example, labels)
        return bool(met[0])

    def reading(self, answer: Floats, text: Text, example: Example, labels: Sequence[str], /) -> Reading:
        """The answer, with its F1 and exact match."""
        gold = _gold(example)
        told = (_told(answer, text) or [""])[0]
        worth = (squad.f1(told, gold, lang=example.lang), squad.exact_match(told, gold, lang=example.lang))
        return Reading(answer=told, counts=worth)


def _told(answer: Floats, text: Text) -> list[str]:
    string = str(text)
    # Some tokenisers count the space before a word as part of it.
    return [string[int(start) : int(end)].strip() for start, end, _ in answer]


def _gold(example: Example) -> list[str]:
    if not isinstance(example.target, Answers):
        raise DataError(
            "the goal 'answer_drop' needs answers as target", fix="attack questions with answers (a SQuAD file)"
        )
    string = str(example.text)
    return [string[lo:hi] for lo, hi in example.target.spans]
