"""`robust compare`: which differences between runs are more than chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from robust.evaluation.comparison import Compared


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Two or more run directories on the same data.")],
    parallel: Annotated[
        bool, typer.Option("--parallel", help="The data say the same, id by id, in two languages: show the gap.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparisons as JSON on standard output.")] = False,
) -> None:
    """Compare runs example by example: differences with intervals, McNemar's p with Holm's correction, ties as ties."""
    from robust.cli.present import console
    from robust.evaluation.comparison import compare_runs

    found = compare_runs(runs, parallel=parallel)
    show(found, console(stderr=as_json))
    if as_json:
        typer.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False))


def show(found: Sequence[Compared], out: Console) -> None:
    """Print one row a comparison, and how to read them."""
    from robust.cli.scores import grid, p_value

    table = grid(
        "number", "first", "second", "n", "first − second", "right alone", "p", "p (Holm)", "better", "shows from"
    )
    for one in found:
        diff = one.difference
        table.add_row(
            one.number,
            one.first,
            one.second,
            str(diff.n),
            diff.points(),
            f"{diff.first_only} : {diff.second_only}",
            p_value(diff.p_value),
            p_value(one.p_holm),
            {"first": one.first, "second": one.second}.get(one.verdict, one.verdict),
            "–" if one.detectable is None else f"±{100 * one.detectable:.1f}",
        )
    out.print(table)
    out.print()
    out.print(
        f"differences in points with 95 % paired bootstrap intervals; McNemar's exact p, Holm's over {len(found)}; "
        "'shows from': the difference found 4 times in 5 with so many rows",
        soft_wrap=True,
    )
    for one in found:
        if one.left_out:
            out.print(
                f"{one.number}, {one.first} and {one.second}: {one.left_out} examples are not in both or have an error",
                soft_wrap=True,
            )
