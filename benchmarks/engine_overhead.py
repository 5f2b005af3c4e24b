"""What the framework itself costs: microseconds of processor time a query, with a victim that answers at once.

    python benchmarks/engine_overhead.py

The victim says the same of every text and is never fooled, so each search walks its whole course. Everything but the
model is in the figure: candidates, constraints, bookkeeping and batching.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence

import numpy as np

from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.engine.run import run_attack
from robust.recipe.load import load_attack

RECIPES = ("textfooler", "pwws", "deepwordbug", "random-order")
LABELS = ("negative", "positive")
REPEATS = 5


class Constant:
    """Says `negative` of everything."""

    meta = VictimMeta(name="constant", revision="1", labels=LABELS)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """The same row for each input, `(n, 2)`."""
        return np.tile(np.array([[1, 0]], np.float32), (len(batch), 1))


def main() -> None:
    """Print one line for each recipe and language."""
    print(f"{'recipe':<14}{'data':<12}{'queries':>9}{'µs a query: median':>20}{'min':>8}{'max':>8}")
    for data in ("starter-en", "starter-es"):
        examples = [e for e in to_examples(read(DataSpec(source=data)), LABELS).examples if e.target == 0]
        for name in RECIPES:
            attack, costs, queries = load_attack(name).build(), [], 0
            for repeat in range(REPEATS + 1):
                began = time.process_time()
                rows = list(run_attack(attack, Constant(), examples))
                queries = sum(row.queries for row in rows)
                if failed := [row.error for row in rows if row.status == "error"]:
                    sys.exit(f"{name}: {failed[0]}")
                if repeat:  # the first round reads the tables
                    costs.append(1e6 * (time.process_time() - began) / queries)
            middle, low, high = statistics.median(costs), min(costs), max(costs)
            print(f"{name:<14}{data:<12}{queries:>9}{middle:>20.1f}{low:>8.1f}{high:>8.1f}")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
