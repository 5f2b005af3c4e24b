"""Every number of an entry, worked out from its rows and from nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from robust.core.types import Task
from robust.leaderboard.schema import AttackResult, Interval, Results
from robust.results.estimates import Estimate, mean, proportion
from robust.results.rows import Row
from robust.results.summary import is_right, stands, summarise

RELATIVE = 1e-9
BOOTSTRAP = 0.02
"""How far ends of bootstrap intervals may lie apart: generators may change between releases of numpy."""


def by_attack(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each attack, attacks in the order of their names."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["attack"]].append(row)
    return dict(sorted(found.items()))


def survivors(rows: Sequence[Row], task: Task, broken: frozenset[str] = frozenset()) -> dict[str, bool]:
    """For each example whether it is right at first and withstands every attack, and is not in `broken`."""
    found: dict[str, bool] = {}
    for row in rows:
        ok = row["status"] != "error" and stands(row, task) and row["example_id"] not in broken
        found[row["example_id"]] = found.get(row["example_id"], True) and ok
    return found


def results(rows: Sequence[Row], task: Task, budgets: Mapping[str, int | None]) -> Results:
    """The results of rows without an error. `budgets`: the query budget of each attack, None for none.

    The clean accuracy is that of the first attack: the others saw the same texts, and `check` compares their answers.
    """
    groups = by_attack(rows)
    first = next(iter(groups.values()))
    standing = survivors(rows, task)
    return Results(
        clean=interval(proportion(sum(is_right(r, task) for r in first), len(first))),
        robust=interval(proportion(sum(standing.values()), len(standing))),
        attacks=tuple(attack_result(name, group, task, budgets.get(name)) for name, group in groups.items()),
        skipped=sum(r["status"] == "skipped" for r in first),
        errors=0,
    )


def attack_result(name: str, rows: Sequence[Row], task: Task, budget: int | None) -> AttackResult:
    """The numbers of one attack; `budget_hits` counts the failed attacks that used their whole budget."""
    summary = summarise(rows, task)
    attacked = [r for r in rows if r["status"] in ("success", "failure")]
    broken = [r for r in rows if r["status"] == "success"]
    return AttackResult(
        attack=name,
        robust=interval(summary.accuracy_under_attack),
        success_rate=interval(summary.attack_success_rate),
        queries=interval(mean([r["queries"] for r in attacked])),
        unique_queries=interval(mean([r["unique_queries"] for r in attacked])),
        words_changed=interval(mean([r["words_changed"] / max(1, r["words"]) for r in broken])),
        budget_hits=0 if budget is None else sum(r["status"] == "failure" and r["queries"] >= budget for r in attacked),
    )


def interval(estimate: Estimate) -> Interval:
    """An estimate as an entry holds it."""
    return Interval.model_validate(estimate.as_dict())


def differences(claimed: Results, found: Results) -> list[str]:
    """What an entry claims and its rows do not say: `robust: claims 0.9 (216 of 240), the rows give 0.1 (…)`."""
    return list(_differences("", claimed.model_dump(mode="json"), found.model_dump(mode="json")))


def _differences(place: str, claimed: Any, found: Any) -> Iterator[str]:
    if isinstance(claimed, dict) and isinstance(found, dict) and "method" in claimed:
        if not _same(claimed, found):
            yield f"{place}: claims {_said(claimed)}, the rows give {_said(found)}"
    elif isinstance(claimed, dict) and isinstance(found, dict):
        for key in found:
            yield from _differences(f"{place}.{key}".lstrip("."), claimed.get(key), found[key])
    elif isinstance(claimed, list) and isinstance(found, list):
        if [c.get("attack") for c in claimed] != [f.get("attack") for f in found]:
            yield f"{place}: the attacks are not those of the rows"
            return
        for one, other in zip(claimed, found, strict=True):
            yield from _differences(f"{place}.{other['attack']}", one, other)
    elif claimed != found:
        yield f"{place}: claims {claimed}, the rows give {found}"


def _same(claimed: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    if any(claimed[key] != found[key] for key in ("k", "n", "method")) or not _near(claimed, found, "value", RELATIVE):
        return False
    slack = RELATIVE if found["method"] == "wilson" else BOOTSTRAP
    return _near(claimed, found, "low", slack) and _near(claimed, found, "high", slack)


def _near(claimed: Mapping[str, Any], found: Mapping[str, Any], key: str, slack: float) -> bool:
    one, other = claimed[key], found[key]
    if one is None or other is None:
        return one is other
    return bool(abs(one - other) <= slack * max(1.0, abs(other)))


def _said(interval: Mapping[str, Any]) -> str:
    if interval["value"] is None:
        return f"nothing of {interval['n']}"
    of = f"{interval['k']} of {interval['n']}" if interval["k"] is not None else f"n = {interval['n']}"
    return f"{interval['value']:.4g} [{interval['low']:.4g}, {interval['high']:.4g}] ({of}, {interval['method']})"
