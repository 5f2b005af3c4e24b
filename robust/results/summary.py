"""What a run comes to: accuracies and rates with intervals, costs, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from robust.results.estimates import Estimate, proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The numbers of one attack on one data set.

    `clean_accuracy` and `accuracy_under_attack` are over all examples that did not end in an error;
    `attack_success_rate` is over the attacked ones (classified rightly at first). Query means are over the attacked
    ones, `words_changed_mean` is the mean share of words changed (0 to 1) over the successes. A mean over nothing is
    None.
    """

    n: int
    clean_accuracy: Estimate
    accuracy_under_attack: Estimate
    attack_success_rate: Estimate
    queries_mean: float | None
    unique_queries_mean: float | None
    words_changed_mean: float | None
    errors: int
    skipped: int

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON-ready values."""
        rates = ("clean_accuracy", "accuracy_under_attack", "attack_success_rate")
        rest = ("queries_mean", "unique_queries_mean", "words_changed_mean", "errors", "skipped")
        return {
            "n": self.n,
            **{name: getattr(self, name).as_dict() for name in rates},
            **{name: getattr(self, name) for name in rest},
        }


def summarise(rows: Sequence[Mapping[str, Any]]) -> Summary:
    """Work the summary out from the rows of `examples.parquet`, and from nothing else."""
    judged = [r for r in rows if r["status"] != "error"]
    attacked = [r for r in judged if r["status"] in ("success", "failure")]
    broken = [r for r in judged if r["status"] == "success"]
    right = [r for r in judged if _argmax(r["clean_logits"]) == r["label"]]
    standing = [r for r in right if r["status"] != "success"]
    return Summary(
        n=len(rows),
        clean_accuracy=proportion(len(right), len(judged)),
        accuracy_under_attack=proportion(len(standing), len(judged)),
        attack_success_rate=proportion(len(broken), len(attacked)),
        queries_mean=_mean([r["queries"] for r in attacked]),
        unique_queries_mean=_mean([r["unique_queries"] for r in attacked]),
        words_changed_mean=_mean([r["words_changed"] / max(1, r["words"]) for r in broken]),
        errors=len(rows) - len(judged),
        skipped=sum(r["status"] == "skipped" for r in rows),
    )


def _argmax(logits: Sequence[float]) -> int:
    return max(range(len(logits)), key=logits.__getitem__)


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
