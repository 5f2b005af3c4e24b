"""The files of a rating: csv or Label Studio tasks with instructions for raters, the key, and ratings to read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias
from xml.sax.saxutils import quoteattr

from robust.data.files import decode, load
from robust.errors import DataError, UserError
from robust.evaluation.validity import UNCLEAR, Rating, Sample

Format: TypeAlias = Literal["csv", "label-studio"]

INSTRUCTIONS = """\
INSTRUCTIONS

Read each text on its own and say what it expresses: {labels}. If you cannot tell, choose "unclear".
Some texts have typing errors or odd words. Judge what the writer means, not how well it is written.
Then say how natural the text sounds, from 1 (no one would write this) to 5 (as people write).
Do not go back to change earlier answers, and do not talk about the texts with other raters.

INSTRUCCIONES

Lea cada texto por separado y diga qué expresa: {labels}. Si no se puede saber, elija «unclear».
Algunos textos tienen errores de tecleo o palabras raras. Juzgue lo que quiere decir quien escribe, no cómo lo escribe.
Después diga cómo de natural le suena, de 1 (nadie escribiría así) a 5 (así escribe la gente).
No vuelva atrás para cambiar respuestas y no comente los textos con otras personas que los valoren.
"""
"""Both languages, because raters of Spanish texts may read either."""

_COLUMNS = {
    "item": ("item",),
    "label": ("label",),
    "natural": ("natural",),
    "rater": ("rater", "annotator"),
}


def write(sample: Sample, out: Path, key: Path, *, kind: Format) -> list[Path]:
    """Write what raters get and the key; returns all files written.

    csv: `item, text, context, label, natural` with the last two empty. Label Studio: tasks as JSON, and its labelling
    interface. The instructions stand beside either. Raises `UserError` for a key that would be one of these files, and
    for files that cannot be written.
    """
    choices = (*sample.labels, UNCLEAR)
    instructions = out.with_suffix(".instructions.txt")
    told = INSTRUCTIONS.format(labels=", ".join(sample.labels))
    files = {instructions: told}
    if kind == "csv":
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["item", "text", "context", "label", "natural"])
        writer.writerows([item.id, item.text, item.context, "", ""] for item in sample.items)
        files[out] = table.getvalue()
    else:
        tasks = [{"data": {"item": one.id, "text": one.text, "context": one.context}} for one in sample.items]
        files[out] = json.dumps(tasks, indent=2, ensure_ascii=False) + "\n"
        files[out.with_suffix(".config.xml")] = _interface(told, choices)
    if key.resolve() in {path.resolve() for path in files}:
        raise UserError(f"--key {key} is a file for the raters", fix="give the key another name")
    files = {key: json.dumps(sample.key(), indent=2, ensure_ascii=False) + "\n", **files}
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as error:
            raise UserError(f"{path} cannot be written: {error.strerror}", fix="choose another --out") from error
    return list(files)


def _interface(told: str, choices: Sequence[str]) -> str:
    options = "\n".join(f"    <Choice value={quoteattr(choice)}/>" for choice in choices)
    paragraphs = "\n".join(f'  <Header size="6" value={quoteattr(line)}/>' for line in told.splitlines() if line)
    return (
        f"<View>\n{paragraphs}\n"
        '  <Text name="context" value="$context"/>\n  <Text name="text" value="$text"/>\n'
        f'  <Choices name="label" toName="text" choice="single" required="true">\n{options}\n  </Choices>\n'
        '  <Rating name="natural" toName="text" maxRating="5"/>\n</View>\n'
    )


def read_key(path: Path) -> dict[str, Any]:
    """The key of a sample. Raises `DataError` for a file that is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataError(f"there is no key {path}", fix="name the file that `robust validity export` wrote") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}", fix="name the key's file") from None
    if not isinstance(found, dict) or found.get("validity_key_version") != 1:
        raise DataError(f"{path} is no key of a sample", fix="name the file that `robust validity export` wrote")
    return found


def read_ratings(paths: Sequence[Path], labels: Sequence[str]) -> Iterator[Rating]:
    """The ratings of csv files, or of Label Studio's exports as csv or JSON-MIN; rows without a label are passed over.

    Columns: `item`, `label` and, where there are any, `natural` and `rater` (or `annotator`). Without a rater's column
    each file is one rater's. Raises `DataError` with file and row for a label that is none.
    """
    known = {name.strip().casefold(): name for name in (*labels, UNCLEAR)}
    for path in paths:
        for number, row in _records(path):
            label, item = str(row.get("label") or "").strip(), str(row.get("item") or "").strip()
            if not label:
                continue
            if not item:
                raise DataError(f"{path}, row {number}: a rating without an item", fix="keep the column item as it was")
            if label.casefold() not in known:
                raise DataError(f"{path}, row {number}: {label!r} is no label", fix=f"use {', '.join(known.values())}")
            yield Rating(
                item=item,
                rater=str(row.get("rater") or "").strip() or str(path),
                label=known[label.casefold()],
                natural=_natural(row.get("natural"), path, number),
            )


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    content = load(str(path), kinds=(".csv", ".json"))
    text = decode(content, "utf-8-sig")
    if content.kind == ".json":
        try:
            rows = json.loads(text)
        except ValueError as error:
            raise DataError(f"{path} is not JSON: {error}", fix="export as JSON-MIN or csv") from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DataError(f"{path} is not a list of ratings", fix="export as JSON-MIN or csv")
        names = list(dict.fromkeys(name for row in rows for name in row))
        first = 1
    else:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        names, rows, first = list(reader.fieldnames or ()), list(reader), 2
    columns = {key: name for key, all_ in _COLUMNS.items() for known in all_ for name in names if name == known}
    if missing := [key for key in ("item", "label") if key not in columns]:
        raise DataError(f"{path} has no column {missing[0]!r} (it has {', '.join(map(str, names))})", fix="keep it")
    for number, row in enumerate(rows, start=first):
        yield number, {key: row.get(name) for key, name in columns.items()}


def _natural(value: object, path: Path, number: int) -> float | None:
    written = str(value if value is not None else "").strip()
    if inner := re.search(r"rating\W+(\d+)", written):  # Label Studio writes {"rating": 4}, in a list at times
        written = inner[1]
    if not written:
        return None
    if written not in ("1", "2", "3", "4", "5"):
        raise DataError(f"{path}, row {number}: natural is {written!r}", fix="use 1 to 5, or leave it empty")
    return float(written)
