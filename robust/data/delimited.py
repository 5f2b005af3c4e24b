"""csv and tsv: rows of cells with the line each one starts on.

csv follows RFC 4180 (quotes around a cell, doubled quotes and line breaks inside); the delimiter is the comma,
semicolon or tab that gives every row the same number of cells, in that order of preference.

Many tsv files are written without any quoting: a quotation mark in them is part of the text. A tsv file is read with
quote processing only when every cell that starts with a quotation mark is well-formed as a quoted cell and, besides,
either the rows are of equal length only when read so (tabs or line breaks inside quotes), or some quoted cell has
doubled quotes inside, or a whole column (the header apart) is quoted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from robust.errors import DataError

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
_MARKS = {name: mark for mark, name in _NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class Cells:
    """`rows` all have the same number of cells; `lines` holds the line (from 1) where each one starts."""

    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    quotes: bool


@dataclass(frozen=True)
class _Reading:
    rows: list[list[str]]
    lines: list[int]
    fault: tuple[int, str] | None = None

    @property
    def even(self) -> bool:
        return self.fault is None and len({len(row) for row in self.rows}) == 1

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def parse(text: str, kind: str, place: str) -> Cells:
    """Cells of a `.csv` or `.tsv` text. Raises `DataError` with the line of the first row that does not fit."""
    if kind == ".tsv":
        reading, quotes = _tsv(text)
        delimiter = "\t"
    else:
        readings = {mark: _csv(text, mark) for mark in _NAMES}
        even = [mark for mark, reading in readings.items() if reading.even and reading.width > 1]
        delimiter = even[0] if even else max(_NAMES, key=lambda mark: readings[mark].width)
        reading, quotes = readings[delimiter], True
    if reading.fault is not None:
        raise _invalid(place, *reading.fault)
    for row, line in zip(reading.rows, reading.lines, strict=True):
        if len(row) != reading.width:
            raise _uneven(row, reading.width, kind, f"{place}:{line}")
    return Cells(rows=reading.rows, lines=reading.lines, delimiter=_NAMES[delimiter], quotes=quotes)


def follow(lines: Iterable[str], cells: Cells, kind: str, place: str) -> Iterator[tuple[list[str], int]]:
    """The rows of a file laid out as `cells`, a beginning of it, one by one, each with the line where it starts.

    `lines` are the lines of the whole file with their ends. Raises `DataError` as `parse` does.
    """
    width, mark = len(cells.rows[0]), _MARKS[cells.delimiter]
    for row, line in _quoted(lines, mark, place) if cells.quotes else _unquoted(lines):
        if len(row) != width:
            raise _uneven(row, width, kind, f"{place}:{line}")
        yield row, line


def _quoted(lines: Iterable[str], delimiter: str, place: str) -> Iterator[tuple[list[str], int]]:
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        limit = csv.field_size_limit(2**31 - 1)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _invalid(place, start, str(error)) from None
        finally:
            csv.field_size_limit(limit)
        if row and (len(row) > 1 or row[0].strip()):
            yield row, start


def _unquoted(lines: Iterable[str]) -> Iterator[tuple[list[str], int]]:
    for number, line in enumerate(lines, start=1):
        if cells := line.rstrip("\r\n"):
            yield cells.split("\t"), number


def _invalid(place: str, line: int, why: str) -> DataError:
    return DataError(
        f"{place}:{line}: not valid csv ({why})",
        fix='put quotes around the whole cell and double the quotes inside it: "she said ""no"", twice"',
    )


def _uneven(row: Sequence[str], width: int, kind: str, where: str) -> DataError:
    few = "too few" if len(row) < width else "too many"
    return DataError(
        f"{where}: {few} fields: {len(row)} where the first row has {width}",
        fix="put quotes around a cell that holds a comma, semicolon or line break"
        if kind == ".csv"
        else "take tabs and line breaks out of the cells",
    )


def _tsv(text: str) -> tuple[_Reading, bool]:
    raw = _plain(text)
    if not any(cell.startswith('"') for row in raw.rows for cell in row):
        return raw, False
    quoted = _csv(text, "\t")
    if not quoted.even or (raw.even and (quoted.width != raw.width or len(quoted.rows) != len(raw.rows))):
        return raw, False
    if raw.even and not _looks_quoted(raw.rows):
        return raw, False
    return quoted, True


def _plain(text: str) -> _Reading:
    end = "\n" if "\n" in text else "\r"
    rows, lines = [], []
    for number, line in enumerate(text.split(end), start=1):
        if cells := line.removesuffix("\r"):
            rows.append(cells.split("\t"))
            lines.append(number)
    return _Reading(rows, lines)


def _looks_quoted(rows: Sequence[Sequence[str]]) -> bool:
    body = rows[1:] or rows
    whole_column = any(all(cell.startswith('"') for cell in column) for column in zip(*body, strict=True))
    return whole_column or any(cell.startswith('"') and '""' in cell[1:-1] for row in rows for cell in row)


def _csv(text: str, delimiter: str) -> _Reading:
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    limit = csv.field_size_limit(2**31 - 1)  # the default, 128 kB, is less than a long review
    try:
        while True:
            start = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return _Reading(rows, lines)
            except csv.Error as error:
                return _Reading(rows, lines, (start, str(error)))
            if row and (len(row) > 1 or row[0].strip()):
                rows.append(row)
                lines.append(start)
    finally:
        csv.field_size_limit(limit)
