"""How a certification looks in a terminal: certified accuracy by the number of changed words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from robust.cli.scores import grid

if TYPE_CHECKING:
    from rich.console import Console

    from robust.evaluation.certified import FinishedCertification

MOST_WORDS = 10
"""Rows of the table; the JSON has all."""


def show(run: FinishedCertification, out: Console) -> None:
    """Print certified accuracy with exact 95 % intervals, and what a reader must know."""
    said = run.as_json()
    if "certified_accuracy_all_words" in said:
        _show_whole(run, out)
        return
    table = grid("words changed", "n", "certified accuracy")
    for at in said["certified_accuracy"][: MOST_WORDS + 1]:
        found = run.at(at["words_changed"])
        table.add_row(str(at["words_changed"]), str(found.n), found.percent())
    out.print(table)
    out.print()
    for line in (
        f"{said['smoothing']}; at 0 words: right, and the vote is not in doubt ({said['abstained']} abstain)",
        *([f"{said['errors']} examples ended in an error and count nowhere"] if said["errors"] else []),
        f"{said['seconds']:.1f} s on {run.manifest['model']['device']} in {run.manifest['model']['dtype']}",
        f"run: {run.path}",
    ):
        out.print(line, soft_wrap=True)


def _show_whole(run: FinishedCertification, out: Console) -> None:
    said = run.as_json()
    table = grid("words changed", "n", "certified accuracy")
    for name, found in (("0", run.at(0)), ("any number", run.whole())):
        table.add_row(name, str(found.n), found.percent())
    out.print(table)
    out.print()
    for line in (
        f"{said['smoothing']}, all words of a text at once",
        *([f"{said['errors']} examples ended in an error and count nowhere"] if said["errors"] else []),
        f"{said['seconds']:.1f} s on {run.manifest['model']['device']}",
        f"run: {run.path}",
    ):
        out.print(line, soft_wrap=True)
