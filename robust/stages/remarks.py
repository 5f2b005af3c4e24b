"""What a reader of scores must know of the data: rows left out, texts cut, rows that were learnt from as well."""

from __future__ import annotations

from collections.abc import Collection

from robust.data.table import reasons
from robust.recipe.finetune import Training
from robust.stages.tasks import AnyTable, Items, Task


def left_out(name: str, table: AnyTable) -> list[str]:
    """Which rows of its source a set lacks, and which answers; nothing where it is whole."""
    notes = []
    if rows := table.left_out:
        whole = f"{sum(rows.values()):,} of {table.total:,} rows of {name}"
        notes.append(f"{whole} are left out: {reasons(rows)}.")
    moved, lost = getattr(table, "moved", 0), getattr(table, "lost", 0)
    if moved:
        notes.append(f"Answers of {name} taken from nearby, as they do not stand where the data say: {moved:,}.")
    if lost:
        notes.append(f"Answers of {name} left out, as they stand neither where the data say nor nearby: {lost:,}.")
    return notes


def cut(name: str, items: Items, how: Training) -> list[str]:
    """How many rows of a set are longer than the model reads; nothing where none is."""
    whole = f"{items.cut:,} of {len(items):,} texts of {name}"
    return [f"{whole} are longer than {how.max_length} tokens and are cut."] if items.cut else []


def texts(task: Task, table: AnyTable) -> Collection[tuple[str, ...]]:
    """The texts of every row, for `repeated`."""
    return {task.reads(row) for row in table.rows}


def repeated(name: str, table: AnyTable, task: Task, known: Collection[tuple[str, ...]], *, also: str) -> list[str]:
    """How many rows of a set have exactly the `known` texts, which are `also` in other data; nothing where none has."""
    n = sum(task.reads(row) in known for row in table.rows)
    return [f"{n} of {len(table.rows)} rows of {name} are also in the {also} data."] if n else []
