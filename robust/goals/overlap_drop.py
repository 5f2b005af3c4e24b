"""Another output than for the unedited text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from robust.core.example import Example, Reference
from robust.core.goal import Reading
from robust.core.text import Text
from robust.core.types import Bools, Floats, Task
from robust.errors import DataError, PluginError
from robust.goals._classes import DECIMALS
from robust.lang.overlap import MEASURES, Measure
from robust.registry import register


@register("goals", "overlap_drop")
@dataclass(frozen=True, kw_only=True)
class OverlapDrop:
    """Make a sequence-to-sequence model write something else: little overlap with what it writes for the unedited text.

    `measure` says what overlap is (see `robust.lang.overlap`): `chrf`, `bleu`, or `positions`, which at 0 is the
    non-overlapping attack of Cheng et al. 2018 (Seq2Sick, arXiv:1803.01128). Success is an overlap of `maximum`, from 0
    to below 1, or less; an empty output has none. The score is one minus the overlap, from 0 to 1, rounded to 1e-6.
    Texts for which the model writes nothing are skipped.

    That the output is another does not mean that it is wrong: a changed text may call for a changed output.
    """

    task: ClassVar[Task] = "seq2seq"

    measure: Measure = "chrf"
    maximum: float = 0.5

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise PluginError(f"overlap_drop: measure is {self.measure!r}", fix=f"use one of {', '.join(MEASURES)}")
        if not 0 <= self.maximum < 1:
            raise PluginError(f"overlap_drop: maximum is {self.maximum}", fix="use a number from 0 to below 1")

    def relative_to(self, clean: Floats, example: Example, /) -> Example:
        """The example with the output for its unedited text as the reference. Raises `DataError` as `judge` does."""
        _reference(example)
        return replace(example, target=Reference(_told(clean)))

    def judge(
        self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, labels: Sequence[str], /
    ) -> tuple[Floats, Bools]:
        """Scores and successes `(n,)` of outputs as code points. Raises `DataError` for another target."""
        reference = _reference(example)
        overlaps = [self._overlap(reference, answer) for answer in answers]
        score = np.array([round(1 - overlap, DECIMALS) for overlap in overlaps], np.float32)
        return score, np.array([overlap <= self.maximum for overlap in overlaps], np.bool_)

    def skips(self, clean: Floats, example: Example, labels: Sequence[str], /) -> bool:
        """Whether there is no output that could change."""
        return not _told(clean).strip()

    def reading(self, answer: Floats, text: Text, example: Example, labels: Sequence[str], /) -> Reading:
        """The output, and its overlap."""
        return Reading(answer=_told(answer), counts=(self._overlap(_reference(example), answer),))

    def _overlap(self, reference: str, answer: Floats) -> float:
        return MEASURES[self.measure](reference, _told(answer))


def _told(answer: Floats) -> str:
    return "".join(map(chr, answer[:, 0].astype(np.int64).tolist()))


def _reference(example: Example) -> str:
    if not isinstance(example.target, Reference):
        raise DataError(
            "the goal 'overlap_drop' needs texts to write anew", fix="attack a sequence-to-sequence model with it"
        )
    return example.target.text
