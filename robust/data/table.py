"""What is asked of a data source (`DataSpec`), what comes back (`Table`), and the step between (`Records`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from robust.core.types import Fields, Lang

EMPTY_TEXT = "(empty text)"
NO_LABEL = "(no label)"


@dataclass(frozen=True, kw_only=True)
class DataSpec:
    """A data source and how to read it; everything but `source` may be left for the reader to find out.

    `source`: `starter-en`, `starter-es`, a file (`.csv .tsv .jsonl .json .parquet`, also compressed as `.gz .xz .bz2`)
    or `hf:<dataset>[/config]`, which may also be a local directory.
    `text`, `pair`, `label`, `id`: column names, or column numbers from "0" where a file has no header. `pair` is the
    second text of tasks with two inputs; `attack_field` says which of the two may be edited (default: the second).
    `id=""` numbers the rows even where there is an id column; `label=""` leaves them without labels.
    `label_map`: new names for labels; rows with other labels are left out and counted.
    `header`: whether the first row of a csv or tsv file names the columns (None = find out).
    `split`, `config`, `revision`: of a hub data set. `limit`: the first rows that remain, at least 1.
    """

    source: str
    text: str | None = None
    pair: str | None = None
    attack_field: Literal[0, 1] | None = None
    label: str | None = None
    id: str | None = None
    lang: Lang | None = None
    label_map: Mapping[str, str] = field(default_factory=dict)
    header: bool | None = None
    encoding: str = "utf-8"
    split: str | None = None
    config: str | None = None
    revision: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: `fields` are the texts a model reads, exactly as the source has them; `label` is after the label map.

    `at` is its number in the source, from 0, where it was read from one.
    """

    id: str
    fields: Fields
    label: str | None = None
    lang: Lang | None = None
    at: int = -1


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of a data source that are used, and how they came about.

    `fingerprint` pins the rows (id, fields, label), `source_fingerprint` the bytes they came from. `columns` says which
    column was used for what, and what else was found out (split, header). `left_out` counts rows of the whole source
    that are not used, by label; `total` counts all its rows. `label_names` are the label names in the order of their
    numbers, where the source declares them.
    """

    name: str
    rows: tuple[Row, ...]
    fingerprint: str
    source_fingerprint: str
    columns: Mapping[str, str]
    left_out: Mapping[str, int]
    total: int
    lang: Lang | None = None
    label_names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Records:
    """A source as it stands, before columns have been given a meaning.

    `place` is how messages name the source, `lines` the line (from 1) where each row starts, where there are lines.
    Of a piece of a source, `first` is the number (from 0) of its first row.
    `notes` are facts for `Table.columns`; `guesses` the columns that only their values tell (no header).
    """

    name: str
    place: str
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, object]]
    source_fingerprint: str
    lines: Sequence[int] | None = None
    first: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)
    guesses: Mapping[str, str] = field(default_factory=dict)
    label_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def where(self, index: int) -> str:
        """How a message names row `index` (from 0, of these rows)."""
        if self.lines is not None:
            return f"{self.place}:{self.lines[index]}"
        return f"{self.place}: row {self.first + index} (from 0)"


def fingerprint(rows: Iterable[tuple[str, Fields, str | None]]) -> str:
    """`sha256:` and 16 hexadecimal digits over (id, fields, label) of each row, in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
    return f"sha256:{digest.hexdigest()[:16]}"


SHOWN = 12
"""Labels that a message names before it sums up the rest."""


def reasons(left_out: Mapping[str, int]) -> str:
    """Counts of rows that were left out, by label; reasons that are none stand in brackets."""
    found = [f"{n} {why}" if why.startswith("(") else f"{n} labelled {why}" for why, n in left_out.items()]
    if len(found) > SHOWN:
        rest = sum(list(left_out.values())[SHOWN:])
        found[SHOWN:] = [f"{rest} with one of {len(found) - SHOWN} other labels"]
    return ", ".join(found)
