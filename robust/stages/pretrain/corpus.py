"""Raw text, read as a stream: memory does not grow with the corpus."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from robust.core.seeds import derive
from robust.data.columns import Chosen, same_name
from robust.data.files import encoding_name, endings, found, reading
from robust.data.stream import TextStream, opened
from robust.data.table import DataSpec
from robust.errors import DataError, did_you_mean

KINDS = (".txt", ".csv", ".tsv", ".jsonl")
_AT_ONCE = 64


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
        return endings(self.path)[0]


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
    found(name, KINDS)
    encoding_name(encoding)
    return Source(path=path, share=share, text=text or "text", encoding=encoding)


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
    _empty: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _pattern(self.skip)

    def texts(self) -> Iterator[str]:
        """Paragraphs without their line ends, never empty. Raises `DataError` for what cannot be read."""
        unwanted = _pattern(self.skip)
        for number, source in enumerate(self.sources):
            draw = _draws(derive("corpus", self.seed, number), source.share)
            taken = empty = 0
            for paragraph in _lines(source) if source.kind == ".txt" else _cells(source):
                empty += not paragraph
                if not paragraph or (unwanted and unwanted.search(paragraph)) or not next(draw):
                    continue
                yield paragraph
                taken += 1
                if taken == self.limit:
                    break
            self._empty[number] = empty if source.kind != ".txt" else 0  # there, empty lines part paragraphs

    def empty_rows(self) -> tuple[int, ...]:
        """Rows of each source that had no text, as far as `limit` reads; reads everything if nobody has yet."""
        if len(self._empty) < len(self.sources):
            for _ in self.texts():
                pass
        return tuple([self._empty[number] for number in range(len(self.sources))])

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


def _lines(source: Source) -> Iterator[str]:
    with reading(str(source.path), encoding=source.encoding) as file:
        for line in file:
            yield line.strip().removeprefix("\ufeff")


def _cells(source: Source) -> Iterator[str]:
    """The text of each row, empty where it has none, with single spaces for white space."""
    spec = DataSpec(source=str(source.path), text=source.text, label="", id="", encoding=source.encoding)
    with opened(spec) as table:
        stream = TextStream(spec=spec, source=table, chosen=_chosen(source, table.head.columns))
        at = 0
        for piece in stream.pieces(_AT_ONCE):
            for row, _ in piece:
                yield from [""] * (row.at - at)
                yield " ".join(row.fields[0].split())
                at = row.at + 1
        yield from [""] * (stream.tally.total - at)


def _chosen(source: Source, columns: Sequence[str]) -> Chosen:
    named = [column for column in columns if column == source.text]
    named = named or [column for column in columns if same_name(column, source.text)]
    if len(named) != 1:
        hint = did_you_mean(source.text, columns) or f"name the column with --text ({', '.join(columns[:8])})"
        raise DataError(f"{source.path}: no column {source.text!r}", fix=hint)
    return Chosen(texts=(named[0],), label=None, id=None, lang=None)
