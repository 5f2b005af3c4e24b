"""How a suite of attacks looks in a terminal: one row an attack, then the worst case of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from robust.cli.present import left_out
from robust.cli.scores import grid
from robust.results.flags import of_rows

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from robust.evaluation.standard import FinishedSuite
    from robust.evaluation.worst_case import WorstCase


def show(run: FinishedSuite, out: Console) -> None:
    """Print the table and what a reader must know of it."""
    found = run.summary
    out.print(attacks_table(found))
    out.print()
    for line in notes(run, found):
        out.print(line, soft_wrap=True)


def attacks_table(found: WorstCase) -> Table:
    """Clean accuracy, then every attack's numbers and the robust accuracy after it, with 95 % Wilson intervals."""
    table = grid("attack", "n", "success rate", "robust accuracy so far", "queries", "words changed", "budget spent")
    table.add_row("none (clean)", str(found.n - found.errors), "", found.clean_accuracy.percent(), "", "", "")
    for one in found.attacks:
        of = "*" if one.of_those_left and one.attacked else ""
        table.add_row(
            one.name,
            f"{one.attacked}{of}",
            one.attack_success_rate.percent(),
            one.robust_accuracy_so_far.percent(),
            "–" if one.queries_mean is None else f"{one.queries_mean:.1f}",
            "–" if one.words_changed_mean is None else f"{100 * one.words_changed_mean:.1f} %",
            str(one.budget_hits) if one.attacked else "–",
        )
    return table


def notes(run: FinishedSuite, found: WorstCase) -> list[str]:
    """The result in words, what the asterisk means, languages, rows left out, errors, and where the run lies."""
    said = run.manifest
    suite, model, data = said["suite"], said["model"], said["data"]
    lines = [
        f"robust accuracy under {suite['name']}: {found.robust_accuracy.percent()} of {found.n - found.errors} "
        f"(clean {found.clean_accuracy.percent()}; {suite['queries']} queries an attack at most)"
    ]
    if any(one.of_those_left and one.attacked for one in found.attacks):
        lines.append("* of the examples that earlier attacks left, the harder ones; --each runs every attack on all")
    if not_run := [one.name for one in found.attacks if one.name not in run.runs]:
        lines.append(f"nothing was left for: {', '.join(not_run)}")
    foreign = {row["lang"] for row in run.rows} - set(model["languages"])
    if model["languages"] and foreign:
        lines.append(
            f"{model['name']} is for {', '.join(model['languages'])}; the data are {', '.join(sorted(foreign))}"
        )
    if data["left_out"]:
        lines.append(left_out(data["name"], data["left_out"]))
    if data["labels_matched"] != "by name":
        lines.append(f"labels matched {data['labels_matched']}")
    if loose := [one["name"] for one in suite["attacks"] if not one["pinned"]]:
        lines.append(f"not pinned by the suite: {', '.join(loose)}")
    if found.errors:
        first = next(row for row in run.rows if row["status"] == "error")
        reason = (first["error"] or "no reason given").strip().splitlines()[-1]
        lines.append(f"{found.errors} examples ended in an error and count nowhere; {first['example_id']}: {reason}")
    first_run = next(iter(run.runs.values()), ())
    lines += [
        f"flag: {line}" for line in of_rows(first_run, model["labels"], calibrated="temperature" in said["identity"])
    ]
    lines.append(f"{said['seconds']:.1f} s on {model['device']} in {model['dtype']}")
    lines.append(f"run: {run.path} (one directory an attack under attacks/)")
    return lines
