"""`robust report`: print a finished run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def report(
    run: Annotated[Path, typer.Argument(help="A run directory, as printed by robust attack or evaluate.")],
    examples: Annotated[int, typer.Option(min=0, help="Broken examples to show.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page that needs no network to this file instead.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the page at first, en or es; it can be switched.")] = "en",
) -> None:
    """Print a finished run: broken examples and the numbers, worked out again from its rows."""
    from robust.cli import pages, present, scores
    from robust.errors import UserError
    from robust.evaluation.request import open_finished as open_evaluation
    from robust.pages.run import run_page
    from robust.results.directory import RunDirectory, open_finished
    from robust.runner import FinishedRun

    page_lang = pages.language(lang)
    if (RunDirectory(run).manifest or {}).get("kind") == "evaluation":
        evaluation = open_evaluation(run)
        if html is not None:
            raise UserError(f"{run} is an evaluation; pages are of attacks", fix="name a run of robust attack")
        if as_json:
            typer.echo(json.dumps(evaluation.as_json(), ensure_ascii=False))
        else:
            scores.show(evaluation, present.console())
        return
    manifest, rows = open_finished(run)
    finished = FinishedRun(path=run, manifest=manifest, rows=rows)
    if html is not None:
        pages.write(html, run_page(manifest, rows, page_lang))
        typer.echo(str(html))
    elif as_json:
        typer.echo(json.dumps(finished.as_json(), ensure_ascii=False))
    else:
        present.show(finished, most=examples)
