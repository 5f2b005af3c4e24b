"""Contrast sets: texts beside the revisions of them that mean something else, and how often a model gets both right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from robust.evaluation.paired import Difference, compare
from robust.evaluation.rows import Row
from robust.results.estimates import Estimate, proportion
from robust.results.rows import Row as Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What one classifier gets right of whole pairs: rows, originals, revisions, and pairs without a mistake.

    `difference` is the accuracy on the originals minus that on their first revisions, paired: where it is above 0, the
    originals are easier than texts that differ from them in a few words (Kaushik et al. 2020, arXiv:1909.12434).
    `consistency` is that of contrast sets (Gardner et al. 2020, arXiv:2004.02709).
    """

    accuracy: Estimate
    original: Estimate
    revised: Estimate
    consistency: Estimate
    difference: Difference

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        return {name: getattr(self, name).as_dict() for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The contrast sets of one data set: the model's scores, those of a bag of words, and rows that are in no pair.

    `against` is the consistency of the model minus that of the bag of words, on the same pairs. It and `baseline` are
    None where the run has no bag of words.
    """

    data: str
    model: Scores
    baseline: Scores | None
    against: Difference | None
    unpaired: int

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values; those of the model stand at the top."""
        beside = {
            "baseline": self.baseline and self.baseline.as_dict(),
            "against_baseline": self.against and self.against.as_dict(),
        }
        return {"data": self.data, **self.model.as_dict(), "unpaired": self.unpaired, **beside}


def contrasts(rows: Sequence[Row], facts: Sequence[Fact]) -> list[Contrast]:
    """The numbers of every set that has pairs.

    The row of a pair that the data set has first is the original; a pair may have several revisions. A pair with a row
    that the model gave no answer to counts nowhere.
    """
    answered = {(row["set"], row["example_id"]): row for row in rows if row["predicted"] is not None}
    groups: dict[str, dict[str, list[Row | None]]] = {}
    alone: dict[str, int] = {}
    for fact in facts:
        if fact["pair"] is None:
            alone[fact["set"]] = alone.get(fact["set"], 0) + 1
        else:
            mine = groups.setdefault(fact["set"], {}).setdefault(fact["pair"], [])
            mine.append(answered.get((fact["set"], fact["example_id"])))
    made = []
    for data, named in groups.items():
        complete = [[row for row in group if row is not None] for group in named.values() if None not in group]
        whole = [group for group in complete if len(group) > 1]
        single = sum(len(group) == 1 for group in named.values())
        model = _right(whole, "predicted")
        compared = any(row.get("baseline") is not None for group in whole for row in group)
        beside = _right(whole, "baseline") if compared else None
        made.append(
            Contrast(
                data=data,
                model=_scores(model),
                baseline=_scores(beside) if beside else None,
                against=compare([all(pair) for pair in model], [all(pair) for pair in beside]) if beside else None,
                unpaired=alone.get(data, 0) + single,
            )
        )
    return made


def _right(groups: Sequence[Sequence[Row]], said: str) -> list[list[bool]]:
    return [[row[said] == row["label"] for row in group] for group in groups]


def _scores(pairs: Sequence[Sequence[bool]]) -> Scores:
    original = [pair[0] for pair in pairs]
    revised = [verdict for pair in pairs for verdict in pair[1:]]
    return Scores(
        accuracy=proportion(sum(original) + sum(revised), len(original) + len(revised)),
        original=proportion(sum(original), len(original)),
        revised=proportion(sum(revised), len(revised)),
        consistency=proportion(sum(map(all, pairs)), len(pairs)),
        difference=compare(original, [pair[1] for pair in pairs]),
    )
