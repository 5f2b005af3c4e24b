"""A tagger that no longer finds the entities of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from robust.core.example import Example, TokenLabels
from robust.core.goal import Reading
from robust.core.text import Text
from robust.core.types import Bools, Floats, Task
from robust.errors import DataError, PluginError
from robust.goals._classes import DECIMALS, probabilities
from robust.goals._entities import OUTSIDE, entities, marks_spans, projected
from robust.registry import register

Counts = tuple[int, int, int]


@register("goals", "tagging_drop")
@dataclass(frozen=True, kw_only=True)
class TaggingDrop:
    """Make the F1 of a sentence's entities fall to `f1` or below.

    Of tags that mark no spans, the accuracy of the words takes the place of the F1.

    `f1` is from 0 to below 1. Entities are IOB2's, right where type and both ends are right (Tjong Kim Sang & De
    Meulder 2003, aclanthology W03-0419). Words keep their gold tags through edits: a replaced word has that of the word
    it stands for, an added word belongs to the entity that it stands in the middle of or to none, and a deleted word
    takes its tag along. So an attack that edits entities claims that they stay entities of their type.

    The score is one minus the mean probability of the gold tag over the words of entities (over all words, where tags
    mark no spans), from 0 to 1, rounded to 1e-6. Sentences without gold entities are skipped, and so are those whose F1
    is at most `f1` before the attack.
    """

    task: ClassVar[Task] = "tagging"

    f1: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.f1 < 1:
            raise PluginError(f"tagging_drop: f1 is {self.f1}", fix="use a number from 0 to below 1, such as 0.5")

    def judge(
        self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, labels: Sequence[str], /
    ) -> tuple[Floats, Bools]:
        """Scores and successes `(n,)` of arrays `(words, labels)`. Raises `DataError` for a target that is no tags."""
        score, met = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.bool_)
        spans = _spans(example)
        at = {label: column for column, label in enumerate(labels)}
        for row, (answer, text) in enumerate(zip(answers, texts, strict=True)):
            gold = _gold(text, example)
            counts = _counts(gold, answer, labels, spans=spans)
            # A text from which the entities are gone has nothing to find: that is no success.
            met[row] = bool(counts[1]) and _f1(counts) <= self.f1
            score[row] = round(_doubt(gold, answer, at, spans=spans), DECIMALS)
        return score, met

    def skips(self, clean: Floats, example: Example, labels: Sequence[str], /) -> bool:
        """Whether there is no entity to lose, or too few are found."""
        gold = _gold(example.text, example)
        counts = _counts(gold, clean, labels, spans=_spans(example))
        return not counts[1] or _f1(counts) <= self.f1

    def reading(self, answer: Floats, text: Text, example: Example, labels: Sequence[str], /) -> Reading:
        """The entities that the model sees (`PER: Ana; LOC: Quito`), or all tags; hits, gold, predicted."""
        gold, said = _gold(text, example), _said(answer, labels)
        spans = _spans(example)
        counts = _counts(gold, answer, labels, spans=spans)
        if not spans:
            told = " ".join(said)
        else:
            told = "; ".join(f"{kind}: {' '.join(text.words[lo:hi])}" for kind, lo, hi in entities(said))
        return Reading(answer=told, counts=tuple(map(float, counts)))


def _tags(example: Example) -> TokenLabels:
    if not isinstance(example.target, TokenLabels):
        raise DataError(
            "the goal 'tagging_drop' needs a tag for each word as target",
            fix="attack data with tags: a CoNLL file, or rows with lists of words and tags",
        )
    return example.target


def _spans(example: Example) -> bool:
    tags = _tags(example).labels
    return marks_spans(tags) or all(tag == OUTSIDE for tag in tags)


def _gold(text: Text, example: Example) -> list[str | None]:
    return projected(_tags(example).aligned(text), spans=_spans(example))


def _said(answer: Floats, labels: Sequence[str]) -> list[str]:
    return [labels[column] for column in answer.argmax(axis=1)] if len(answer) else []


def _counts(gold: Sequence[str | None], answer: Floats, labels: Sequence[str], *, spans: bool) -> Counts:
    """Hits, gold and predicted: entities, or words with a gold tag."""
    if len(answer) != len(gold):
        raise ValueError(f"{len(answer)} rows of logits for {len(gold)} words")
    said = _said(answer, labels)
    if not spans:
        judged = [(a, b) for a, b in zip(gold, said, strict=True) if a is not None]
        return sum(a == b for a, b in judged), len(judged), len(judged)
    true, found = set(entities([tag or OUTSIDE for tag in gold])), set(entities(said))
    return len(true & found), len(true), len(found)


def _f1(counts: Counts) -> float:
    hits, gold, said = counts
    return 2 * hits / (gold + said) if gold + said else 0.0


def _doubt(gold: Sequence[str | None], answer: Floats, at: dict[str, int], *, spans: bool) -> float:
    rows = [row for row, tag in enumerate(gold) if tag is not None and not (spans and tag == OUTSIDE)]
    if not rows:
        return 0.0
    chances = probabilities(answer[rows])
    right: npt.NDArray[np.float64] = np.array(
        [chances[i, at[tag]] if (tag := gold[row]) in at else 0.0 for i, row in enumerate(rows)]
    )
    return float(1 - right.mean())
