"""What the experiments came to: stage × tokens a second × energy, and the scores with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from robust.results.estimates import Estimate
from robust.stages.card import NAMES, markdown, shown

Records = Mapping[str, Mapping[str, Any]]


def page(records: Records) -> str:
    """Both tables, and the commands that made them."""
    commands = "\n".join(f"    {record['command']}" for record in records.values())
    costs, scores = list(_costs(records)), list(_scores(records))
    head = ["stage", "parameters", "tokens", "tokens/s", "share of peak", "minutes", "energy"]
    parts = [
        "# Transfer learning\n",
        "Made by `python -m benchmarks.transfer`. DATA is the folder of the public data sets, WORK one for models.\n",
        "## What each stage cost\n",
        markdown(head, costs),
        "\nTokens count padding. The share of peak is that of matrix products measured on the same processor.\n",
        "## Scores\n",
        markdown(["model", "n", "set", "score", "bag of words"], scores),
        "\nIntervals are 95 %. A bag of words is TF-IDF and logistic regression on the same labelled rows.\n",
        "## Commands\n",
        commands,
    ]
    return "\n".join(parts) + "\n"


def _costs(records: Records) -> Iterator[list[str]]:
    for name, record in records.items():
        result = record["result"]
        if not result.get("tokens"):
            continue
        energy, seconds = result.get("energy") or {}, result["seconds"]
        share = result.get("utilisation", {}).get("value")
        yield [
            name,
            f"{result['parameters'] / 1e6:.1f} M",
            f"{result['tokens'] / 1e6:.1f} M",
            f"{result['tokens'] / seconds:,.0f}",
            f"{100 * share:.0f} %" if share else "",
            f"{seconds / 60:.1f}",
            f"{energy['joules'] / 3600:.2f} Wh ({energy['method']})" if energy else "",
        ]


def _scores(records: Records) -> Iterator[list[str]]:
    for name, record in records.items():
        result = record["result"]
        for task, part in result.get("tasks", {"": result}).items():
            baseline = part.get("baseline_accuracy", {})
            for test, scores in part.get("test_scores", {}).items():
                told = ", ".join(f"{NAMES.get(kind, kind)} {shown(kind, _estimate(s))}" for kind, s in scores.items())
                n = str(next(iter(scores.values()))["n"])
                beside = _estimate(baseline[test]).percent() if test in baseline else ""
                yield [f"{name} {task}".strip(), n, test, told, beside]


def _estimate(stored: Mapping[str, Any]) -> Estimate:
    return Estimate(**stored)
