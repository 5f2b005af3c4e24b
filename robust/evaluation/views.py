"""Ways to look at the rows of an evaluation: by slice, and away from the first data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robust.evaluation.rows import Row
from robust.results.estimates import Estimate, proportion
from robust.results.exact import newcombe
from robust.results.rows import Row as Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Accuracy on the rows of a set that share a property, and what the set's other rows get more or less."""

    data: str
    name: str
    accuracy: Estimate
    against_rest: Estimate

    def as_dict(self) -> dict[str, Any]:
        """The slice as JSON-ready values."""
        numbers = {"accuracy": self.accuracy.as_dict(), "against_rest": self.against_rest.as_dict()}
        return {"data": self.data, "slice": self.name, **numbers}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Accuracy on a set, and its difference from that on the first set of the run."""

    data: str
    accuracy: Estimate
    difference: Estimate

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        return {"data": self.data, "accuracy": self.accuracy.as_dict(), "difference": self.difference.as_dict()}


def slices(rows: Sequence[Row], facts: Sequence[Fact]) -> list[Slice]:
    """The slices of every set, those of one kind side by side; rows without an answer count nowhere."""
    right = _right(rows)
    found: dict[tuple[str, str], list[bool]] = {}
    totals: dict[str, list[bool]] = {}
    for fact in facts:
        key = (fact["set"], fact["example_id"])
        if key in right:
            totals.setdefault(fact["set"], []).append(right[key])
            for name in fact["slices"]:
                found.setdefault((fact["set"], name), []).append(right[key])
    made = []
    for (data, name), mine in found.items():
        k, n = sum(totals[data]) - sum(mine), len(totals[data]) - len(mine)
        difference = newcombe(sum(mine), len(mine), k, n)
        made.append(Slice(data=data, name=name, accuracy=proportion(sum(mine), len(mine)), against_rest=difference))
    order = list(dict.fromkeys(row["set"] for row in rows))
    return sorted(made, key=lambda one: (order.index(one.data), one.name.partition(":")[0], _number(one.name)))


def _number(name: str) -> tuple[float, str]:
    """Lengths sort by their first number, the last (`over 100`) at the end."""
    value = name.partition(": ")[2]
    start = value.partition("-")[0]
    return (float(start) if start.isdecimal() else float("inf"), name)


def shift(rows: Sequence[Row]) -> list[Shift]:
    """Every set after the first, in the order of the run, against the first."""
    by_set: dict[str, list[bool]] = {}
    for (data, _), verdict in _right(rows).items():
        by_set.setdefault(data, []).append(verdict)
    (_, home), *others = by_set.items() if by_set else [("", [])]
    return [
        Shift(
            data=data,
            accuracy=proportion(sum(mine), len(mine)),
            difference=newcombe(sum(mine), len(mine), sum(home), len(home)),
        )
        for data, mine in others
    ]


def _right(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], bool]:
    return {(r["set"], r["example_id"]): r["predicted"] == r["label"] for r in rows if r["predicted"] is not None}
