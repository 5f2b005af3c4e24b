"""`robust augment`: changed copies of the rows of a data set."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from robust.data.table import Records, Row, Table
    from robust.stages.augment import Copy

OWN = ("original", "operator")


def augment(
    recipe: Annotated[str, typer.Option("--recipe", "-r", help="Recipe name (robust recipes ls) or a .yaml file.")],
    data: Annotated[
        str,
        typer.Option("--data", "-d", help="starter-en, starter-es, a csv/tsv/jsonl/parquet file or hf:NAME."),
    ],
    out: Annotated[Path, typer.Option(help="File of the copies: .csv, .tsv, .jsonl or .parquet.")],
    text: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    pair: Annotated[str | None, typer.Option(help="Column of the second text of a pair; it stays as it is.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the label; '' where there is none.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Column of the ids; '' numbers the rows.")] = None,
    label_map: Annotated[
        str | None, typer.Option(help="Data label=new label, comma-separated; labels not named are left out.")
    ] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether a csv/tsv file starts with column names.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file.")] = "utf-8",
    split: Annotated[str | None, typer.Option(help="Split of an hf: set.")] = None,
    config: Annotated[str | None, typer.Option(help="Configuration of an hf: set.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es, where the data do not say.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N rows.")] = None,
    copies: Annotated[int | None, typer.Option(min=1, help="Copies of each row. Default: the recipe's.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Write every row itself, too, before its copies.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Override a recipe field: augment.share=0.2. Repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace --out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
) -> None:
    """Make changed copies of texts that keep their labels.

    Writes the columns of the data with the changed text in place, `original` (the text it came from) and `operator`
    (the transformation). The same seed gives the same file.
    """
    from robust.cli.present import console
    from robust.data.labels import parse_label_map
    from robust.data.source import DataSpec, read_whole
    from robust.data.write import writable, write
    from robust.errors import DataError
    from robust.lang.base import language
    from robust.recipe.augment import AugmentRecipe
    from robust.recipe.load import load
    from robust.stages.augment import augment as change

    began = time.perf_counter()
    changes = [*(overrides or ()), *([f"augment.copies={copies}"] if copies else ())]
    plan = load(recipe, family="augment", schema=AugmentRecipe, overrides=changes)
    writable(out, force=force)
    spec = DataSpec(
        source=data,
        text=text,
        pair=pair,
        label=label,
        id=id_column,
        label_map=parse_label_map(label_map) if label_map else {},
        header=header,
        encoding=encoding,
        split=split,
        config=config,
        lang=language(lang).code if lang else None,
        limit=limit,
    )
    table, records = read_whole(spec)
    if taken := [name for name in OWN if name in records.columns]:
        raise DataError(f"{records.place}: has a column {taken[0]!r} of its own", fix="rename it")
    only = plan.languages[0] if len(plan.languages) == 1 else None
    code = spec.lang or (None if table.lang or any(row.lang for row in table.rows) else only)
    made: list[int] = []
    changed: set[str] = set()

    def counted(found: Iterable[Copy]) -> Iterator[Copy]:
        for copy in found:
            made.append(copy.words_changed)
            changed.add(copy.row.id)
            yield copy

    found = counted(change(table, plan, lang=code, seed=seed))
    operator = plan.augment.transformation.name
    try:
        write(_rows(found, table, records, operator, keep=keep), [*records.columns, *OWN], out)
    except KeyboardInterrupt:
        typer.echo(f"interrupted: {out} was not written", err=True)
        raise typer.Exit(130) from None
    told: dict[str, Any] = {
        "n": len(table.rows),
        "copies": len(made),
        "unchanged": len(table.rows) - len(changed),
        "words_changed_mean": sum(made) / len(made) if made else None,
        "seconds": round(time.perf_counter() - began, 3),
        "out": str(out),
        "recipe": plan.name,
        "data": table.name,
        "seed": seed,
    }
    rows = f"{told['n']} rows: {told['copies']} copies, {told['unchanged']} rows that nothing could be changed in"
    console(stderr=as_json).print(f"{rows} → {out}", highlight=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))


def _rows(
    found: Iterator[Copy], table: Table, records: Records, operator: str, *, keep: bool
) -> Iterator[Mapping[str, object]]:
    """The rows of the file: each row itself where it is kept, then its copies, with the columns of the source."""
    column, label = table.columns["text"], table.columns["label"]

    def record(row: Row) -> dict[str, object]:
        mapped = {label: row.label} if label in records.columns else {}
        return {**records.rows[row.at], **mapped}

    copy = next(found, None)
    for row in table.rows:
        if keep:
            yield record(row)
        while copy is not None and copy.row is row:
            yield {**record(row), column: copy.text, "original": row.fields[0], "operator": operator}
            copy = next(found, None)
