"""Data sets lined up with a model: every row a text, a class index and a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from robust.core.types import Fields, Lang
from robust.core.victim import Victim
from robust.data.labels import align
from robust.data.table import Table
from robust.stages import examples
from robust.stages.baseline import BagOfWords, fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row: what the model reads, and the class index it should give."""

    id: str
    fields: Fields
    label: int
    lang: Lang | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A data set by the name it has in this run; `matched` says how its labels were matched to the model's classes."""

    name: str
    table: Table
    items: tuple[Item, ...]
    matched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """The training data of a bag of words, labelled with the model's class names."""

    train: Table
    labels: tuple[str, ...]
    matched: tuple[str, ...]

    def fit(self) -> BagOfWords:
        """The fitted bag of words."""
        return fit(self.train)

    def repeats(self, table: Table) -> int:
        """How many rows of `table` have exactly the texts of a training row."""
        return examples.shared_texts(self.train, table)


def labelled(tables: Sequence[Table], victim: Victim) -> tuple[Labelled, ...]:
    """Line data sets up with a model; two of the same name are numbered.

    Where a table does not say its language, it is the only one that the model declares. Raises `DataError` for labels
    that the model lacks.
    """
    only = next(iter(victim.meta.langs)) if len(victim.meta.langs) == 1 else None
    found: list[Labelled] = []
    for table in tables:
        mapping, matched = _aligned(table, victim)
        items = tuple(
            Item(id=row.id, fields=row.fields, label=mapping[str(row.label)], lang=row.lang or table.lang or only)
            for row in table.rows
        )
        name = free_name(table.name, {known.name for known in found})
        found.append(Labelled(name=name, table=table, items=items, matched=matched))
    return tuple(found)


def rival(tables: Sequence[Table], victim: Victim) -> Rival | None:
    """Line the training data of a bag of words up with a model; None where there are none.

    Raises `DataError` for labels that the model lacks, and for data with a single label.
    """
    if not tables:
        return None
    renamed, how = [], []
    for table in tables:
        mapping, matched = _aligned(table, victim)
        rows = tuple(replace(row, label=victim.meta.labels[mapping[str(row.label)]]) for row in table.rows)
        renamed.append(replace(table, rows=rows, label_names=()))
        how.append(matched)
    train = examples.join(renamed)
    examples.label_names(train)
    return Rival(train=train, labels=victim.meta.labels, matched=tuple(how))


def _aligned(table: Table, victim: Victim) -> tuple[Mapping[str, int], str]:
    return align(Counter(str(row.label) for row in table.rows), victim.meta.labels, table)


def free_name(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
