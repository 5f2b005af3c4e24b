"""One row an example: the versioned Arrow schema of an evaluation's `examples.parquet`.

Texts are left out: the manifest pins the data they come from, and many data sets may not be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from robust.errors import DataError

SCHEMA_VERSION = 1
_KEY = "robust_evaluation_schema_version"

SCHEMA = pa.schema(
    [
        ("set", pa.string()),  # which data set of the run
        ("example_id", pa.string()),
        ("lang", pa.string()),
        ("label", pa.int32()),  # class indices of the model
        ("predicted", pa.int32()),  # null: no answer
        ("logits", pa.list_(pa.float32())),
        ("baseline", pa.int32()),  # what the baseline says, null without one
        ("seconds", pa.float64()),  # share of the time of its batch
        ("error", pa.string()),
    ],
    metadata={_KEY: str(SCHEMA_VERSION)},
)

Row = dict[str, Any]


def write(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write rows so that `path` is either absent or whole."""
    table = pa.Table.from_pylist([dict(r) for r in rows], schema=SCHEMA)
    partial = path.with_suffix(".partial")
    pq.write_table(table, partial, compression="zstd")
    partial.replace(path)


def read(path: Path) -> list[Row]:
    """Read the rows of a finished evaluation. Raises `DataError` for a file of another kind or a newer version."""
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(f"{path} cannot be read: {error}", fix="name the directory of a finished run") from error
    version = (table.schema.metadata or {}).get(_KEY.encode(), b"").decode()
    if version != str(SCHEMA_VERSION):
        raise DataError(
            f"{path} has evaluation schema version {version or 'none'}, this release reads {SCHEMA_VERSION}",
            fix="read it with the release of robust that wrote it",
        )
    rows: list[Row] = table.to_pylist()
    return rows
