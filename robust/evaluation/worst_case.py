"""The per-example worst case over several attacks on the same examples: rows in, rows and numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import pyarrow as pa

from robust.results.estimates import Estimate, proportion
from robust.results.frame import Frame
from robust.results.rows import Row

FRAME = Frame(
    name="suite",
    version=1,
    fields=(
        ("example_id", pa.string()),
        ("lang", pa.string()),
        ("status", pa.string()),  # robust, broken, misclassified (before any attack), error
        ("label", pa.int32()),
        ("predicted", pa.int32()),  # of the unedited text; null without an answer
        ("clean_logits", pa.list_(pa.float32())),
        ("before", pa.list_(pa.string())),
        ("original", pa.string()),
        ("after", pa.list_(pa.string())),
        ("broken_by", pa.string()),  # the first attack, in the suite's order, that broke it
        ("adversarial", pa.string()),
        ("adversarial_logits", pa.list_(pa.float32())),
        ("words", pa.int32()),
        ("words_changed", pa.int32()),
        ("queries", pa.int32()),  # of all attacks together
        ("attacks", pa.list_(pa.struct([("name", pa.string()), ("status", pa.string()), ("queries", pa.int32())]))),
        ("error", pa.string()),
    ),
)


def combine(ids: Sequence[str], runs: Mapping[str, Sequence[Row]]) -> list[Row]:
    """One row an example, in the order of `ids`, from the rows of every attack that was run on it.

    Broken if any attack broke it; else an error if any attack, or the clean prediction, ended in one: what was not
    judged is not called robust. Each example must be in a run at least once.
    """
    by_id: dict[str, list[tuple[str, Row]]] = {id_: [] for id_ in ids}
    for name, rows in runs.items():
        for row in rows:
            by_id[row["example_id"]].append((name, row))
    return [_combined(found) for found in by_id.values()]


def _combined(found: Sequence[tuple[str, Row]]) -> Row:
    first = next((row for _, row in found if row["clean_logits"]), found[0][1])
    hit = next(((name, row) for name, row in found if row["status"] == "success"), None)
    failed = next((row for _, row in found if row["status"] == "error"), None)
    if hit is not None:
        status = "broken"
    elif failed is not None:
        status = "error"
    else:
        status = "misclassified" if any(row["status"] == "skipped" for _, row in found) else "robust"
    logits = first["clean_logits"]
    kept = {name: first[name] for name in ("example_id", "lang", "label", "before", "original", "after", "words")}
    return {
        **kept,
        "status": status,
        "predicted": max(range(len(logits)), key=logits.__getitem__) if logits else None,
        "clean_logits": logits,
        "broken_by": hit[0] if hit else None,
        "adversarial": hit[1]["adversarial"] if hit else None,
        "adversarial_logits": hit[1]["adversarial_logits"] if hit else [],
        "words_changed": hit[1]["words_changed"] if hit else 0,
        "queries": sum(row["queries"] for _, row in found),
        "attacks": [{"name": name, "status": row["status"], "queries": row["queries"]} for name, row in found],
        "error": failed["error"] if failed is not None and hit is None else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackNumbers:
    """What one attack of a suite did.

    `attack_success_rate` is over the `attacked` examples. Where `of_those_left`, these are the ones that earlier
    attacks left, and `accuracy_under_attack`, over all examples, is not known and None. `robust_accuracy_so_far` is the
    worst case over this attack and those before it. `budget_hits` counts searches that spent the whole budget without
    success.
    """

    name: str
    level: str
    attacked: int
    of_those_left: bool
    attack_success_rate: Estimate
    accuracy_under_attack: Estimate | None
    robust_accuracy_so_far: Estimate
    queries_mean: float | None
    words_changed_mean: float | None
    budget_hits: int
    errors: int

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {name: value.as_dict() if isinstance(value, Estimate) else value for name, value in plain.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCase:
    """The numbers of a suite: accuracies over the `n - errors` judged examples, success over those right at first."""

    n: int
    clean_accuracy: Estimate
    robust_accuracy: Estimate
    attack_success_rate: Estimate
    queries_mean: float | None
    errors: int
    attacks: tuple[AttackNumbers, ...]

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        rates = ("clean_accuracy", "robust_accuracy", "attack_success_rate")
        return {
            "n": self.n,
            **{name: getattr(self, name).as_dict() for name in rates},
            "queries_mean": self.queries_mean,
            "errors": self.errors,
            "attacks": [attack.as_dict() for attack in self.attacks],
        }


def summarise(
    rows: Sequence[Row], runs: Mapping[str, Sequence[Row]], levels: Mapping[str, str], *, queries: int
) -> WorstCase:
    """The numbers from the combined rows and the rows of every attack; `levels` names all attacks, in order."""
    judged = [row for row in rows if row["status"] != "error"]
    right = [row for row in judged if row["status"] != "misclassified"]
    broken = sum(row["status"] == "broken" for row in right)
    order, numbers = list(levels), []
    for at, name in enumerate(order):
        until = set(order[: at + 1])
        standing = sum(
            not until & {one["name"] for one in row["attacks"] if one["status"] == "success"} for row in right
        )
        left = at > 0 and len(runs.get(name, ())) < len(rows)
        numbers.append(
            _attack(name, levels[name], runs.get(name, ()), left, proportion(standing, len(judged)), queries)
        )
    return WorstCase(
        n=len(rows),
        clean_accuracy=proportion(len(right), len(judged)),
        robust_accuracy=proportion(len(right) - broken, len(judged)),
        attack_success_rate=proportion(broken, len(right)),
        queries_mean=fmean(row["queries"] for row in right) if right else None,
        errors=len(rows) - len(judged),
        attacks=tuple(numbers),
    )


def _attack(name: str, level: str, rows: Sequence[Row], left: bool, so_far: Estimate, queries: int) -> AttackNumbers:
    attacked = [row for row in rows if row["status"] in ("success", "failure")]
    broken = [row for row in attacked if row["status"] == "success"]
    judged = sum(row["status"] != "error" for row in rows)
    return AttackNumbers(
        name=name,
        level=level,
        attacked=len(attacked),
        of_those_left=left,
        attack_success_rate=proportion(len(broken), len(attacked)),
        accuracy_under_attack=None if left else proportion(len(attacked) - len(broken), judged),
        robust_accuracy_so_far=so_far,
        queries_mean=fmean(row["queries"] for row in attacked) if attacked else None,
        words_changed_mean=fmean(row["words_changed"] / max(1, row["words"]) for row in broken) if broken else None,
        budget_hits=sum(row["status"] == "failure" and row["queries"] >= queries for row in attacked),
        errors=len(rows) - judged,
    )
