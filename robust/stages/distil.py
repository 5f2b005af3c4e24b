"""What teachers say of the rows that a model is to learn, as its targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from robust.core.types import Floats
from robust.data.table import Row, Table, fingerprint
from robust.errors import DataError, ModelError
from robust.recipe.distil import BAG_OF_WORDS, Distillation, subject
from robust.stages import baseline
from robust.stages.examples import Encoded
from robust.stages.tasks.base import Items
from robust.victims.load import load_victim

BATCH = 32

Says: TypeAlias = Callable[[Sequence[Row]], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Gives probabilities `(n, labels)` for rows; `revision` pins what it is.

    It speaks of the rows alone whose id begins with `of`.
    """

    name: str
    revision: str
    says: Says = field(repr=False)
    of: str = ""

    def knows(self, rows: Sequence[Row]) -> list[int]:
        """The places of the rows that it speaks of."""
        return [at for at, row in enumerate(rows) if row.id.startswith(self.of)]


def teachers(how: Distillation, train: Table, labels: Sequence[str], *, device: str) -> tuple[Teacher, ...]:
    """The teachers of a recipe, loaded and ready; columns are in the order of `labels`.

    A bag of words is fitted on those rows of `train` that it speaks of, when it is first asked. Raises `ModelError` for
    a model that is missing or does not know the labels, `DataError` for a bag of words without rows of two labels.
    """
    return tuple(_teacher(given, train, labels, device) for given in how.teachers)


def _teacher(given: str, train: Table, labels: Sequence[str], device: str) -> Teacher:
    name, of = subject(given)
    if name == BAG_OF_WORDS:
        known_rows = tuple(row for row in train.rows if row.id.startswith(of))
        if len({row.label for row in known_rows}) < 2:
            raise DataError(
                f"the teacher {given} finds {len(known_rows)} training rows to learn from, and fewer than two labels",
                fix="check the ids of the rows: what follows @ is how they begin",
            )

        def counts(rows: Sequence[Row]) -> Floats:
            fitted = baseline.fit(replace(train, rows=known_rows))
            return fitted.probabilities(replace(train, rows=tuple(rows)), labels)

        return Teacher(name=given, revision=train.fingerprint, says=counts, of=of)
    victim = load_victim(name, device=device)
    known = {label.casefold(): at for at, label in enumerate(victim.meta.labels)}
    missing = [label for label in labels if label.casefold() not in known]
    if missing or len(known) != len(labels):
        raise ModelError(
            f"the teacher {name} knows the labels {', '.join(victim.meta.labels)}, the data {', '.join(labels)}",
            fix="use a teacher that was trained for these labels, or map those of the data with --label-map",
        )
    order = [known[label.casefold()] for label in labels]

    def says(rows: Sequence[Row]) -> Floats:
        found = np.zeros((len(rows), len(labels)), dtype=np.float32)
        places = sorted(range(len(rows)), key=lambda at: sum(map(len, rows[at].fields)))
        for start in range(0, len(places), BATCH):
            part = places[start : start + BATCH]
            logits = victim.logits([rows[at].fields for at in part])[:, order].astype(np.float64)
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            found[part] = odds / odds.sum(axis=1, keepdims=True)
        return found

    return Teacher(name=given, revision=victim.meta.revision, says=says, of=of)


def lesson(
    how: Distillation,
    taught: Sequence[Teacher],
    train: Table,
    unlabelled: Table | None,
    labels: Sequence[str],
    *,
    kept: Path,
) -> tuple[Table, Floats]:
    """All rows to learn, those without a label given the teachers' likeliest, and their targets `(n, labels)`.

    What the teachers said is kept in the file `kept` (.npy) and read from there if it exists. Raises `DataError` where
    rows of `unlabelled` have another number of texts than those of `train`, or no teacher.
    """
    extra = () if unlabelled is None else unlabelled.rows
    width = {len(row.fields) for row in (*train.rows, *extra)}
    if len(width) > 1:
        raise DataError(
            f"the unlabelled rows have {len(extra[0].fields)} texts, the labelled ones {len(train.rows[0].fields)}",
            fix="name the columns with --text and --pair",
        )
    rows = (*train.rows, *extra)
    if kept.exists():
        mean: Floats = np.asarray(np.load(kept), dtype=np.float32)
    else:
        mean = _mean(taught, rows, len(labels))
        np.save(kept, mean)
    numbers = {label: at for at, label in enumerate(labels)}
    gold = np.eye(len(labels), dtype=np.float32)[[numbers[str(row.label)] for row in train.rows]]
    untold = np.asarray(np.isnan(mean).any(axis=1), dtype=np.bool_)
    if untold[len(gold) :].any():
        row = extra[int(np.flatnonzero(untold[len(gold) :])[0])]
        raise DataError(
            f"the unlabelled row {row.id!r} has no teacher: each speaks of rows whose id begins as it says after @",
            fix="name one for these rows with --teacher, or leave @… out",
        )
    mean[untold] = gold[untold[: len(gold)]]
    known = how.gold * gold + (1 - how.gold) * mean[: len(gold)]
    told = balanced(mean[len(gold) :]) if how.balance else mean[len(gold) :]
    targets = np.concatenate([known, told], dtype=np.float32)
    learnt = tuple(
        replace(row, id=f"unlabelled/{row.id}", label=labels[int(at)])
        for row, at in zip(extra, told.argmax(axis=1), strict=True)
    )
    whole = (*train.rows, *learnt)
    pinned = fingerprint((row.id, row.fields, row.label) for row in whole)
    return replace(train, rows=whole, fingerprint=pinned), targets


def _mean(taught: Sequence[Teacher], rows: Sequence[Row], n_labels: int) -> Floats:
    """The mean `(n, labels)` of what the teachers say, NaN for rows of which none speaks."""
    total = np.zeros((len(rows), n_labels), dtype=np.float64)
    voices = np.zeros(len(rows), dtype=np.int64)
    for teacher in taught:
        if places := teacher.knows(rows):
            total[places] += teacher.says([rows[at] for at in places])
            voices[places] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(total / voices[:, None], dtype=np.float32)


def balanced(probabilities: Floats, *, rounds: int = 200) -> Floats:
    """`(n, labels)` with the same log-odds added to every row, so that the columns have the same mean, 1 / labels."""
    if not len(probabilities):
        return probabilities
    logs = np.log(np.clip(probabilities.astype(np.float64), 1e-12, None))
    for _ in range(rounds):
        odds = np.exp(logs - logs.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        logs -= np.log(odds.mean(axis=0) * odds.shape[1])
    return np.asarray(odds, dtype=np.float32)


def soften(encoded: Items, targets: Floats) -> Encoded:
    """The same items with rows of `targets` `(n, labels)` in the place of label numbers."""
    if not isinstance(encoded, Encoded):
        raise TypeError(f"{type(encoded).__name__} has no label numbers to replace")
    items: list[dict[str, Any]] = [
        {**item, "labels": row} for item, row in zip(encoded.items, targets.tolist(), strict=True)
    ]
    return replace(encoded, items=items)
