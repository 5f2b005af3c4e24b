"""Entries without texts, for benchmarks whose texts may not be passed on: rows hold what is to be changed in them.

Whoever has the benchmark restores the rows; their hashes are those of the whole rows, so that nothing can be put in
their place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from robust.core.types import Fields
from robust.errors import DataError
from robust.lang.tokenise import spans
from robust.leaderboard.canonical import canonical, combined, sha256
from robust.leaderboard.rows import CONTENT, row_plain
from robust.results.rows import Row

_FIX = "give the benchmark that the entry names"
NOTHING = "[]"
"""The change between two equal texts."""


def change(original: str, changed: str) -> str:
    """What is to be done to `original`: JSON, `[[start, end, new], …]` in characters, from left to right.

    Whole words are put in the place of whole words where that will do.
    """
    one, two = list(_parts(original)), list(_parts(changed))
    found: list[tuple[int, int, str]] = []
    ends = [0]
    for part in one:
        ends.append(ends[-1] + len(part))
    for kind, i, j, k, m in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind != "equal":
            found.append((ends[i], ends[j], "".join(two[k:m])))
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def changed(original: str, told: str) -> str:
    """`original` after the change `told`. Raises `ValueError` for one that is of another text."""
    made: list[str] = []
    at = 0
    for start, end, new in json.loads(told):
        if not at <= start <= end <= len(original):
            raise ValueError(f"[{start}, {end}) lies outside the text")
        made += [original[at:start], str(new)]
        at = end
    return "".join(made) + original[at:]


def _parts(text: str) -> Iterator[str]:
    """Words, and single signs between them; together they are the text."""
    at = 0
    for start, end in spans(text):
        yield from text[at:start]
        yield text[start:end]
        at = end
    yield from text[at:]


def withhold(rows: Sequence[Row]) -> list[Row]:
    """Sealed rows without the texts of the benchmark; of fields that stand before and after there is the number."""
    return [
        {
            **row,
            "before": None if row["before"] is None else [""] * len(row["before"]),
            "after": None if row["after"] is None else [""] * len(row["after"]),
            "original": None,
            "adversarial": None if row["adversarial"] is None else change(row["original"], row["adversarial"]),
        }
        for row in rows
    ]


def restore(rows: Sequence[Row], texts: Mapping[str, Fields], *, place: str) -> list[Row]:
    """The whole rows, with the texts (fields of each row by its id). Raises `DataError` where they do not fit."""
    made: list[Row] = []
    for row in rows:
        name, first = row["example_id"], len(row["before"] or ())
        fields = texts.get(name)
        if fields is None or len(fields) != first + 1 + len(row["after"] or ()):
            said = "has no row" if fields is None else f"has {len(fields)} texts in the row"
            raise DataError(f"{place} {said} {name!r}", fix=_FIX)
        original = fields[first]
        try:
            adversarial = None if row["adversarial"] is None else changed(original, row["adversarial"])
        except ValueError as error:
            raise DataError(f"{place}: {name!r} is not the text that was attacked ({error})", fix=_FIX) from error
        made.append(
            {
                **row,
                "before": None if row["before"] is None else list(fields[:first]),
                "after": None if row["after"] is None else list(fields[first + 1 :]),
                "original": original,
                "adversarial": adversarial,
            }
        )
    return made


def stored_hash(rows: Sequence[Row]) -> str:
    """One hash of rows as they are stored, their own hashes included."""
    columns = (*CONTENT, "row_sha256")
    return combined(sha256(canonical({name: row_plain(name, row.get(name)) for name in columns})) for row in rows)
