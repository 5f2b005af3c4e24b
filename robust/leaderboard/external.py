"""Adversarial texts from anyone: files beside an entry that lower what is best known of the model.

`external/<first 16 digits of the hash>.jsonl` holds a header line (who, when, with which model) and a line for each
text that fooled the model, with the model's answer, so that a board can be worked out from files alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from json import JSONDecodeError, loads
from pathlib import Path

from robust.errors import DataError
from robust.leaderboard.canonical import canonical, sha256
from robust.leaderboard.store import EXTERNAL, Folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One adversarial text: of which example, what the model's logits for it are, and who found it."""

    example_id: str
    adversarial: str
    logits: tuple[float, ...]
    by: str


def pack(texts: Sequence[Text], *, by: str, at: str, weights: str) -> tuple[str, bytes]:
    """The name and the bytes of a file of texts, in the order of the examples."""
    lines = [canonical({"by": by, "at": at, "weights": weights})]
    for text in sorted(texts, key=lambda t: (t.example_id, t.adversarial)):
        said = asdict(text)
        del said["by"]
        lines.append(canonical(said))
    data = b"\n".join(lines) + b"\n"
    return f"{EXTERNAL}/{sha256(data)[:16]}.jsonl", data


def read(folder: Folder) -> list[Text]:
    """All texts beside an entry. Raises `DataError` for a file whose name is not its hash, or that is no such file."""
    found: list[Text] = []
    for name in folder.names(f"{EXTERNAL}/*.jsonl"):
        data, place = folder.read(name), f"{folder}/{name}"
        if name != f"{EXTERNAL}/{sha256(data)[:16]}.jsonl":
            raise DataError(f"{place} was changed: its name is not its hash", fix="take the file from the repository")
        try:
            head, *lines = [loads(line) for line in data.splitlines()]
            found += [
                Text(
                    example_id=str(line["example_id"]),
                    adversarial=str(line["adversarial"]),
                    logits=tuple(float(value) for value in line["logits"]),
                    by=str(head["by"]),
                )
                for line in lines
            ]
        except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"{place} holds no external attack", fix="write it with `leaderboard attack`") from error
    return found


def read_texts(path: Path) -> list[tuple[str, str]]:
    """`(example_id, adversarial)` of a csv, tsv or jsonl file. Raises `DataError` where it is something else."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}", fix="give a csv, tsv or jsonl file in UTF-8") from error
    rows: list[Mapping[str, object]]
    if path.suffix == ".jsonl":
        try:
            rows = [loads(line) for line in text.split("\n") if line.strip()]
        except JSONDecodeError as error:
            raise DataError(f"{path} is no jsonl file: {error}", fix="write one JSON object a line") from error
    else:
        rows = list(csv.DictReader(io.StringIO(text), delimiter="\t" if path.suffix == ".tsv" else ","))
    found = []
    for number, row in enumerate(rows, 1):
        name, changed = (row.get("example_id"), row.get("adversarial")) if isinstance(row, Mapping) else (None, None)
        if not isinstance(name, str) or not isinstance(changed, str):
            raise DataError(f"{path}: row {number} lacks example_id or adversarial", fix="name the columns so")
        found.append((name, changed))
    return found
