"""What a run comes to: accuracies and rates with intervals, costs, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from robust.core.types import Task
from robust.results.estimates import Estimate, bootstrap, mean, proportion
from robust.results.tags import f1


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The numbers of one attack on one data set.

    `clean_accuracy` and `accuracy_under_attack` are over all examples that did not end in an error;
    `attack_success_rate` is over the attacked ones (classified rightly at first). Query means are over the attacked
    ones, `words_changed_mean` is the mean share of words changed (0 to 1) over the successes. A mean over nothing is
    None.

    Taggers and models that answer questions also have `clean_f1` and `f1_under_attack`, over all examples without an
    error: of all entities together (of words, where tags mark none) or the mean of the answers. There an example is
    right where all its entities, or its answer, are right exactly; `skipped` ones had nothing to lose by the goal's
    standard; and an example whose attack failed counts with its clean answer.

    Of a sequence-to-sequence model its own output for the unedited text is what is right: every example with an output
    is, and it stays so while no attack succeeds. `overlap_under_attack` is the mean overlap of the two outputs over all
    of them, 1 where the attack failed.
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
    clean_f1: Estimate | None = None
    f1_under_attack: Estimate | None = None
    overlap_under_attack: Estimate | None = None

    def as_dict(self) -> dict[str, Any]:
        """The summary as JSON-ready values."""
        rates = ["clean_accuracy", "accuracy_under_attack", "attack_success_rate"]
        if self.clean_f1 is not None:
            rates += ["clean_f1", "f1_under_attack"]
        if self.overlap_under_attack is not None:
            rates.append("overlap_under_attack")
        rest = ("queries_mean", "unique_queries_mean", "words_changed_mean", "errors", "skipped")
        return {
            "n": self.n,
            **{name: getattr(self, name).as_dict() for name in rates},
            **{name: getattr(self, name) for name in rest},
        }


def summarise(rows: Sequence[Mapping[str, Any]], task: Task = "classification") -> Summary:
    """Work the summary out from the rows of `examples.parquet`, and from nothing else but the victim's task."""
    judged = [r for r in rows if r["status"] != "error"]
    attacked = [r for r in judged if r["status"] in ("success", "failure")]
    broken = [r for r in judged if r["status"] == "success"]
    marked = task in ("tagging", "qa")
    return Summary(
        n=len(rows),
        clean_accuracy=proportion(sum(is_right(r, task) for r in judged), len(judged)),
        accuracy_under_attack=proportion(sum(stands(r, task) for r in judged), len(judged)),
        attack_success_rate=proportion(len(broken), len(attacked)),
        queries_mean=_mean([r["queries"] for r in attacked]),
        unique_queries_mean=_mean([r["unique_queries"] for r in attacked]),
        words_changed_mean=_mean([r["words_changed"] / max(1, r["words"]) for r in broken]),
        errors=len(rows) - len(judged),
        skipped=sum(r["status"] == "skipped" for r in rows),
        clean_f1=_f1([r["clean_counts"] for r in judged], task) if marked else None,
        f1_under_attack=_f1([_final(r) for r in judged], task) if marked else None,
        overlap_under_attack=mean([_final(r)[0] for r in attacked]) if task == "seq2seq" else None,
    )


def is_right(row: Mapping[str, Any], task: Task = "classification") -> bool:
    """Whether the unedited text of a row without an error is answered rightly."""
    if task == "classification":
        return bool(_argmax(row["clean_logits"]) == row["label"])
    if task == "seq2seq":
        return row["status"] in ("success", "failure")
    return _exact(row["clean_counts"], task)


def stands(row: Mapping[str, Any], task: Task = "classification") -> bool:
    """Whether a row without an error is right after the attack too."""
    if task in ("classification", "seq2seq"):
        return is_right(row, task) and row["status"] != "success"
    return _exact(_final(row), task)


def _final(row: Mapping[str, Any]) -> Sequence[float]:
    """The counts after the attack: of the unedited text, where it failed."""
    counts: Sequence[float] = row["adversarial_counts"] if row["status"] == "success" else row["clean_counts"]
    return counts


def _exact(counts: Sequence[float], task: Task) -> bool:
    if task == "qa":
        return counts[1] == 1
    hits, gold, said = counts
    return hits == gold == said


def _f1(counts: Sequence[Sequence[float]], task: Task) -> Estimate:
    if task == "qa":
        return mean([worth for worth, _ in counts])
    return bootstrap(np.array(counts, np.float64).reshape(-1, 3), f1)


def _argmax(logits: Sequence[float]) -> int:
    return max(range(len(logits)), key=logits.__getitem__)


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
