"""What holds under an attack, example by example, and two attacks compared on the examples that both judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from robust.evaluation.paired import Difference, compare
from robust.results.rows import Row


def standing(rows: Sequence[Row]) -> dict[str, bool]:
    """For each example without an error: whether its label holds under the attack that wrote `rows`."""
    return {
        row["example_id"]: int(np.argmax(row["clean_logits"])) == row["label"] and row["status"] != "success"
        for row in rows
        if row["status"] != "error"
    }


def paired(first: Sequence[Row], second: Sequence[Row]) -> Difference:
    """Accuracy under attack of the first minus that of the second, on the examples that both have."""
    one, two = standing(first), standing(second)
    shared = [key for key in one if key in two]
    return compare([one[key] for key in shared], [two[key] for key in shared])
