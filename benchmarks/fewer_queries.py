r"""How many texts an attack asks for: recipes that differ in their search alone, on the same rows in one run.

    python -m benchmarks.fewer_queries [--limit 240] [--split 120] [--recipes textfooler …] [--answers FILE] [--out DIR]

Every recipe attacks both bundled models on the first `--limit` rows of their starter sets. A query counts when the
model scores a text that the same attack has not scored before. Settings of searches were chosen on the first `--split`
rows, so the rows behind them have a table of their own. The first recipe is what the others are compared with.
`--answers` keeps what the models say, so that a run that was cut off goes on; no count depends on it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robust.core.attack import Outcome
from robust.core.types import LANGS
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.engine.run import run_attack
from robust.engine.store import Store
from robust.errors import RobustError
from robust.evaluation.paired import compare
from robust.recipe.load import load_attack
from robust.results.estimates import Estimate, bootstrap, mean, proportion
from robust.stages.card import markdown
from robust.victims.load import load_victim

RECIPES = ("textfooler", "fewer-queries")
HEAD = [
    *("recipe", "n", "success rate", "difference, points", "McNemar p", "queries: mean", "median"),
    *("share of the first's", "words changed: mean", "%"),
]


@dataclass(frozen=True)
class Row:
    """What one attack did to one text that the model had right."""

    row: int
    success: bool
    queries: int
    changed: int
    words: int

    @classmethod
    def of(cls, row: int, outcome: Outcome) -> Row:
        return cls(row, outcome.status == "success", outcome.unique_queries, outcome.words_changed, outcome.words)


def measure(recipe: str, lang: str, limit: int, store: Store | None) -> list[Row]:
    """The attack's rows, in the order of the data; `RuntimeError` if one is an error."""
    model = f"starter-{lang}"
    victim, table = load_victim(model), read(DataSpec(source=model, limit=limit))
    examples = to_examples(table, victim.meta.labels).examples
    outcomes = run_attack(load_attack(recipe).build(), victim, examples, store=store)
    found = {outcome.example_id: outcome for outcome in outcomes}
    if failed := [outcome.error for outcome in found.values() if outcome.status == "error"]:
        raise RuntimeError(f"{recipe} on {model}: {failed[0]}")
    numbered = enumerate(found[example.id] for example in examples)
    return [Row.of(row, outcome) for row, outcome in numbered if outcome.status != "skipped"]


def ratio(rows: Sequence[Row], first: Sequence[Row]) -> Estimate:
    """Mean queries over the mean queries of `first`, the same rows, with a paired bootstrap interval."""
    pairs = np.array([(a.queries, b.queries) for a, b in zip(rows, first, strict=True)], np.float64)
    return bootstrap(pairs, lambda sums: sums[..., 0] / sums[..., 1], resamples=10_000)


def cells(name: str, rows: Sequence[Row], first: Sequence[Row]) -> list[str]:
    """One line of a table."""
    won = [row.success for row in rows]
    against = compare(won, [row.success for row in first])
    apart = ["–", "–", "–"]
    if rows is not first:
        apart = [against.points(), f"{against.p_value:.2f}", _shown(ratio(rows, first), 2)]
    spent = mean([row.queries for row in rows], resamples=10_000)
    changed = [row for row in rows if row.success]
    return [
        *(name, str(len(rows)), proportion(sum(won), len(won)).percent(), *apart[:2], _shown(spent, 1)),
        *(f"{statistics.median(row.queries for row in rows):g}", apart[2]),
        _shown(mean([row.changed for row in changed]), 2),
        _shown(mean([100 * row.changed / row.words for row in changed]), 1),
    ]


def _shown(number: Estimate, digits: int) -> str:
    if number.value is None or number.low is None or number.high is None:
        return "–"
    return f"{number.value:.{digits}f} [{number.low:.{digits}f}, {number.high:.{digits}f}]"


def page(found: dict[str, dict[str, list[Row]]], limit: int, split: int) -> str:
    """The tables of both languages as Markdown; `found` holds rows by language and recipe."""
    text = [
        "# Queries of searches\n",
        f"Made by `python -m benchmarks.fewer_queries --limit {limit} --split {split}`: the rows of the starter sets "
        "that the bundled models have right. Queries are distinct texts asked for, over successes and failures; "
        "changed words are of the successes. Intervals are 95 %: Wilson's for rates, bootstrap for the rest (paired "
        f"for differences and shares). The settings of the searches were chosen on rows 1 to {split}.\n",
    ]
    for lang, recipes in found.items():
        for said, start in ((f"rows {split + 1} to {limit}", split), ("all rows", 0)):
            kept = {name: [row for row in rows if row.row >= start] for name, rows in recipes.items()}
            first = next(iter(kept.values()))
            if first:
                lines = [cells(name, rows, first) for name, rows in kept.items()]
                text.append(f"## starter-{lang}, {said}\n\n{markdown(HEAD, lines)}\n")
    return "\n".join(text)


def main(words: Sequence[str] | None = None) -> None:
    """Run every recipe on both models, print the tables, and keep them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fewer_queries",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--limit", type=int, default=240, help="rows of each starter set")
    parser.add_argument("--split", type=int, default=120, help="rows that settings were chosen on")
    parser.add_argument("--recipes", nargs="+", default=RECIPES, help="the first is what the others are compared with")
    parser.add_argument("--answers", type=Path, help="SQLite file that keeps the models' answers")
    parser.add_argument("--out", type=Path, default=Path("results/fewer-queries"), help="folder of tables and numbers")
    asked = parser.parse_args(words)
    asked.out.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, list[Row]]] = {}
    with nullcontext() if asked.answers is None else Store(asked.answers) as store:
        for lang in LANGS:
            for recipe in asked.recipes:
                found.setdefault(lang, {})[recipe] = measure(recipe, lang, asked.limit, store)
    counts = {lang: {name: [vars(row) for row in rows] for name, rows in kept.items()} for lang, kept in found.items()}
    (asked.out / "rows.json").write_text(json.dumps(counts) + "\n", "utf-8")
    (asked.out / "table.md").write_text(page(found, asked.limit, asked.split), "utf-8")
    print(page(found, asked.limit, asked.split))


if __name__ == "__main__":
    try:
        main()
    except RobustError as error:
        sys.exit(f"error: {error}")
