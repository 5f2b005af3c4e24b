"""Sentences with a line a word: the column files of the CoNLL shared tasks, and CoNLL-U."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from robust.errors import DataError, did_you_mean

CONLLU: Mapping[str, int] = {"lemma": 2, "upos": 3, "xpos": 4, "feats": 5, "deprel": 7}
"""Columns of CoNLL-U that can be tags."""

DOCUMENT = "-DOCSTART-"
_ID = "sent_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Words and their tags, the line (from 1) of the first word, and the id that the file gives the sentence."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    line: int
    id: str | None = None


def read_columns(text: str, *, tags: str | None, place: str) -> tuple[list[Sentence], int]:
    """Sentences of a column file, and the number of the tag column (from 0).

    Columns are apart by a tab, or else by spaces; the first is the word; blank lines end sentences, `-DOCSTART-` lines
    are left out. `tags` is the tag's column: a number from 0, or from the end if negative; `ner`, the last one;
    `pos`, the second one; None is the last one. Raises `DataError` with the line.
    """
    found = list(column_sentences(text.split("\n"), tags=tags, place=place))
    return [sentence for sentence, _ in found], found[0][1] if found else 0


def column_sentences(lines: Iterable[str], *, tags: str | None, place: str) -> Iterator[tuple[Sentence, int]]:
    """The sentences of a column file's lines, one by one, each with the tag column; as `read_columns` says."""
    kept: list[tuple[int, list[str]]] = []
    width = column = None

    def ended() -> Iterator[tuple[Sentence, int]]:
        if kept:
            words, labels = zip(*((cells[0], cells[column or 0]) for _, cells in kept), strict=True)
            yield Sentence(words=words, tags=labels, line=kept[0][0]), column or 0
            kept.clear()

    for number, line in _numbered(lines):
        cells = line.split("\t") if "\t" in line else re.split(" +", line.strip())
        if not line.strip() or cells[0] == DOCUMENT:
            yield from ended()
            continue
        cells = [cell.strip() for cell in cells]
        if width is None:
            width, column = len(cells), _column(tags, len(cells), f"{place}:{number}")
        if len(cells) != width:
            raise DataError(
                f"{place}:{number}: {_columns(len(cells))} where the lines before have {width}",
                fix="give every word a line with the same columns, and end sentences with an empty line",
            )
        if not all((cells[0], cells[column or 0])):
            raise DataError(
                f"{place}:{number}: the {'tag' if cells[0] else 'word'} is empty", fix="fill it in, or remove the line"
            )
        kept.append((number, cells))
    yield from ended()


def _column(tags: str | None, width: int, where: str) -> int:
    named = {None: -1, "ner": -1, "pos": 1}
    if tags not in named and not re.fullmatch(r"-?\d+", str(tags)):
        raise DataError(
            f"--tags {tags}: a column file has no such column",
            fix="use ner (the last column), pos (the second), or a number from 0 (negative: from the end)",
        )
    number = named[tags] if tags in named else int(str(tags))
    column = number + width if number < 0 else number
    if width == 1:
        raise DataError(
            f"{where}: a single column, where a word and its tag belong",
            fix="separate columns by a space or a tab; for other formats use a file named .conllu, .jsonl or .parquet",
        )
    if not 1 <= column < width:
        raise DataError(f"{where}: {_columns(width)}, no tags in column {number}", fix=f"use --tags 1 to {width - 1}")
    return column


def _columns(n: int) -> str:
    return "1 column" if n == 1 else f"{n} columns"


def read_conllu(text: str, *, tags: str | None, place: str) -> tuple[list[Sentence], int]:
    """Sentences of a CoNLL-U file (Universal Dependencies), and the number of the tag column (from 0).

    Words are the syntactic ones: the lines of multiword tokens (`3-4`) and of empty nodes (`8.1`) are left out. `tags`
    is one of `CONLLU`, or its number; None and `pos` are `upos`. Raises `DataError` with the line.
    """
    found = list(conllu_sentences(text.split("\n"), tags=tags, place=place))
    return [sentence for sentence, _ in found], conllu_column(tags)


def conllu_column(tags: str | None) -> int:
    """The number of the tag column (from 0). Raises `DataError` for a name that is none."""
    name = "upos" if tags in (None, "pos") else str(tags)
    column = CONLLU.get(name, int(name) if name.isdecimal() and 1 < int(name) < 10 else -1)
    if column < 0:
        raise DataError(
            f"--tags {tags}: CoNLL-U has no such column of tags", fix=did_you_mean(name, CONLLU) or "use upos or xpos"
        )
    return column


def conllu_sentences(lines: Iterable[str], *, tags: str | None, place: str) -> Iterator[tuple[Sentence, int]]:
    """The sentences of a CoNLL-U file's lines, one by one, each with the tag column; as `read_conllu` says."""
    column = conllu_column(tags)
    name = "upos" if tags in (None, "pos") else str(tags)
    kept: list[tuple[int, list[str]]] = []
    own: str | None = None

    def ended() -> Iterator[tuple[Sentence, int]]:
        if kept:
            words, labels = zip(*((cells[1], cells[column]) for _, cells in kept), strict=True)
            yield Sentence(words=words, tags=labels, line=kept[0][0], id=own), column
            kept.clear()

    for number, line in _numbered(lines):
        if not line.strip():
            yield from ended()
            own = None
            continue
        if line.startswith("#"):
            key, _, value = line[1:].partition("=")
            own = value.strip() or own if key.strip() == _ID else own
            continue
        cells = line.split("\t")
        if len(cells) != 10:
            raise DataError(
                f"{place}:{number}: {_columns(len(cells))} apart by tabs, where CoNLL-U has 10",
                fix="mend the line; a file with other columns needs another ending than .conllu",
            )
        if re.fullmatch(r"\d+[-.]\d+", cells[0]):
            continue
        if not cells[0].isdecimal():
            raise DataError(
                f"{place}:{number}: {cells[0]!r} is no word number", fix="number the words of each sentence"
            )
        if not cells[1] or cells[column] in ("", "_"):
            raise DataError(
                f"{place}:{number}: the word has no {name if cells[1] else 'form'}",
                fix="fill it in, or use another column: --tags upos or --tags xpos",
            )
        kept.append((number, cells))
    yield from ended()


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines without their ends, with their numbers from 1."""
    return ((number, line.rstrip("\r\n")) for number, line in enumerate(lines, start=1))
