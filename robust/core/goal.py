"""What counts as a success, and how near a prediction is to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from robust.core.example import Example, Target
from robust.core.text import Text
from robust.core.types import Bools, Floats, Task
from robust.core.victim import VictimMeta
from robust.errors import PluginError


class Goal(Protocol):
    """A pure function of the victim's logits."""

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`; higher is nearer to success."""
        ...

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`; True where the attack has succeeded."""
        ...


@runtime_checkable
class LabelGoal(Protocol):
    """A goal that speaks of labels by name: it becomes a `Goal` once the victim's labels are known."""

    def among(self, labels: Sequence[str], /) -> Goal:
        """The goal for a victim with these labels, in the order of its logits; `PluginError` if one is missing."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer says, for people, and how right it is.

    `counts` add up over examples. Tagging: hits, gold and predicted entities (words, where tags mark no spans).
    Question answering: F1 and exact match of the answer. Sequence to sequence: overlap with the clean output.
    """

    answer: str
    counts: tuple[float, ...]


@runtime_checkable
class TaskGoal(Protocol):
    """A goal for victims of another task than classification: it reads their arrays, text by text."""

    @property
    def task(self) -> Task: ...

    def judge(
        self, answers: Sequence[Floats], texts: Sequence[Text], example: Example, labels: Sequence[str], /
    ) -> tuple[Floats, Bools]:
        """Scores `(n,)`, higher is nearer to success, and whether the attack has succeeded `(n,)`."""
        ...

    def skips(self, clean: Floats, example: Example, labels: Sequence[str], /) -> bool:
        """Whether there is nothing to attack: the goal is met by the answer to the unedited text already."""
        ...

    def reading(self, answer: Floats, text: Text, example: Example, labels: Sequence[str], /) -> Reading:
        """What the answer to `text` says."""
        ...


@runtime_checkable
class RelativeGoal(Protocol):
    """Optional for a `TaskGoal`: what counts as right is what the victim says of the unedited text."""

    def relative_to(self, clean: Floats, example: Example, /) -> Example:
        """The example with that answer as its target."""
        ...


@runtime_checkable
class TextGoal(Protocol):
    """A goal for classifiers that also depends on what was read, such as on how few words are left."""

    def given(self, texts: Sequence[Text], /) -> Goal:
        """The goal for logits `(n, n_labels)` of these `n` texts, in their order; `text.root` is the original."""
        ...


@runtime_checkable
class AimedGoal(Protocol):
    """Optional: a goal that is after one class; gradients then lead towards it rather than away from the target."""

    @property
    def aim(self) -> int:
        """Index of the class."""
        ...


ReadyGoal: TypeAlias = Goal | TextGoal
AnyGoal: TypeAlias = Goal | LabelGoal | TextGoal | TaskGoal


def given(goal: ReadyGoal, texts: Sequence[Text]) -> Goal:
    """`goal` for logits of these texts."""
    return goal.given(texts) if isinstance(goal, TextGoal) else goal


def resolved(goal: AnyGoal, labels: Sequence[str]) -> ReadyGoal:
    """`goal` for a classifier with these labels, in the order of its logits.

    Raises `PluginError` as `among` does, and for a goal of another task.
    """
    if isinstance(goal, TaskGoal):
        raise PluginError(
            f"the goal is for models of the task {goal.task}, and this one is a classifier",
            fix="use the goal untargeted (--set attack.goal=untargeted), or a model of that task",
        )
    return goal.among(labels) if isinstance(goal, LabelGoal) else goal


GOALS: Mapping[Task, str] = {
    "classification": "untargeted",
    "tagging": "tagging_drop",
    "qa": "answer_drop",
    "seq2seq": "overlap_drop",
}
"""The usual goal of each task."""


def for_victim(goal: AnyGoal, meta: VictimMeta) -> ReadyGoal | TaskGoal:
    """`goal` for a victim. Raises `PluginError` where it is for another task, or names a label that is not there."""
    if meta.task == "classification":
        return resolved(goal, meta.labels)
    if isinstance(goal, TaskGoal) and goal.task == meta.task:
        return goal
    asked = f"is for the task {goal.task}" if isinstance(goal, TaskGoal) else "is for classifiers"
    usual = GOALS[meta.task]
    raise PluginError(
        f"{meta.name} is a model of the task {meta.task}, and the recipe's goal {asked}",
        fix=f"--set attack.goal={usual}, or a recipe with that goal",
    )
