"""The same attacks on the same rows, before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from robust.comparison.request import Prepared
from robust.core.types import Floats
from robust.core.victim import Victim
from robust.data.labels import to_examples
from robust.data.source import DataSpec, Table
from robust.evaluation.paired import Difference, compare
from robust.results.calibration import saturated, temperature
from robust.results.estimates import proportion
from robust.runner import AttackRequest, FinishedRun, Progress, attack
from robust.victims.smoothed import SmoothedVictim

BATCH = 64

ATTACK_SEED = 0
"""Trainings differ by their seeds; what they are attacked with is the same."""

EXPECTATION = "expectation"
"""The run on a smoothed model's expectation over draws, beside the one on its vote by fixed seeds."""

Listener = Callable[[str, str, Progress], None]
"""Called with the attack, `before` or `after`, and how far it is."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """A model before or after: as a victim, where attacks find it, its answers on the test rows and its temperature."""

    name: str
    model: str
    victim: Victim
    right: tuple[bool, ...]
    temperature: float | None
    saturated: float


def side(name: str, model: str, victim: Victim, prepared: Prepared) -> Side:
    """Score a model on the test rows, and find its temperature on the dev rows."""
    plan = prepared.plan
    logits, gold = _answers(victim, prepared.test, prepared)
    fit = temperature(*_answers(victim, plan.dev, prepared)) if plan.recipe.measure.calibrate else None
    return Side(
        name=name,
        model=model,
        victim=victim,
        right=tuple((logits.argmax(axis=1) == np.array(gold)).tolist()),
        temperature=fit,
        saturated=saturated(logits),
    )


def _answers(victim: Victim, table: Table, prepared: Prepared) -> tuple[Floats, list[int]]:
    rows = to_examples(table, victim.meta.labels, lang=prepared.plan.lang).examples
    order = sorted(range(len(rows)), key=lambda at: len(str(rows[at].text)))
    logits = np.zeros((len(rows), len(victim.meta.labels)), np.float32)
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        logits[part] = victim.logits([rows[at].fields(rows[at].text) for at in part])
    return logits, [int(str(row.target)) for row in rows]


def write_rows(table: Table, path: Path, *, limit: int, prepared: Prepared) -> DataSpec:
    """Put the rows that are attacked into a file of their own, so that both runs read the same, and name it."""
    rows = table.rows[:limit]
    two = any(len(row.fields) > 1 for row in rows)
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            known = {"id": row.id, "text": row.fields[0], "label": row.label}
            known |= {"pair": row.fields[1]} if len(row.fields) > 1 else {}
            known |= {"lang": row.lang or table.lang or prepared.plan.lang}
            file.write(json.dumps(known, ensure_ascii=False) + "\n")
    return DataSpec(source=str(path), text="text", label="label", id="id", pair="pair" if two else None)


def attacked(
    prepared: Prepared, sides: Sequence[Side], folder: Path, listener: Listener | None = None
) -> dict[str, dict[str, FinishedRun]]:
    """Every attack on every side: runs by attack, then by side. Finished ones are read, begun ones gone on with.

    A smoothed model is attacked twice: by fixed seeds, as any other, and in expectation over other draws.
    """
    folder.mkdir(parents=True, exist_ok=True)
    limit = prepared.request.limit or prepared.plan.recipe.measure.limit
    pinned = prepared.test.fingerprint.rpartition(":")[2]
    data = write_rows(prepared.test, folder / f"test-{limit}-{pinned}.jsonl", limit=limit, prepared=prepared)
    found: dict[str, dict[str, FinishedRun]] = {}
    for recipe in prepared.attacks:
        for each in sides:
            request = AttackRequest(
                recipe=recipe.name,
                model=each.model,
                data=data,
                seed=ATTACK_SEED,
                runs=folder / each.name,
                device=prepared.request.device,
                dtype="float32",
                temperature=each.temperature,
                command=prepared.request.command,
            )
            tell = None if listener is None else _listen(listener, recipe.name, each.name)
            found.setdefault(recipe.name, {})[each.name] = attack(request, tell)
            if isinstance(each.victim, SmoothedVictim):
                other = replace(request, expectation=True, runs=folder / f"{each.name}-{EXPECTATION}")
                found[recipe.name][EXPECTATION] = attack(other, tell)
    return found


def _listen(listener: Listener, recipe: str, name: str) -> Callable[[Progress], None]:
    return lambda news: listener(recipe, name, news)


def standing(run: FinishedRun) -> dict[str, bool]:
    """For each example without an error: whether its label holds under the attack."""
    return {
        row["example_id"]: int(np.argmax(row["clean_logits"])) == row["label"] and row["status"] != "success"
        for row in run.rows
        if row["status"] != "error"
    }


def paired(first: FinishedRun, second: FinishedRun) -> Difference:
    """Accuracy under attack of the first minus that of the second, on the examples that both have."""
    one, two = standing(first), standing(second)
    shared = [key for key in one if key in two]
    return compare([one[key] for key in shared], [two[key] for key in shared])


def clean(sides: Sequence[Side]) -> dict[str, Any]:
    """Clean accuracy on all test rows, before and after, and the difference."""
    before, after = sides
    return {
        **{each.name: proportion(sum(each.right), len(each.right)).as_dict() for each in sides},
        "difference": compare(after.right, before.right).as_dict(),
    }
