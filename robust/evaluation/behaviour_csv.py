"""Behavioural tests from csv files: HateCheck's columns, or one row a sentence as CheckList's tests are written out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from robust.data.files import decode, load
from robust.errors import DataError
from robust.evaluation.cases import Case, Kind

_NAMES: Mapping[str, tuple[str, ...]] = {
    "test": ("functionality", "test_name", "test"),
    "text": ("test_case", "text", "sentence"),
    "label": ("label_gold", "label", "expected"),
    "id": ("case_id", "case", "id"),
    "capability": ("capability", "class"),
    "kind": ("test_type", "type", "kind"),
    "direction": ("direction_of_label", "expected_direction"),
    "tolerance": ("tolerance",),
}


def read_cases(path: str) -> list[Case]:
    """The cases of a csv file.

    Columns: a test (`functionality`, `test_name`, `test`) and a text (`test_case`, `text`, `sentence`), and, where
    there are any, a label (`label_gold`, `label`, `expected`), a case (`case_id`, `case`, `id`), `capability`, a kind
    (`test_type`, `type`, `kind`: MFT, INV or DIR; MFT where it is missing), and for DIR `expected_direction` (up, down)
    and `tolerance` of the probability of the label. Rows of an INV or DIR test with the same case are its variants, the
    first of them the original. HateCheck (Röttger et al. 2021, aclanthology.org/2021.acl-long.4) is such a file; its
    column `direction` means something else and is not read.

    Raises `DataError` with the row where something is missing.
    """
    content = load(path, kinds=(".csv", ".tsv"))
    text = decode(content, "utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if content.kind == ".tsv" else ",")
    columns = _columns(reader.fieldnames or (), path)
    groups: dict[tuple[str, str], list[tuple[int, Mapping[str, str]]]] = {}
    for number, row in enumerate(reader, start=2):
        said = {key: (row[column] or "").strip() for key, column in columns.items()}
        if not said["test"] or not said["text"]:
            raise DataError(f"{path}, row {number}: no {'text' if said['test'] else 'test'}", fix="fill it in")
        kind = said.get("kind", "").upper() or "MFT"
        if kind not in get_args(Kind):
            raise DataError(f"{path}, row {number}: {kind!r} is no kind of test", fix="use MFT, INV or DIR")
        own = said.get("id") or str(number)
        # an MFT's rows are cases of their own, whatever they are called
        key = (said["test"], own if kind != "MFT" else f"{own}\x1f{number}")
        groups.setdefault(key, []).append((number, {**said, "kind": kind, "id": own}))
    if not groups:
        raise DataError(f"{path} has no rows", fix="give a file with at least one test")
    return [_case(rows, path) for rows in groups.values()]


def _columns(names: Sequence[str], path: str) -> dict[str, str]:
    plain = {name.strip().lower(): name for name in names if name}
    found = {key: plain[known] for key, all_ in _NAMES.items() for known in all_[::-1] if known in plain}
    for key in ("test", "text"):
        if key not in found:
            raise DataError(
                f"{Path(path).name} has no column for the {key} (it has {', '.join(plain) or 'none'})",
                fix=f"call it {' or '.join(_NAMES[key])}",
            )
    return found


def _case(rows: Sequence[tuple[int, Mapping[str, str]]], path: str) -> Case:
    number, first = rows[0]
    kind: Kind = "MFT" if first["kind"] == "MFT" else "INV" if first["kind"] == "INV" else "DIR"
    label = first.get("label") or None
    direction = first.get("direction", "").lower()
    if kind != "INV" and label is None:
        raise DataError(f"{path}, row {number}: {kind} without a label", fix="add a column label")
    if kind == "DIR" and direction not in ("up", "down"):
        raise DataError(f"{path}, row {number}: a DIR test needs a direction", fix="add expected_direction: up or down")
    if kind != "MFT" and len(rows) < 2:
        raise DataError(
            f"{path}, row {number}: case {first['id']} of {first['test']} has one text alone",
            fix="give the texts that are to be compared the same case",
        )
    try:
        tolerance = float(first.get("tolerance") or 0.1)
    except ValueError:
        raise DataError(f"{path}, row {number}: tolerance is {first['tolerance']!r}", fix="use 0 to 1") from None
    return Case(
        test=first["test"],
        capability=first.get("capability") or first["test"],
        kind=kind,
        id=first["id"],
        texts=tuple(said["text"] for _, said in rows),
        label=label if kind != "INV" else None,
        direction=("up" if direction == "up" else "down") if kind == "DIR" else None,
        tolerance=tolerance,
    )
