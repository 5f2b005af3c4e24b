"""Rows to a file, as they come, by its ending: there is the whole file or none.

Tables are csv, tsv, jsonl or parquet, sentences also CoNLL, questions also SQuAD's json; all but parquet also packed.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from robust.data.files import endings
from robust.errors import UserError, did_you_mean

TABLES: tuple[str, ...] = (".csv", ".tsv", ".jsonl", ".parquet")
SENTENCES: tuple[str, ...] = (".conll", ".conllu", ".jsonl", ".parquet")
QUESTIONS: tuple[str, ...] = (".json", ".jsonl", ".parquet")
PACKED: tuple[str, ...] = (".gz", ".xz", ".bz2")
DATASET = "hf:"
"""What stands before the name of a folder that is to be read as `hf:<folder>`."""

Row = Mapping[str, object]
_AT_ONCE = 4096


def writable(out: str, *, kinds: Sequence[str] = TABLES, force: bool) -> None:
    """Raises `UserError` where `write` could not write, or, unless `force`, where there is a file already."""
    path = target(out)
    kind, packing = endings(path)
    if kind not in kinds or (packing and kind == ".parquet"):
        raise UserError(
            f"--out {out}: cannot write a file that ends in {(kind + packing) or path.suffix!r}",
            fix=did_you_mean(kind, kinds) or f"use {' '.join(kinds)}, packed as {' '.join(PACKED)}, or hf:FOLDER",
        )
    if path.exists() and (path.is_dir() or not force):
        raise UserError(
            f"--out {out}: is there already", fix="give another name" + ("" if path.is_dir() else ", or --force")
        )
    shown = path.parent.parent if out.startswith(DATASET) else path.parent
    if not shown.resolve().is_dir():
        raise UserError(f"--out {out}: there is no folder {shown}", fix=f"make it first: mkdir -p {shown}")


def target(out: str) -> Path:
    """The file that is written: of `hf:FOLDER` its `train.parquet`."""
    return Path(out.removeprefix(DATASET)) / "train.parquet" if out.startswith(DATASET) else Path(out)


def write(rows: Iterable[Row], columns: Sequence[str], out: str, *, types: Mapping[str, object] | None = None) -> None:
    """Write the columns of the rows, in UTF-8; what a row lacks stays empty.

    Rows of `.conll` and `.conllu` have `words` and `tags`, those of `.json` are questions. `types` are Arrow types of
    columns for parquet; those of the others are told by the first rows. Raises `UserError` where it cannot.
    """
    path = target(out)
    kind, packing = endings(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    made = out.startswith(DATASET) and not path.parent.exists()
    found = iter(rows)
    try:
        with _as_user_error(out):
            if made:
                path.parent.mkdir()
            if kind == ".parquet":
                _parquet(found, columns, partial, out, types or {})
            else:
                with _text(partial, packing) as file:
                    _WRITERS[kind](found, columns, file)
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
        if made and path.parent.is_dir() and not path.exists():
            path.parent.rmdir()


@contextmanager
def _as_user_error(out: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(f"--out {out}: cannot be written ({error.strerror})", fix="give another folder") from None


_PACKERS: Mapping[str, Callable[[IO[bytes]], Any]] = {
    "": lambda raw: raw,
    # Neither name nor time go into the file, so that the same rows give the same bytes.
    ".gz": lambda raw: gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0),
    ".xz": partial(lzma.LZMAFile, mode="wb"),
    ".bz2": partial(bz2.BZ2File, mode="wb"),
}


@contextmanager
def _text(path: Path, packing: str) -> Iterator[IO[str]]:
    with path.open("wb") as raw:
        packed = _PACKERS[packing](raw)
        with TextIOWrapper(packed, encoding="utf-8", newline="") as file:
            yield file


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _jsonl(rows: Iterator[Row], columns: Sequence[str], file: IO[str]) -> None:
    for row in rows:
        file.write(_json({**{c: row.get(c) for c in columns}, **row}) + "\n")


def _delimited(mark: str) -> Callable[[Iterator[Row], Sequence[str], IO[str]], None]:
    def write(rows: Iterator[Row], columns: Sequence[str], file: IO[str]) -> None:
        writer = csv.writer(file, delimiter=mark, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row.get(c) for c in columns] for row in rows)  # of None the writer makes an empty cell

    return write


def _conll(rows: Iterator[Row], columns: Sequence[str], file: IO[str]) -> None:
    for row in rows:
        file.writelines(f"{word} {tag}\n" for word, tag in _tagged(row))
        file.write("\n")


def _conllu(rows: Iterator[Row], columns: Sequence[str], file: IO[str]) -> None:
    for row in rows:
        file.write(f"# sent_id = {row['id']}\n")
        file.writelines(f"# {name} = {row[name]}\n" for name in ("operator", "original") if row.get(name))
        for number, (word, tag) in enumerate(_tagged(row), start=1):
            file.write("\t".join([str(number), word, "_", tag, *"______"]) + "\n")
        file.write("\n")


def _tagged(row: Row) -> Iterator[tuple[str, str]]:
    return zip(cast("Sequence[str]", row["words"]), cast("Sequence[str]", row["tags"]), strict=True)


def _squad(rows: Iterator[Row], columns: Sequence[str], file: IO[str]) -> None:
    file.write('{"version": "1.1", "data": [')
    for number, row in enumerate(rows):
        answers = cast("Mapping[str, Sequence[object]]", row["answers"])
        pairs = zip(answers["text"], answers["answer_start"], strict=True)
        asked = {
            "id": row["id"],
            "question": row["question"],
            "answers": [{"text": text, "answer_start": start} for text, start in pairs],
            **{name: row[name] for name in ("operator", "original") if row.get(name)},
        }
        file.write((",\n" if number else "\n") + _json({"paragraphs": [{"context": row["context"], "qas": [asked]}]}))
    file.write("\n]}\n")


_WRITERS: Mapping[str, Callable[[Iterator[Row], Sequence[str], IO[str]], None]] = {
    ".csv": _delimited(","),
    ".tsv": _delimited("\t"),
    ".jsonl": _jsonl,
    ".conll": _conll,
    ".conllu": _conllu,
    ".json": _squad,
}


def _parquet(rows: Iterator[Row], columns: Sequence[str], path: Path, out: str, types: Mapping[str, object]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def table(batch: Sequence[Row], schema: Any = None) -> Any:
        return pa.Table.from_pylist([{c: row.get(c) for c in columns} for row in batch], schema=schema)

    first = list(islice(rows, _AT_ONCE))
    try:
        told = {c.name: c.type for c in table(first).schema} if first else {}
        usual = {c: pa.string() if pa.types.is_null(told.get(c, pa.null())) else told[c] for c in columns}
        schema = pa.schema([(c, types.get(c, usual[c])) for c in columns])
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            while first:
                writer.write_table(table(first, schema))
                first = list(islice(rows, _AT_ONCE))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        said = str(error).splitlines()[0].rstrip(".")
        raise UserError(
            f"--out {out}: the values of a column are not of one type ({said})", fix="write .jsonl instead"
        ) from None
