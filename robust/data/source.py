"""From a data source to a table of rows: `read(DataSpec(source="reviews.csv"))`."""

from __future__ import annotations

from collections import Counter

from robust.data.columns import choose
from robust.data.delimited import Cells, parse
from robust.data.files import Content, decode, load
from robust.data.hub import PREFIX, read_hub
from robust.data.layout import Layout, find_layout
from robust.data.rows import make_table
from robust.data.structured import read_json, read_jsonl, read_parquet
from robust.data.table import DataSpec, Records, Row, Table
from robust.errors import DataError
from robust.starter import NAMES, data_path

__all__ = ["DataSpec", "Row", "Table", "read", "read_whole"]


def read(spec: DataSpec) -> Table:
    """Read a data source whole.

    Rows with an empty text are left out and counted; so are, under a label map, rows with a label it does not name.
    Raises `DataError`, with the place and the fix, for anything that cannot be read as asked.
    """
    return read_whole(spec)[0]


def read_whole(spec: DataSpec) -> tuple[Table, Records]:
    """The table and the records it was made of, all their columns included; `row.at` is the number of a row's record.

    Raises as `read` does.
    """
    check_spec(spec)
    records = read_hub(spec) if spec.source.startswith(PREFIX) else _file(spec)
    if not records.rows:
        only = "has a header but no rows" if records.notes.get("header") == "yes" else "has no rows"
        raise DataError(f"{records.place}: {only}", fix="give data with at least one row")
    chosen = choose(records, spec)
    if spec.attack_field == 1 and len(chosen.texts) == 1:
        raise DataError(
            f"{records.place}: only one text column is in use, there is no second", fix="name it with --pair"
        )
    return make_table(records, chosen, spec), records


def check_spec(spec: DataSpec) -> None:
    """Raise `DataError` for a limit of no rows."""
    if spec.limit is not None and spec.limit < 1:
        raise DataError(f"--limit {spec.limit}: no rows", fix="give a number from 1 up, or leave it out")


def options_for(spec: DataSpec) -> None:
    """Raise `DataError` for options that only data sets of the hub have."""
    for option, value in (("--split", spec.split), ("--config", spec.config), ("--revision", spec.revision)):
        if value is not None:
            raise DataError(f"{option} {value}: only data sets of the hub have that", fix=f"leave {option} out")


def _file(spec: DataSpec) -> Records:
    options_for(spec)
    starter = spec.source in NAMES
    content = load(str(data_path(spec.source)) if starter else spec.source)
    if spec.header is not None and content.kind not in (".csv", ".tsv"):
        raise DataError(f"{content.place}: --header and --no-header are for csv and tsv", fix="leave it out")
    if content.kind == ".parquet":
        return read_parquet(content)
    text = decode(content, "utf-8" if starter else spec.encoding)
    if content.kind == ".jsonl":
        return read_jsonl(content, text)
    if content.kind == ".json":
        return read_json(content, text)
    return _delimited(content, text, spec, spec.source if starter else content.name)


def _delimited(content: Content, text: str, spec: DataSpec, name: str) -> Records:
    cells = parse(text, content.kind, content.place)
    if not cells.rows:
        raise DataError(f"{content.place}: the file is empty", fix="give a file with at least one row")
    layout = find_layout(cells, spec, content.place)
    columns = columns_of(cells, layout, content.place)
    skip = int(layout.header)
    return Records(
        name=name,
        place=content.place,
        columns=columns,
        rows=[dict(zip(columns, row, strict=True)) for row in cells.rows[skip:]],
        lines=cells.lines[skip:],
        source_fingerprint=content.fingerprint,
        notes={
            "header": "yes" if layout.header else "no",
            "delimiter": cells.delimiter,
            "quotes": "yes" if cells.quotes else "no",
        },
        guesses=layout.guesses,
    )


def columns_of(cells: Cells, layout: Layout, place: str) -> tuple[str, ...]:
    """The names of the columns, numbers from "0" where there is no header. Raises `DataError` for a name twice."""
    numbers = [str(at) for at in range(len(cells.rows[0]))]
    named = [cell.strip() or number for cell, number in zip(cells.rows[0], numbers, strict=True)]
    columns = named if layout.header else numbers
    if twice := [column for column, n in Counter(columns).items() if n > 1]:
        raise DataError(
            f"{place}:1: two columns are called {twice[0]!r}",
            fix="rename one, or say --no-header if the first row is data",
        )
    return tuple(columns)
