"""Rows to a file: csv, tsv, jsonl or parquet, by its ending; there is the whole file or none."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from robust.errors import UserError

KINDS: tuple[str, ...] = (".csv", ".tsv", ".jsonl", ".parquet")


def writable(path: Path, *, force: bool) -> None:
    """Raises `UserError` where `write` could not write, or, unless `force`, where there is a file already."""
    if path.suffix not in KINDS:
        raise UserError(f"--out {path}: cannot write a file that ends in {path.suffix!r}", fix=f"use {' '.join(KINDS)}")
    if path.exists() and (path.is_dir() or not force):
        raise UserError(
            f"--out {path}: is there already", fix="give another name" + ("" if path.is_dir() else ", or --force")
        )
    if not path.resolve().parent.is_dir():
        raise UserError(f"--out {path}: there is no folder {path.parent}", fix=f"make it first: mkdir -p {path.parent}")


def write(rows: Iterable[Mapping[str, object]], columns: Sequence[str], path: Path) -> None:
    """Write the columns of the rows, in UTF-8; what a row lacks stays empty. Raises `UserError` where it cannot."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        if path.suffix == ".parquet":
            _parquet(rows, columns, partial)
        else:
            _lines(rows, columns, partial, path.suffix)
        partial.replace(path)
    except OSError as error:
        raise UserError(f"--out {path}: cannot be written ({error.strerror})", fix="give another folder") from None
    finally:
        partial.unlink(missing_ok=True)


def _lines(rows: Iterable[Mapping[str, object]], columns: Sequence[str], path: Path, kind: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind == ".jsonl":
            for row in rows:
                file.write(json.dumps({c: row.get(c) for c in columns}, ensure_ascii=False, default=str) + "\n")
            return
        writer = csv.writer(file, delimiter="\t" if kind == ".tsv" else ",", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if row.get(c) is None else row.get(c) for c in columns] for row in rows])


def _parquet(rows: Iterable[Mapping[str, object]], columns: Sequence[str], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = [{c: row.get(c) for c in columns} for row in rows]
    pq.write_table(pa.table({c: [row[c] for row in found] for c in columns}), path, compression="zstd")
