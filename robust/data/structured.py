"""json, jsonl and parquet files as `Records`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from robust.data.files import Content
from robust.data.table import Records
from robust.errors import DataError

_OBJECTS = 'one object a row: {"text": "…", "label": "…"}'


def read_jsonl(content: Content, text: str) -> Records:
    """One JSON object a line; blank lines are skipped. Raises `DataError` with the line that is not one."""
    # Not str.splitlines: JSON strings may hold the other characters that it takes for line ends.
    found = list(objects(text.split("\n"), content.place))
    return _records(content, [row for row, _ in found], [line for _, line in found])


def objects(lines: Iterable[str], place: str) -> Iterator[tuple[Mapping[str, object], int]]:
    """The object of each line, with the line's number (from 1). Raises as `read_jsonl` does."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _object(_parsed(line.rstrip("\r\n"), place, number), f"{place}:{number}"), number


def read_json(content: Content, text: str) -> Records:
    """A JSON list of objects. Raises `DataError` if the file is anything else."""
    value = _parsed(text, content.place, 1)
    if not isinstance(value, list):
        fix = f"make it a list, {_OBJECTS}; or use .jsonl for one object a line"
        if isinstance(value, dict) and isinstance(value.get("data"), list):
            fix = "SQuAD's questions are for models that answer them; `robust augment` reads them with --task qa"
        raise DataError(f"{content.place}: holds {_kind(value)}, not a list of objects", fix=fix)
    rows = [_object(item, f"{content.place}: item {at} (from 0)") for at, item in enumerate(value)]
    return _records(content, rows, None)


def _parsed(text: str, place: str, first_line: int) -> object:
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"{place}:{first_line + error.lineno - 1}: not valid JSON ({error.msg}, column {error.colno})",
            fix="mend or remove it" if place.endswith(".json") else f"a .jsonl file has {_OBJECTS}, one on each line",
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}:{first_line}: not readable as JSON ({error})", fix="mend or remove it") from None
    return value


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise DataError(f"{where}: {_kind(value)} where an object belongs", fix=f"write {_OBJECTS}")
    return value


def _kind(value: object) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a string",
        bool: "a truth value",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null")


def _records(content: Content, rows: Sequence[Mapping[str, object]], lines: Sequence[int] | None) -> Records:
    columns = dict.fromkeys(name for row in rows for name in row)
    return Records(
        name=content.name,
        place=content.place,
        columns=tuple(columns),
        rows=rows,
        lines=lines,
        source_fingerprint=content.fingerprint,
    )


def read_parquet(content: Content) -> Records:
    """A parquet file. Raises `DataError` if it is not one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content.data))
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{content.place}: not a readable parquet file ({str(error).splitlines()[0].rstrip('.')})",
            fix="write it again, or give it the extension of what it is (.csv, .tsv, .jsonl)",
        ) from None
    columns = tuple(str(name) for name in table.column_names)
    if len(set(columns)) < len(columns):
        raise DataError(f"{content.place}: two columns have the same name", fix=f"rename one of {', '.join(columns)}")
    return Records(
        name=content.name,
        place=content.place,
        columns=columns,
        rows=table.to_pylist(),
        source_fingerprint=content.fingerprint,
    )
