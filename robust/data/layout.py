"""Whether the first row of a csv or tsv file names the columns, and what the columns are where nothing names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robust.data.columns import LABELS, PAIRS, TEXTS, same_name
from robust.data.delimited import Cells
from robust.data.table import DataSpec
from robust.errors import DataError

_MOST_LABELS = 20
_LONGEST_LABEL = 40


@dataclass(frozen=True, kw_only=True)
class Layout:
    """`guesses` names the text and label column of a file without a header, as far as the values tell."""

    header: bool
    guesses: Mapping[str, str]


def find_layout(cells: Cells, spec: DataSpec, place: str) -> Layout:
    """Decide on the header. Raises `DataError` that asks for `--header` or `--no-header` when nothing decides."""
    header = _header(cells.rows, spec)
    if header is None:
        shown = " | ".join(
            cell if len(cell) <= _LONGEST_LABEL else cell[:_LONGEST_LABEL] + "…" for cell in cells.rows[0]
        )
        raise DataError(
            f"{place}:1: cannot tell whether the first row names the columns: {shown}",
            fix="if it does, name the columns with --text and --label; if it is data, say --no-header",
        )
    return Layout(header=header, guesses={} if header else _guesses(cells.rows))


def _header(rows: Sequence[Sequence[str]], spec: DataSpec) -> bool | None:
    if spec.header is not None:
        return spec.header
    first = rows[0]
    known_names = (*TEXTS, *LABELS, *(name for pair in PAIRS for name in pair))
    asked = [name for name in (spec.text, spec.pair, spec.label, spec.id) if name]
    if any(not name.isdecimal() and same_name(name, cell) for name in asked for cell in first):
        return True
    if any(same_name(known, cell) for known in known_names for cell in first):
        return True
    if asked:  # names that the first row lacks are a mistake to report, numbers mean that there are no names
        return not all(name.isdecimal() for name in asked)
    return False if _label_columns(rows) else None


def _label_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Columns whose values, the first row's included, are a small set of labels: numbers, or words that come back."""
    found = []
    for at, column in enumerate(zip(*rows, strict=True)):
        values = {value.strip() for value in column}
        small = len(values) <= _MOST_LABELS and all(0 < len(value) <= _LONGEST_LABEL for value in values)
        numbers = all(value.removeprefix("-").isdecimal() for value in values)
        if small and (numbers or column[0].strip() in {value.strip() for value in column[1:]}):
            found.append(at)
    return found


def _guesses(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    labels = _label_columns(rows)
    guesses = {"label": str(labels[0])} if len(labels) == 1 else {}
    others = [at for at in range(len(rows[0])) if at not in labels]
    spaced = [at for at in others if 2 * sum(" " in row[at].strip() for row in rows) > len(rows)]
    texts = spaced or others
    if len(texts) == 1:
        guesses["text"] = str(texts[0])
    return guesses
