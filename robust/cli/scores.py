"""How an evaluation looks in a terminal: one row a data set, recall of every label, and what a reader must know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from robust.cli.present import left_out

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from robust.evaluation.request import FinishedEvaluation
    from robust.evaluation.scores import Scores, SetScores

MOST_LABELS = 30
"""Labels of a set whose recall is shown; all of them are in the JSON."""


def show(run: FinishedEvaluation, out: Console) -> None:
    """Print the table of scores, the comparison with the bag of words, recalls and notes."""
    sets = run.sets()
    out.print(scores_table(sets))
    if any(found.difference for found in sets):
        out.print()
        out.print(comparison_table(sets))
    out.print()
    out.print(recall_table(sets))
    for line in notes(run, sets):
        out.print(line, soft_wrap=True)


def scores_table(sets: Sequence[SetScores]) -> Table:
    """Accuracy, macro-F1 and Matthews correlation with 95 % intervals; the bag of words stands below the model."""
    table = grid("set", "n", "accuracy", "macro-F1", "Matthews")
    for found in sets:
        table.add_row(found.name, *_numbers(found.model))
        if found.baseline is not None:
            table.add_row("  bag of words", *_numbers(found.baseline))
    return table


def _numbers(scores: Scores) -> tuple[str, ...]:
    matthews = scores.matthews
    correlation = (
        "–"
        if matthews.value is None or matthews.low is None or matthews.high is None
        else f"{matthews.value:.3f} [{matthews.low:.3f}, {matthews.high:.3f}]"
    )
    return str(scores.n - scores.errors), scores.accuracy.percent(), scores.macro_f1.percent(), correlation


def comparison_table(sets: Sequence[SetScores]) -> Table:
    """Accuracy of the model minus that of the bag of words, in points, on the rows that the model answered."""
    table = grid("set", "model − bag of words", "right alone", "McNemar p", "the model is")
    for found in sets:
        if (diff := found.difference) is not None:
            alone = f"{diff.first_only} : {diff.second_only}"
            table.add_row(found.name, diff.points(), alone, p_value(diff.p_value), diff.verdict)
    return table


def p_value(value: float | None) -> str:
    """A p value for a table; a dash for none."""
    if value is None:
        return "–"
    return f"{value:.1e}" if value < 0.001 else f"{value:.3f}"


def recall_table(sets: Sequence[SetScores]) -> Table:
    """Of the rows with each label, how many got it."""
    table = grid("set", "label", "n", "recall")
    for found in sets:
        for name, share in list(found.model.recall.items())[:MOST_LABELS]:
            table.add_row(found.name, name, str(share.n), share.percent())
        if (more := len(found.model.recall) - MOST_LABELS) > 0:
            table.add_row(found.name, f"… {more} more", "", "")
    return table


def grid(first: str, *rest: str) -> Table:
    """A plain table with these column names; `n` is set to the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(first, overflow="fold")
    for name in rest:
        table.add_column(name, justify="right" if name == "n" else "left")
    return table


def notes(run: FinishedEvaluation, sets: Sequence[SetScores]) -> list[str]:
    """Foreign languages, rows left out, labels that were guessed, errors, repeats, time, and where the run lies."""
    said = run.manifest
    model = said["model"]
    lines = []
    foreign = {row["lang"] for row in run.rows if row["lang"]} - set(model["languages"])
    if model["languages"] and foreign:
        lines.append(
            f"{model['name']} is for {', '.join(model['languages'])}; the data are {', '.join(sorted(foreign))}"
        )
    for data in said["data"]:
        if data["left_out"]:
            lines.append(left_out(data["name"], data["left_out"]))
        if data["labels_matched"] != "by name":
            lines.append(f"labels of {data['name']} matched {data['labels_matched']}")
        if data["in_baseline_training"]:
            lines.append(
                f"{data['in_baseline_training']} of {data['n']} rows of {data['name']} are also in what the bag of "
                "words was trained on"
            )
    if errors := sum(found.model.errors for found in sets):
        first = next(row for row in run.rows if row["predicted"] is None)
        reason = (first["error"] or "no reason given").strip().splitlines()[-1]
        lines.append(f"{errors} rows ended in an error and count nowhere; {first['example_id']}: {reason}")
    if said["baseline"]:
        beside = said["baseline"]
        lines.append(f"bag of words: {beside['description']}, trained on {beside['n']} rows of {beside['name']}")
    seconds = sum(found.seconds for found in sets)
    rate = f", {len(run.rows) / seconds:,.0f} texts/s" if seconds else ""
    lines.append(f"{len(run.rows)} texts, {seconds:.1f} s on {model['device']} in {model['dtype']}{rate}")
    lines.append(f"run: {run.path}")
    return lines
