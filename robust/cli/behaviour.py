"""How behavioural tests look in a terminal: one row a test, then a failed case of each of the worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from robust.cli.scores import grid

if TYPE_CHECKING:
    from rich.console import Console

    from robust.evaluation.behaviour_results import FinishedBehaviour

MOST_EXAMPLES = 5
"""Tests of which a failed case is shown."""


def show(run: FinishedBehaviour, out: Console) -> None:
    """Print the failure rate of every test with its 95 % Wilson interval, failed cases, and where the run lies."""
    tests = run.tests()
    table = grid("capability", "test", "kind", "n", "failed")
    for test in tests:
        table.add_row(test.capability, test.name, test.kind, str(test.failure_rate.n), test.failure_rate.percent())
    out.print(table)
    out.print()
    worst = sorted((test for test in tests if test.failed), key=lambda test: -(test.failure_rate.value or 0.0))
    for test in worst[:MOST_EXAMPLES]:
        said = "  |  ".join(f"{text} → {predicted}" for text, predicted in test.failed)
        out.print(f"{test.name}: {said}", soft_wrap=True)
    for line in _notes(run):
        out.print(line, soft_wrap=True)


def _notes(run: FinishedBehaviour) -> list[str]:
    said = run.manifest
    lines = [
        "MFT: the answer is wrong; INV: the answers differ; DIR: the probability moves the wrong way. n counts cases"
    ]
    if said["tests"]["labels_matched"] != "by name":
        lines.append(f"labels matched {said['tests']['labels_matched']}")
    if errors := sum(test.errors for test in run.tests()):
        first = next(row for row in run.rows if row["error"])
        lines.append(f"{errors} cases ended in an error and count nowhere: {first['error'].strip().splitlines()[-1]}")
    lines.append(
        f"{len(run.rows)} texts, {said['seconds']:.1f} s on {said['model']['device']} in {said['model']['dtype']}"
    )
    lines.append(f"run: {run.path}")
    return lines
