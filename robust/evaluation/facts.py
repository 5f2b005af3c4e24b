"""What is known of every example besides its label: the slices it is in, and the pair it belongs to.

Kept beside the rows of an evaluation, in `facts.parquet`, because the rows hold no texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from robust.core.types import Lang
from robust.data.source import DataSpec, Row, Table, read_whole
from robust.errors import UserError, did_you_mean
from robust.evaluation.sets import free_name
from robust.lang.base import language
from robust.lang.negations import negation
from robust.results.frame import Frame
from robust.results.rows import Row as Fact

NAME = "facts.parquet"
FRAME = Frame(
    name="facts",
    version=1,
    fields=(
        ("set", pa.string()),
        ("example_id", pa.string()),
        ("slices", pa.list_(pa.string())),  # "length: 11-25"
        ("pair", pa.string()),  # null: in none
    ),
)
SIMILAR = "similar"
LENGTHS = (10, 25, 50, 100)
"""Most words of a slice of short texts, and so on."""

_BLOCK = 256
"""Rows that are compared with all others at a time."""

_MARKED = re.compile(r"[áéíóúüñ]", re.IGNORECASE)


def facts(
    specs: Sequence[DataSpec],
    *,
    only: Lang | None = None,
    slices: bool = False,
    by: Sequence[str] = (),
    pairs: str | None = None,
) -> list[Fact]:
    """The facts of the rows of some data sets, named as an evaluation names them.

    `only`: the language where the data do not say. `slices`: by length in words, by negation, by names (a capital
    inside a sentence), in Spanish by accents (`none`: more than ten words and no letter á é í ó ú ü ñ in any of them),
    and by the column `variety` where there is one. `by`: columns whose values are slices. `pairs`: the column that
    rows of one pair share (an empty cell is no pair), or `similar`: rows of different labels that are each other's
    most similar text.
    Raises `DataError` for what cannot be read. `check_columns` says whether the columns are there.
    """
    found: list[Fact] = []
    taken: set[str] = set()
    for spec in specs:
        table, records = read_whole(spec)
        name = free_name(table.name, taken)
        taken.add(name)
        mates = _similar(table) if pairs == SIMILAR else {}
        columns = tuple(dict.fromkeys((*by, *(("variety",) if slices and "variety" in records.columns else ()))))
        for row in table.rows:
            record = records.rows[row.at]
            own = list(_slices(row, row.lang or table.lang or only)) if slices else []
            own += [f"{column}: {record.get(column)}" for column in columns]
            pair = mates.get(row.id) if pairs == SIMILAR else _said(record.get(pairs)) if pairs else None
            found.append({"set": name, "example_id": row.id, "slices": own, "pair": pair})
    return found


def check_columns(specs: Sequence[DataSpec], columns: Sequence[str]) -> None:
    """Raise `UserError` for a column that one of the data sets lacks."""
    for spec in specs if columns else ():
        table, records = read_whole(spec)
        for column in columns:
            if column not in records.columns:
                fix = did_you_mean(column, records.columns) or f"its columns are {', '.join(records.columns)}"
                raise UserError(f"{table.name} has no column {column!r}", fix=fix)


def _slices(row: Row, lang: Lang | None) -> Iterator[str]:
    text = " ".join(row.fields)
    words = language(lang).text(text).words if lang else tuple(text.split())
    below = [0, *LENGTHS]
    at = next((at for at, most in enumerate(LENGTHS) if len(words) <= most), None)
    yield f"length: over {LENGTHS[-1]}" if at is None else f"length: {below[at] + 1}-{LENGTHS[at]}"
    if lang is not None:
        yield f"negation: {_yes(any(negation(word, lang) for word in words))}"
    # a capital that no sentence begins with; words all in capitals are shouted, not names
    named = re.search(r"(?<=[^\W\d_][ ,;])\s*[^\W\d_a-záéíóúñü][a-záéíóúñü]+", text)
    yield f"names: {_yes(named is not None)}"
    if lang == "es" and len(words) > LENGTHS[0]:
        yield f"accents: {'written' if _MARKED.search(text) else 'none'}"


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _said(value: object) -> str | None:
    """What a cell says; None for an empty one: rows without a pair are not each other's."""
    return (None if value is None else str(value).strip()) or None


def _similar(table: Table, *, least: float = 0.3) -> dict[str, str]:
    """The pair of every row that has one: each other's nearest, of different labels, by the Jaccard index of words."""
    from sklearn.feature_extraction.text import CountVectorizer

    counted = CountVectorizer(binary=True, dtype=np.int32).fit_transform(" ".join(row.fields) for row in table.rows)
    sizes = np.asarray(counted.sum(axis=1)).ravel()
    labels = np.array([str(row.label) for row in table.rows])
    nearest = np.full(len(table.rows), -1)
    for start in range(0, len(table.rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        shared = (counted[block] @ counted.T).toarray()
        union = sizes[block, None] + sizes[None, :] - shared
        score = np.where(labels[block, None] != labels[None, :], shared / np.maximum(1, union), -1.0)
        best = score.argmax(axis=1)
        nearest[block] = np.where(score[np.arange(len(best)), best] >= least, best, -1)
    return {
        row.id: str(min(at, int(nearest[at])))
        for at, row in enumerate(table.rows)
        if nearest[at] >= 0 and nearest[nearest[at]] == at
    }


def write(rows: Sequence[Fact], run: Path) -> None:
    """Keep the facts beside the rows of a run."""
    FRAME.write(rows, run / NAME)


def read(run: Path) -> list[Fact]:
    """The facts beside a run; none where nobody asked for them."""
    return FRAME.read(run / NAME) if (run / NAME).exists() else []
