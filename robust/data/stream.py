"""A data source row by row, in memory that does not grow with it: the same rows as `robust.data.source.read` takes.

What a file is (delimiter, header, which column holds what) is told from its beginning; only `.json`, which is one
value, and packed parquet are read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice

from robust.data.columns import Chosen, choose
from robust.data.delimited import follow, parse
from robust.data.files import decode, found, load, reading
from robust.data.hub import PREFIX, open_hub
from robust.data.layout import find_layout
from robust.data.rows import Tally, check_tally, used_rows
from robust.data.source import check_spec, columns_of, options_for
from robust.data.structured import objects, read_json, read_parquet
from robust.data.table import DataSpec, Records, Row
from robust.errors import DataError
from robust.starter import NAMES, data_path

HEAD = 1 << 18
"""Characters of a text file that its layout is told from."""

Record = Mapping[str, object]
Numbered = Iterator[tuple[Record, int | None]]
"""Records as they stand, each with the line where it starts, where there are lines."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a source looks like (`head` has no rows, or not all), and all its records."""

    head: Records
    records: Numbered
    types: Mapping[str, object] = field(default_factory=dict)
    """Arrow types of the columns, where the source has such."""


@dataclass(kw_only=True)
class TextStream:
    """The rows of a source of texts. `columns` are those of the source, `chosen` what they are used for.

    `tally` counts what has been seen so far.
    """

    spec: DataSpec
    source: Source
    chosen: Chosen
    tally: Tally = field(default_factory=Tally)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the source, as far as its beginning shows them."""
        return self.source.head.columns

    def pieces(self, size: int) -> Iterator[list[tuple[Row, Record]]]:
        """All rows with their records, `size` records at a time; raises `DataError` as `make_table` does.

        That two rows have the same id is not noticed: it would take remembering all of them.
        """
        head, first, left = self.source.head, 0, self.spec.limit
        while piece := list(islice(self.source.records, size)):
            lines = [line for _, line in piece if line is not None]
            rows = [record for record, _ in piece]
            records = replace(head, rows=rows, lines=lines or None, first=first)
            used = [(row, rows[row.at - first]) for row, _ in used_rows(records, self.chosen, self.spec, self.tally)]
            if left is not None:
                used, left = used[:left], left - len(used)
            if used:
                yield used
            if left is not None and left <= 0:
                return
            first += len(piece)
        if not first:
            raise _no_rows(head)
        check_tally(head, self.spec, self.tally)


@contextmanager
def texts(spec: DataSpec) -> Iterator[TextStream]:
    """Open a source of texts with labels. Raises `DataError`, now or while it is read, as `read` does."""
    check_spec(spec)
    with opened(spec) as source:
        yield TextStream(spec=spec, source=source, chosen=choose(source.head, spec))


@contextmanager
def opened(spec: DataSpec) -> Iterator[Source]:
    """Open a source of records: a csv, tsv, jsonl, json or parquet file, plain or packed, or `hf:` data."""
    if spec.source.startswith(PREFIX):
        head, rows = open_hub(spec)
        yield Source(head=head, records=((row, None) for row in rows))
        return
    options_for(spec)
    starter = spec.source in NAMES
    place = str(data_path(spec.source)) if starter else spec.source
    path, kind, packing = found(place)
    if kind == ".json" or (kind == ".parquet" and packing):
        content = load(place)
        whole = read_parquet(content) if kind == ".parquet" else read_json(content, decode(content, spec.encoding))
        yield Source(head=replace(whole, rows=()), records=((row, None) for row in whole.rows))
        return
    if path.stat().st_size == 0:
        raise DataError(f"{place}: the file is empty", fix="give a file with at least one row")
    if spec.header is not None and kind not in (".csv", ".tsv"):
        raise DataError(f"{place}: --header and --no-header are for csv and tsv", fix="leave it out")
    name = spec.source if starter else path.name
    with ExitStack() as stack:
        if kind == ".parquet":
            yield _parquet(place, name, stack)
        elif kind == ".jsonl":
            yield _jsonl(place, name, spec, stack)
        else:
            yield _delimited(place, name, kind, "utf-8" if starter else spec.encoding, spec, stack)


def _blank(place: str, name: str, **more: object) -> Records:
    empty = Records(name=name, place=place, columns=(), rows=(), source_fingerprint="")
    return replace(empty, **more)  # type: ignore[arg-type]  # each caller names fields of Records


def _jsonl(place: str, name: str, spec: DataSpec, stack: ExitStack) -> Source:
    with reading(place, encoding=spec.encoding, newline="\n") as file:
        head = [row for row, _ in objects(file.readlines(HEAD), place)]
    columns = tuple(dict.fromkeys(key for row in head for key in row))
    lines = stack.enter_context(reading(place, encoding=spec.encoding, newline="\n"))
    return Source(head=_blank(place, name, columns=columns, lines=()), records=objects(lines, place))


def _delimited(place: str, name: str, kind: str, encoding: str, spec: DataSpec, stack: ExitStack) -> Source:
    with reading(place, encoding=encoding) as file:
        beginning, more = file.read(HEAD), bool(file.read(1))
    cells = parse(_whole_rows(beginning, kind, place) if more else beginning, kind, place)
    if not cells.rows:
        raise DataError(f"{place}: the file is empty", fix="give a file with at least one row")
    layout = find_layout(cells, spec, place)
    columns = columns_of(cells, layout, place)
    newline = "" if cells.quotes else "\n" if "\n" in beginning else "\r"
    lines = stack.enter_context(reading(place, encoding=encoding, newline=newline))
    rows = follow(lines, cells, kind, place)
    if layout.header:
        next(rows)
    head = _blank(
        place,
        name,
        columns=columns,
        lines=(),
        guesses=layout.guesses,
        notes={
            "header": "yes" if layout.header else "no",
            "delimiter": cells.delimiter,
            "quotes": "yes" if cells.quotes else "no",
        },
    )
    return Source(head=head, records=((dict(zip(columns, row, strict=True)), line) for row, line in rows))


def _whole_rows(beginning: str, kind: str, place: str) -> str:
    """The beginning of a file up to the end of a row; a line may end within a quoted cell, so some are tried."""
    end = len(beginning)
    for _ in range(64):
        end = max(beginning.rfind("\n", 0, end), beginning.rfind("\r", 0, end))
        if end < 0:
            break
        try:
            parse(beginning[: end + 1], kind, place)
        except DataError:
            continue
        return beginning[: end + 1]
    return beginning  # what is wrong with it is said where it is read


def _parquet(place: str, name: str, stack: ExitStack) -> Source:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = stack.enter_context(pq.ParquetFile(place))
    except (pa.ArrowException, OSError):
        read_parquet(load(place))  # which says what is wrong
        raise
    columns = tuple(str(column) for column in file.schema_arrow.names)
    if len(set(columns)) < len(columns):
        raise DataError(f"{place}: two columns have the same name", fix=f"rename one of {', '.join(columns)}")
    rows = (row for batch in file.iter_batches(batch_size=1024) for row in batch.to_pylist())
    types = {column.name: column.type for column in file.schema_arrow}
    return Source(head=_blank(place, name, columns=columns), records=((row, None) for row in rows), types=types)


def _no_rows(head: Records) -> DataError:
    only = "has a header but no rows" if head.notes.get("header") == "yes" else "has no rows"
    return DataError(f"{head.place}: {only}", fix="give data with at least one row")
