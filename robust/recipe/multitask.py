"""Several tasks learnt together by one encoder: which, and how often each has its turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from robust.recipe.parts import Part


class SharedTask(Part):
    """One of the tasks of a recipe; what is said here takes the place of `train.class_weights` and `train.metric`."""

    task: Literal["classification", "tagging"] = "classification"
    class_weights: Literal["none", "balanced"] | None = None
    metric: str | None = None


class Sampling(Part):
    """Which task a batch is of: one with n training rows is drawn with a probability proportional to n^`alpha`.

    1 follows the sizes, 0 gives all tasks equal turns; 0.5 is the square-root sampling of Stickland & Murray 2019
    (arXiv:1902.02671).
    """

    alpha: Annotated[float, Field(ge=0, le=1)] = 0.5


TaskLabel: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z][\w-]*$", max_length=64)]
"""What a task is called: a folder gets its name."""

Tasks: TypeAlias = dict[TaskLabel, SharedTask]


def multitask_misfit(
    tasks: Tasks, sampling: Sampling, *, others: Mapping[str, bool], metrics: Mapping[Any, Sequence[str]]
) -> str | None:
    """Why the tasks of a recipe do not fit; None where they do.

    `others` says of other sections of the recipe, by name, whether they ask for something that a model of several tasks
    cannot have; `metrics` are the numbers that each kind of task has.
    """
    if not tasks:
        return None if sampling == Sampling() else "`sampling` is for several `tasks`: remove it"
    if len(tasks) == 1:
        return "a single task shares its model with none: write `task: …` in place of `tasks`, or name another"
    if asked := [name for name, given in others.items() if given]:
        return f"a model of several tasks cannot have `{asked[0]}`: remove it"
    for name, part in tasks.items():
        if part.metric is not None and part.metric not in metrics[part.task]:
            known = ", ".join(metrics[part.task])
            return f"tasks.{name}.metric {part.metric!r} is no number of {part.task}: use {known}"
    return None
