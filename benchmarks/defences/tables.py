"""The table defence × attack, in Markdown, from the reports of `robust train`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from robust.comparison.report import means
from robust.results.estimates import proportion

Report = Mapping[str, Any]


def page(reports: Sequence[Report]) -> str:
    """One table a model; a row a defence, averaged over its seeds."""
    parts = [
        "# Defences × attacks",
        "Accuracy in percent, the mean over the seeds. In brackets: the 95 % Wilson interval of that mean over the "
        "examples of one seed (all are attacked on the same examples). † the attack was trained on. *Gap closed*: "
        "the part of what attacks took before that they no longer take, on those trained on / the others. *Rows* were "
        "trained on, *texts* attacked. *Clean* is over all test rows, its points against the model before. A vote "
        "(`ranmask`, `safer`, `rsmi`) is attacked with its draws fixed; behind ‖ in expectation over other draws. The "
        "smaller of both counts for the gap, which is over the attacks that every seed has.",
    ]
    models: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        models[report["model"]["before"]].append(report)
    for model, own in sorted(models.items()):
        parts += [f"## {model}", table(own)]
    return "\n\n".join(parts) + "\n"


def table(reports: Sequence[Report]) -> str:
    """The rows of one model: before, then each defence."""
    attacks = list(dict.fromkeys(each["attack"] for report in reports for each in report["attacks"]))
    head = ["defence", "seeds", "rows", "texts", "clean", *attacks, "gap closed", "seconds", "attacking", "flags"]
    defences: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        defences[report["recipe"]].append(report)
    order = sorted(defences, key=lambda name: (name != "plain", name))
    rows = [_before(reports, attacks), *(_row(name, defences[name], attacks) for name in order)]
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def _before(reports: Sequence[Report], attacks: Sequence[str]) -> list[str]:
    """The model before: the same for every report, so each attack is read from the one that has it of most texts."""
    clean = reports[0]["clean_accuracy"]["before"]["value"]
    cells = [
        _cell([max(own, key=lambda each: int(each["before"]["n"]))], "before")
        for a in attacks
        if (own := [each for report in reports for each in report["attacks"] if each["attack"] == a])
    ]
    texts = max(each["before"]["n"] for report in reports for each in report["attacks"])
    return ["*(before)*", "", "", str(texts), f"{100 * clean:.1f}", *cells, "", "", "", ""]


def _row(name: str, reports: Sequence[Report], attacks: Sequence[str]) -> list[str]:
    shared = set.intersection(*({each["attack"] for each in report["attacks"]} for report in reports))
    clean = fmean(report["clean_accuracy"]["after"]["value"] for report in reports)
    points = fmean(report["clean_accuracy"]["difference"]["value"] for report in reports)
    cells = [
        _cell([each for report in reports for each in report["attacks"] if each["attack"] == a], "after")
        for a in attacks
    ]
    whole = [means([each for each in report["attacks"] if each["attack"] in shared]) for report in reports]
    closed = " / ".join(_mean([mean[kind]["gap_closed"] for mean in whole]) for kind in ("trained_on", "held_out"))
    seconds = fmean(report["training"]["seconds"] for report in reports)
    attacking = fmean(report["training"]["share_attacking"] for report in reports)
    flagged = sum(len(report["flags"]) for report in reports)
    return [
        name,
        str(len(reports)),
        _rows([int(report["training"]["rows"]) for report in reports]),
        _rows([int(each["before"]["n"]) for report in reports for each in report["attacks"]]),
        f"{100 * clean:.1f} ({100 * points:+.1f})",
        *cells,
        closed,
        f"{seconds:.0f}",
        f"{100 * attacking:.0f} %",
        str(flagged or ""),
    ]


def _rows(numbers: Sequence[int]) -> str:
    """How many rows, where seeds differ from the fewest to the most."""
    return f"{min(numbers):,}" if min(numbers) == max(numbers) else f"{min(numbers):,}-{max(numbers):,}"


def _cell(attacks: Sequence[Mapping[str, Any]], side: str) -> str:
    if not attacks:
        return "–"
    found = [each[side]["accuracy_under_attack"] for each in attacks]
    mean = fmean(each["value"] for each in found)
    n = min(each["n"] for each in found)
    one = proportion(round(mean * n), n)
    if one.low is None or one.high is None:
        return "–"
    mark = "†" if side == "after" and attacks[0]["trained_on"] else ""
    drawn = [each["expectation"]["accuracy_under_attack"]["value"] for each in attacks if "expectation" in each]
    again = f" ‖ {100 * fmean(drawn):.1f}" if drawn and side == "after" else ""
    return f"{100 * mean:.1f}{mark} [{100 * one.low:.0f}, {100 * one.high:.0f}]{again}"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{100 * fmean(known):.0f} %" if known else "–"
