"""One row an example: the versioned Arrow schema of `examples.parquet`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from robust.core.attack import Outcome
from robust.core.example import Example
from robust.errors import DataError

SCHEMA_VERSION = 1

SCHEMA = pa.schema(
    [
        ("example_id", pa.string()),
        ("lang", pa.string()),
        ("status", pa.string()),
        ("label", pa.int32()),
        ("before", pa.list_(pa.string())),
        ("original", pa.string()),
        ("adversarial", pa.string()),
        ("after", pa.list_(pa.string())),
        ("clean_logits", pa.list_(pa.float32())),
        ("adversarial_logits", pa.list_(pa.float32())),
        ("best_score", pa.float32()),
        ("clean_answer", pa.string()),
        ("adversarial_answer", pa.string()),
        ("clean_counts", pa.list_(pa.float32())),
        ("adversarial_counts", pa.list_(pa.float32())),
        ("queries", pa.int32()),
        ("unique_queries", pa.int32()),
        ("words", pa.int32()),
        ("words_changed", pa.int32()),
        ("verified", pa.bool_()),
        ("error", pa.string()),
    ],
    metadata={"robust_schema_version": str(SCHEMA_VERSION)},
)

Row = dict[str, Any]


def row(outcome: Outcome, example: Example) -> Row:
    """The row of one outcome."""
    fields = asdict(outcome)
    for name in ("clean_logits", "adversarial_logits", "clean_counts", "adversarial_counts"):
        fields[name] = list(fields[name])
    fields["best_score"] = None if math.isnan(outcome.best_score) else outcome.best_score
    label = example.target if isinstance(example.target, int) else None
    return {
        **fields,
        "lang": example.lang,
        "label": label,
        "before": list(example.before),
        "after": list(example.after),
    }


def probabilities(logits: Sequence[float]) -> list[float]:
    """Softmax of one row of logits; empty for an empty row."""
    if not logits:
        return []
    top = max(logits)
    powers = [math.exp(value - top) for value in logits]
    return [power / sum(powers) for power in powers]


def write(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write rows so that `path` is either absent or whole."""
    table = pa.Table.from_pylist([{name: r.get(name) for name in SCHEMA.names} for r in rows], schema=SCHEMA)
    partial = path.with_suffix(".partial")
    pq.write_table(table, partial, compression="zstd")
    partial.replace(path)


def read(path: Path) -> list[Row]:
    """Read the rows of a finished run. Raises `DataError` for a file of another kind or a newer version."""
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(f"{path} cannot be read: {error}", fix="name the directory of a finished run") from error
    version = (table.schema.metadata or {}).get(b"robust_schema_version", b"").decode()
    if version != str(SCHEMA_VERSION):
        raise DataError(
            f"{path} has schema version {version or 'none'}, this release reads {SCHEMA_VERSION}",
            fix="read it with the release of robust that wrote it",
        )
    rows: list[Row] = table.to_pylist()
    return rows
