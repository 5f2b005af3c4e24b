"""`robust leaderboard`: what is made of many entries, and what is read off them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from robust.cli.leaderboard import EntryArgument, JsonOption, sound

RootArgument = Annotated[str, typer.Argument(help="A folder with entries in it, at any depth; a path or a URL.")]


def build(
    root: RootArgument,
    out: Annotated[str, typer.Option(help="Where the pages go; a folder or a URL.")],
    lang: Annotated[str, typer.Option(help="Language of the pages at first, en or es; it can be switched.")] = "en",
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out entries that do not pass their checks, and say which.")
    ] = False,
) -> None:
    """Check all entries and write the board: pages that need no network, board.json, board.csv.

    The same entries give the same bytes.
    """
    from robust.cli import pages
    from robust.leaderboard.board import build as build_board
    from robust.leaderboard.site import site
    from robust.leaderboard.store import Folder

    page_lang = pages.language(lang)
    lines = build_board(
        Folder.at(root), leave_out=leave_out, tell=lambda line: typer.echo(f"left out: {line}", err=True)
    )
    target = Folder.at(out)
    made = site(lines, page_lang)
    for name, content in made.items():
        target.write(name, content)
    size = sum(map(len, made.values()))
    typer.echo(f"{target}/index.html: {len(lines)} entries, {len(made)} files, {size / 1e6:.1f} MB")


def hidden(
    pool: Annotated[str, typer.Argument(help="Unpublished texts with labels: csv, tsv, jsonl or parquet.")],
    weights: Annotated[str, typer.Option(help="The model's weights, as an entry names them.")],
    secret: Annotated[Path, typer.Option(help="A file that only maintainers have.")],
    n: Annotated[int, typer.Option("--n", min=2, help="Texts to draw.")],
    out: Annotated[Path, typer.Option(help="csv file to write; attack it, and submit the run with --split hidden.")],
) -> None:
    """Draw the hidden texts that a model is tested on: other weights get other texts."""
    import csv

    from robust.data.source import DataSpec, read
    from robust.errors import UserError
    from robust.leaderboard.hidden import hidden_split

    table = read(DataSpec(source=pool))
    if any(row.label is None or len(row.fields) != 1 for row in table.rows):
        raise UserError(f"{pool}: hidden texts need one text and a label each", fix="name other columns in the file")
    try:
        key = secret.read_bytes().strip()
    except OSError as error:
        raise UserError(f"--secret {secret} cannot be read: {error.strerror}", fix="check the path") from error
    ids = [row.id for row in table.rows]
    taken = set(hidden_split(ids, [str(row.label) for row in table.rows], weights=weights, secret=key, n=n))
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("id", "text", "label", "lang"))
        writer.writerows((r.id, r.fields[0], r.label, r.lang or table.lang or "") for r in table.rows if r.id in taken)
    typer.echo(f"{out}: {len(taken)} of {len(ids)} texts")


def query(
    root: RootArgument,
    sql: Annotated[str, typer.Argument(help="Of the tables entries, attacks and rows.")],
    as_json: JsonOption = False,
) -> None:
    """Ask the entries of a leaderboard in SQL (DuckDB): robust leaderboard query DIR 'select * from entries'."""
    from robust.cli.tables import print_table
    from robust.leaderboard.sql import ask
    from robust.leaderboard.store import Folder

    columns, rows = ask(Folder.at(root), sql)
    if as_json:
        typer.echo(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, default=str))
    else:
        print_table(columns, [["–" if cell is None else str(cell) for cell in row] for row in rows])


def schema() -> None:
    """Print the JSON schema of an entry."""
    from robust.leaderboard.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def model_index(entry: EntryArgument) -> None:
    """Print an entry as `model-index` metadata, to be put at the top of a Hugging Face model card."""
    from robust.leaderboard.model_index import front_matter

    typer.echo(front_matter(sound(entry)), nl=False)


def serve(
    root: RootArgument,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    inbox: Annotated[
        str | None, typer.Option(help="Where submissions that pass their checks are kept. Default: nowhere.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the pages at first, en or es; it can be switched.")] = "en",
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out entries that do not pass their checks.")
    ] = False,
) -> None:
    """Serve the board: pages, a JSON interface (described by /openapi.json), submissions to check."""
    from robust.cli import pages
    from robust.errors import UserError
    from robust.leaderboard.store import Folder

    page_lang = pages.language(lang)
    try:
        import uvicorn

        from robust.serve.app import create_app
    except ImportError as error:
        raise UserError(f"serving needs {error.name}", fix="pip install 'robust[serve]'") from None
    kept = Folder.at(inbox) if inbox else None
    app = create_app(Folder.at(root), inbox=kept, lang=page_lang, leave_out=leave_out)
    uvicorn.run(app, host=host, port=port, log_level="info")
