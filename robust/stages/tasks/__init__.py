"""What a model is fine-tuned to do: each task says how its data are read by a model, and how answers are scored."""

from __future__ import annotations

from typing import Any

from robust.data.table import DataSpec
from robust.recipe.finetune import FinetuneRecipe
from robust.stages.tasks.base import AnyTable, Items, Task

__all__ = ["AnyTable", "Items", "Task", "read", "task_of"]


def task_of(recipe: FinetuneRecipe) -> Task:
    """The task that a recipe names."""
    if recipe.task == "tagging":
        from robust.stages.tasks.tagging import Tagging

        return Tagging.of(recipe)
    if recipe.task == "qa":
        from robust.stages.tasks.questions import Questions

        return Questions.of(recipe)
    from robust.stages.tasks.classification import Classification

    return Classification()


def read(recipe: FinetuneRecipe, spec: DataSpec) -> Any:
    """The table of a data source, as the recipe's task has it. Raises `DataError` for a source that does not fit."""
    if recipe.task == "tagging":
        from robust.data import tagged

        return tagged.read(spec)
    if recipe.task == "qa":
        from robust.data import questions

        return questions.read(spec)
    from robust.data import source

    return source.read(spec)
