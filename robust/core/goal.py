"""What counts as a success, and how near a prediction is to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from robust.core.example import Target
from robust.core.types import Bools, Floats


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


AnyGoal: TypeAlias = Goal | LabelGoal


def resolved(goal: AnyGoal, labels: Sequence[str]) -> Goal:
    """`goal` for a victim with these labels, in the order of its logits. Raises `PluginError` as `among` does."""
    return goal.among(labels) if isinstance(goal, LabelGoal) else goal
