"""Raw text, read as a stream: memory does not grow with the corpus."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import json
import lzma
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from robust.core.seeds import derive
from robust.data.files import encoding_name
from robust.errors import DataError, did_you_mean

_OPENERS: Mapping[str, Any] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
_TABLES = (".csv", ".tsv", ".jsonl")
KINDS = (".txt", *_TABLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of text: one paragraph a line (`.txt`), or one a row (`.csv .tsv .jsonl`, the column `text`).

    `share`: the part of its paragraphs that is used, drawn at random. Compressed files end in `.gz`, `.xz` or `.bz2`.
    """

    path: Path
    share: float = 1.0
    text: str = "text"
    encoding: str = "utf-8"

    @property
    def kind(self) -> str:
        """The ending of the file, compression apart."""
        suffixes = [suffix.lower() for suffix in self.path.suffixes if suffix.lower() not in _OPENERS]
        return suffixes[-1] if suffixes else ""


def parse_source(argument: str, *, text: str | None = None, encoding: str = "utf-8") -> Source:
    """A source as a user writes it: `FILE`, or `FILE@0.2` for a fifth of its paragraphs. Raises `DataError`."""
    name, at, given = argument.rpartition("@")
    share = 1.0
    if at and re.fullmatch(r"[0-9.]+", given) and not Path(argument).exists():
        try:
            share = float(given)
        except ValueError:
            share = 0.0
        if not 0 < share <= 1:
            raise DataError(f"--data {argument}: {given} is no share", fix="give a number above 0, up to 1: FILE@0.2")
    else:
        name = argument
    path = Path(name).expanduser()
    if not path.is_file():
        near = [child.name for child in path.parent.iterdir()] if path.parent.is_dir() else []
        what = "is a directory" if path.is_dir() else "no such file"
        raise DataError(f"{name}: {what}", fix=did_you_mean(path.name, near) or "name a file of text")
    source = Source(path=path, share=share, text=text or "text", encoding=encoding)
    if source.kind not in KINDS:
        raise DataError(
            f"{name}: cannot tell the format of a file that ends in {source.kind or 'no extension'!r}",
            fix=f"use one of {' '.join(KINDS)}, plain or with {' '.join(_OPENERS)}",
        )
    return source


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The paragraphs of several sources, one source after the other.

    `skip`: a regular expression; paragraphs in which it is found are left out. `limit`: paragraphs of each source at
    most. The same seed draws the same paragraphs, every time `texts` is called.
    """

    sources: Sequence[Source]
    skip: str | None = None
    limit: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        _pattern(self.skip)

    def texts(self) -> Iterator[str]:
        """Paragraphs without their line ends, never empty. Raises `DataError` for what cannot be read."""
        unwanted = _pattern(self.skip)
        for number, source in enumerate(self.sources):
            draw = _draws(derive("corpus", self.seed, number), source.share)
            found = 0
            for paragraph in _read(source):
                if not paragraph or (unwanted and unwanted.search(paragraph)) or not next(draw):
                    continue
                yield paragraph
                found += 1
                if found == self.limit:
                    break

    @property
    def fingerprint(self) -> str:
        """Pins the files (by content) and how they are read. Raises `DataError` for an encoding that there is not."""
        digest = hashlib.sha256(json.dumps([self.skip, self.limit, self.seed]).encode())
        for source in self.sources:
            with source.path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            read = [content, source.kind, encoding_name(source.encoding), source.share, source.text]
            digest.update(json.dumps(read).encode())
        return f"sha256:{digest.hexdigest()[:16]}"


def _pattern(skip: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(skip) if skip else None
    except re.error as error:
        raise DataError(f"--skip {skip}: no regular expression ({error})", fix="write \\( for a bracket") from None


def _draws(seed: int, share: float) -> Iterator[bool]:
    """An endless run of draws, each true with probability `share`."""
    generator = np.random.default_rng(seed)
    while True:
        yield from (generator.random(4096) < share).tolist()


def _read(source: Source) -> Iterator[str]:
    opener = _OPENERS.get(source.path.suffix.lower(), open)
    line = 0
    try:
        with opener(source.path, "rt", encoding=source.encoding, newline="") as file:
            if source.kind == ".txt":
                for paragraph in file:
                    line += 1
                    yield paragraph.strip()
            elif source.kind == ".jsonl":
                for line, row in enumerate(file, 1):
                    if row.strip():
                        yield _cell(json.loads(row), source, line)
            else:
                yield from _table(file, source)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{source.path}:{line + 1}: not {source.encoding} (byte 0x{error.object[error.start]:02x})",
            fix="name its --encoding (latin-1, cp1252, …)",
        ) from None
    except json.JSONDecodeError as error:
        raise DataError(f"{source.path}:{line}: broken JSON ({error.msg})", fix="give one object a line") from None
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise DataError(f"{source.path}: cannot be read ({error})", fix="check the file") from None


def _table(file: io.TextIOBase, source: Source) -> Iterator[str]:
    csv.field_size_limit(1 << 27)
    rows = csv.DictReader(file, delimiter="\t" if source.kind == ".tsv" else ",")
    for row in rows:
        yield _cell(row, source, rows.line_num)


def _cell(row: Any, source: Source, line: int) -> str:
    known = list(row) if isinstance(row, dict) else []
    if source.text not in known:
        hint = did_you_mean(source.text, known) or f"name the column with --text ({', '.join(map(str, known[:8]))})"
        raise DataError(f"{source.path}:{line}: no column {source.text!r}", fix=hint)
    return " ".join(str(row[source.text] or "").split())
