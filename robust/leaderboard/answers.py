"""What the answers to unchanged texts say of a model: how sure it is against how right, and which label it leans to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust.evaluation.paired import mcnemar
from robust.results.rows import Row, probabilities

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lean:
    """A label, the shares of the rows that the model gives it and that have it (0 to 1), and McNemar's p value."""

    label: int
    said: float
    true: float
    p: float


def answered(rows: Sequence[Row]) -> list[Row]:
    """The rows of classifiers that have an answer and a label."""
    return [row for row in rows if row["clean_logits"] and row["label"] is not None]


def confidence(rows: Sequence[Row]) -> tuple[Numbers, Numbers]:
    """The largest probability of each answer, and 1 where it is right, else 0; each `(n,)`."""
    chances = [probabilities(row["clean_logits"]) for row in rows]
    sure = np.array([max(c) for c in chances])
    right = np.array([c.index(max(c)) == row["label"] for c, row in zip(chances, rows, strict=True)], np.float64)
    return sure, right


def ece(sure: Numbers, right: Numbers, bins: int) -> float:
    """Expected calibration error: |mean confidence - accuracy|, weighted, in bins of equal size, from 0 to 1."""
    order = np.argsort(sure, kind="stable")
    return float(
        sum(abs(float(sure[b].mean() - right[b].mean())) * len(b) for b in np.array_split(order, bins)) / len(sure)
    )


def lean(rows: Sequence[Row]) -> Lean:
    """The label that the model says more often than it is true, by the largest share of the rows.

    The p value asks whether its wrong uses and its omissions balance (McNemar 1947, one label against the rest; with
    Bonferroni's factor for the labels where there are more than two). Rows as `answered` gives them, at least one.
    """
    said = np.array([int(np.argmax(row["clean_logits"])) for row in rows])
    true = np.array([int(row["label"]) for row in rows])
    labels = len(rows[0]["clean_logits"])
    over = [int((said == label).sum() - (true == label).sum()) for label in range(labels)]
    most = int(np.argmax(over))
    wrongly = int(((said == most) & (true != most)).sum())
    missed = int(((said != most) & (true == most)).sum())
    p = min(1.0, mcnemar(wrongly, missed) * (labels if labels > 2 else 1))
    return Lean(label=most, said=float((said == most).mean()), true=float((true == most).mean()), p=p)
