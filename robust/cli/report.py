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
) -> None:
    """Print a finished run: broken examples and the numbers, worked out again from its rows."""
    from robust.cli import behaviour, present, scores, worst_case
    from robust.evaluation.behaviour_results import open_behaviour
    from robust.evaluation.request import open_finished as open_evaluation
    from robust.evaluation.standard import open_suite
    from robust.results.directory import RunDirectory, open_finished
    from robust.runner import FinishedRun

    kind = (RunDirectory(run).manifest or {}).get("kind")
    if kind == "behaviour":
        tests = open_behaviour(run)
        if as_json:
            typer.echo(json.dumps(tests.as_json(), ensure_ascii=False))
        else:
            behaviour.show(tests, present.console())
        return
    if kind == "suite":
        suite = open_suite(run)
        if as_json:
            typer.echo(json.dumps(suite.as_json(), ensure_ascii=False))
        else:
            worst_case.show(suite, present.console())
        return
    if kind == "evaluation":
        evaluation = open_evaluation(run)
        if as_json:
            typer.echo(json.dumps(evaluation.as_json(), ensure_ascii=False))
        else:
            scores.show(evaluation, present.console())
        return
    manifest, rows = open_finished(run)
    finished = FinishedRun(path=run, manifest=manifest, rows=rows)
    if as_json:
        typer.echo(json.dumps(finished.as_json(), ensure_ascii=False))
    else:
        present.show(finished, most=examples)
