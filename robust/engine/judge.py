"""What the victim's answers mean for an attack: by logits for classifiers, by arrays for all other tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from robust.core.example import Example, Target
from robust.core.goal import AnyGoal, Goal, Reading, ReadyGoal, RelativeGoal, TaskGoal, TextGoal, for_victim
from robust.core.search import Scores
from robust.core.text import Text
from robust.core.types import Floats
from robust.core.victim import VictimMeta


class Judge(Protocol):
    """A goal together with what it needs to know of the victim."""

    def prepared(self, clean: Floats, example: Example, /) -> Example:
        """The example once the answer to its unedited text is known."""
        ...

    def scores(self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, /) -> Scores:
        """How near each answer is to the goal; `answers[i]` is what the victim said of `texts[i]`."""
        ...

    def skips(self, clean: Floats, example: Example, /) -> bool:
        """Whether there is nothing to attack."""
        ...

    def reading(self, answer: Floats, text: Text, example: Example, /) -> Reading | None:
        """What the answer says; None where the logits themselves are kept."""
        ...


def judge_of(goal: AnyGoal, meta: VictimMeta) -> Judge:
    """The judge of a goal for a victim. Raises `PluginError` where they do not fit."""
    found = for_victim(goal, meta)
    if isinstance(found, TaskGoal):
        return _Arrays(found, meta.labels)
    return _Logits(found, len(meta.labels), isinstance(found, TextGoal))


def done(judge: Judge, answer: Floats, text: Text, example: Example) -> bool:
    """Whether one answer reaches the goal."""
    return bool(judge.scores([answer], [text], example).done[0])


@dataclass(frozen=True)
class _Logits:
    goal: ReadyGoal
    n_labels: int
    reads: bool
    """Whether the goal is a `TextGoal`: found out once, as asking a protocol costs more than a score of few texts."""

    def prepared(self, clean: Floats, example: Example, /) -> Example:
        return example

    def scores(self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, /) -> Scores:
        logits = np.array(answers, np.float32).reshape(len(answers), self.n_labels)
        goal = cast(TextGoal, self.goal).given(texts) if self.reads else cast(Goal, self.goal)
        return Scores(goal.score(logits, example.target), goal.done(logits, example.target), logits)

    def skips(self, clean: Floats, example: Example, /) -> bool:
        return _wrong(clean, example.target) or done(self, clean, example.text, example)

    def reading(self, answer: Floats, text: Text, example: Example, /) -> Reading | None:
        return None


@dataclass(frozen=True)
class _Arrays:
    goal: TaskGoal
    labels: tuple[str, ...]

    def prepared(self, clean: Floats, example: Example, /) -> Example:
        return self.goal.relative_to(clean, example) if isinstance(self.goal, RelativeGoal) else example

    def scores(self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, /) -> Scores:
        score, met = self.goal.judge(answers, texts, example, self.labels)
        return Scores(score, met, np.zeros((len(answers), 0), np.float32))

    def skips(self, clean: Floats, example: Example, /) -> bool:
        return self.goal.skips(clean, example, self.labels)

    def reading(self, answer: Floats, text: Text, example: Example, /) -> Reading | None:
        return self.goal.reading(answer, text, example, self.labels)


def _wrong(clean: Floats, target: Target) -> bool:
    """Whether the victim gets the unedited text wrong, so that there is nothing to break, whatever the goal."""
    return isinstance(target, (int, np.integer)) and int(clean.argmax()) != target
