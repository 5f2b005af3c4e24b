"""What the rows of an evaluation come to, set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robust.evaluation.paired import Difference, compare
from robust.evaluation.rows import Row
from robust.results.estimates import Estimate, proportion
from robust.results.metrics import classification


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The numbers of one classifier on one set.

    `n` counts all rows; everything else is over the `n - errors` rows that were answered. `recall` is, for every label
    of the data, the share of its rows that got it.
    """

    n: int
    errors: int
    accuracy: Estimate
    macro_f1: Estimate
    matthews: Estimate
    recall: Mapping[str, Estimate]

    def as_dict(self) -> dict[str, Any]:
        """The scores as JSON-ready values."""
        return {
            "n": self.n,
            "clean_accuracy": self.accuracy.as_dict(),
            "macro_f1": self.macro_f1.as_dict(),
            "matthews": self.matthews.as_dict(),
            "recall": {name: share.as_dict() for name, share in self.recall.items()},
            "errors": self.errors,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScores:
    """The numbers of one set: the model's, and, on the rows it answered, the bag of words' and the difference.

    `seconds` is the time the model took to answer.
    """

    name: str
    model: Scores
    seconds: float
    baseline: Scores | None = None
    difference: Difference | None = None

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        beside = None
        if self.baseline is not None and self.difference is not None:
            beside = {**self.baseline.as_dict(), "difference": self.difference.as_dict()}
        return {
            "data": self.name,
            **self.model.as_dict(),
            "baseline": beside,
            "seconds": round(self.seconds, 3),
            "examples_per_second": round(self.model.n / self.seconds, 1) if self.seconds > 0 else None,
        }


def score_sets(rows: Sequence[Row], manifest: Mapping[str, Any]) -> list[SetScores]:
    """Work the numbers out from the rows, for the sets and labels that the manifest names, in its order."""
    by_set: dict[str, list[Row]] = {data["name"]: [] for data in manifest["data"]}
    for row in rows:
        by_set[row["set"]].append(row)
    labels, compared = manifest["model"]["labels"], manifest["baseline"] is not None
    return [_score_set(name, mine, labels, compared) for name, mine in by_set.items()]


def _score_set(name: str, rows: Sequence[Row], labels: Sequence[str], compared: bool) -> SetScores:
    answered = [row for row in rows if row["predicted"] is not None]
    model = score(answered, "predicted", labels, n=len(rows))
    seconds = sum(row["seconds"] for row in rows)
    if not compared:
        return SetScores(name=name, model=model, seconds=seconds)
    right, simple = ([row[column] == row["label"] for row in answered] for column in ("predicted", "baseline"))
    return SetScores(
        name=name,
        model=model,
        seconds=seconds,
        baseline=score(answered, "baseline", labels, n=len(answered)),
        difference=compare(right, simple),
    )


def score(rows: Sequence[Row], column: str, labels: Sequence[str], *, n: int) -> Scores:
    """Score the class indices in `column` against those in `label`; `n - len(rows)` rows had no answer."""
    gold, said = [row["label"] for row in rows], [row[column] for row in rows]
    numbers = classification(gold, said)
    recall = {
        labels[at]: proportion(sum(g == s == at for g, s in zip(gold, said, strict=True)), gold.count(at))
        for at in sorted(set(gold))
    }
    return Scores(
        n=n,
        errors=n - len(rows),
        accuracy=numbers["accuracy"],
        macro_f1=numbers["macro_f1"],
        matthews=numbers["matthews"],
        recall=recall,
    )
