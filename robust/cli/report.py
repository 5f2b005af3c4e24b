"""`robust report`: print a finished run again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from robust.cli.options import CalibrationOption, ExamplesOption, JsonOption


def report(
    run: Annotated[Path, typer.Argument(help="A run directory, as printed by robust attack or evaluate.")],
    examples: ExamplesOption = 3,
    calibration: CalibrationOption = False,
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option(help="Write a page that needs no network to this file instead.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the page at first, en or es; it can be switched.")] = "en",
) -> None:
    """Print a finished run: broken examples and the numbers, worked out again from its rows."""
    from robust.cli import behaviour, certified, looks, pages, present, scores, worst_case
    from robust.errors import UserError
    from robust.evaluation.behaviour_results import open_behaviour
    from robust.evaluation.certified import open_certified
    from robust.evaluation.request import open_finished as open_evaluation
    from robust.evaluation.standard import open_suite
    from robust.pages.run import run_page
    from robust.results.directory import RunDirectory, open_finished
    from robust.runner import FinishedRun

    page_lang = pages.language(lang)
    out = present.console(stderr=as_json)
    kind = (RunDirectory(run).manifest or {}).get("kind")
    if html is not None:
        if kind in ("behaviour", "certified", "suite", "evaluation"):
            raise UserError(f"{run} is of the kind {kind}; pages are of attacks", fix="name a run of robust attack")
        pages.write(html, run_page(*open_finished(run), page_lang))
        typer.echo(str(html))
        return
    if kind == "behaviour":
        tests = open_behaviour(run)
        behaviour.show(tests, out)
        _print(tests.as_json(), as_json)
        return
    if kind == "certified":
        certification = open_certified(run)
        certified.show(certification, out)
        _print(certification.as_json(), as_json)
        return
    told: dict[str, object]
    if kind == "suite":
        suite = open_suite(run)
        worst_case.show(suite, out)
        rows, told = suite.rows, suite.as_json()
    elif kind == "evaluation":
        evaluation = open_evaluation(run)
        scores.show(evaluation, out)
        rows, told = evaluation.rows, evaluation.as_json()
    else:
        manifest, rows = open_finished(run)
        finished = FinishedRun(path=run, manifest=manifest, rows=rows)
        present.show(finished, most=examples, out=out)
        told = finished.as_json()
    seen = looks.look(run, rows, calibration=calibration)
    looks.show(seen, out)
    _print({**told, **seen.as_dict()}, as_json)


def _print(told: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
