"""The rows of an entry: the outcomes of its runs, which attack each is of, and the hash of each row."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from robust.errors import DataError
from robust.leaderboard.canonical import canonical, combined, sha256
from robust.results.rows import SCHEMA as OUTCOME
from robust.results.rows import Row

ROWS_VERSION = 1
SCHEMA = pa.schema(
    [("attack", pa.string()), *OUTCOME, ("row_sha256", pa.string())],
    metadata={"robust_rows_version": str(ROWS_VERSION)},
)
CONTENT = [name for name in SCHEMA.names if name != "row_sha256"]
_FLOATS = frozenset(field.name for field in SCHEMA if pa.types.is_float32(field.type)) | frozenset(
    field.name for field in SCHEMA if pa.types.is_list(field.type) and pa.types.is_float32(field.type.value_type)
)


def row_hash(row: Mapping[str, Any]) -> str:
    """The SHA-256 of one row's content. Numbers that are stored as float32 are hashed as such."""
    return sha256(canonical({name: row_plain(name, row.get(name)) for name in CONTENT}))


def row_plain(name: str, value: Any) -> Any:
    """A value of the column `name` as it is hashed."""
    if name not in _FLOATS or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [row_plain(name, inner) for inner in value]
    return np.float32(value).item().hex()


def sealed(attack: str, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows of one run as rows of an entry, each with its hash."""
    made = [{"attack": attack, **{name: row.get(name) for name in CONTENT if name != "attack"}} for row in rows]
    return [{**row, "row_sha256": row_hash(row)} for row in made]


def content_hash(rows: Sequence[Mapping[str, Any]]) -> str:
    """One hash of all rows, whatever their order."""
    return combined(row["row_sha256"] for row in rows)


def write(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A parquet file with the rows in the order of attacks and ids."""
    ordered = sorted(rows, key=lambda row: (row["attack"], row["example_id"]))
    table = pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in ordered], schema=SCHEMA)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", compression_level=9)
    return out.getvalue()


def read(data: bytes, place: str) -> list[Row]:
    """The rows of a file. Raises `DataError` where it is something else or of another version."""
    try:
        table = pq.read_table(io.BytesIO(data))
    except (OSError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"{place} cannot be read: {error}", fix="make it with `robust leaderboard submit`") from error
    version = (table.schema.metadata or {}).get(b"robust_rows_version", b"").decode("ascii", "replace")
    if version != str(ROWS_VERSION) or not table.schema.equals(SCHEMA):
        raise DataError(
            f"{place} holds no rows of an entry (version {version or 'none'}, this release reads {ROWS_VERSION})",
            fix="make it with `robust leaderboard submit`",
        )
    rows: list[Row] = table.to_pylist()
    return rows
