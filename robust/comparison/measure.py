"""The same attacks on the same rows, before and after."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from robust.comparison.request import Prepared
from robust.core.types import Floats
from robust.core.victim import Victim
from robust.data.labels import to_examples
from robust.data.source import DataSpec, Table
from robust.evaluation.answers import logits
from robust.evaluation.masking import Masking, check
from robust.evaluation.paired import compare
from robust.results.calibration import saturated, temperature
from robust.results.estimates import proportion
from robust.results.flags import one_answer
from robust.runner import AttackRequest, FinishedRun, Progress, attack
from robust.victims.smoothed import own, votes

ATTACK_SEED = 0
"""Trainings differ by their seeds; what they are attacked with is the same."""

EXPECTATION = "expectation"
"""The run on a smoothed model's expectation over draws, beside the one on its vote by fixed seeds."""

MASKING = "masking"
"""The runs that tell whether gradients are hidden."""

Listener = Callable[[str, str, Progress], None]
"""Called with the attack, `before` or `after`, and how far it is."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """A model before or after: as a victim, where attacks find it, its answers on the test rows and its temperature.

    `saturated`: the share of answers with a probability of 1 at that temperature, of the model itself where it votes.
    `collapsed`: what is to be said of one that gives nearly all rows the same answer.
    """

    name: str
    model: str
    victim: Victim
    right: tuple[bool, ...]
    temperature: float | None
    saturated: float
    collapsed: str | None


def side(name: str, model: str, victim: Victim, prepared: Prepared) -> Side:
    """Score a model on the test rows, and find its temperature on the dev rows."""
    plan = prepared.plan
    answers, gold = _answers(victim, prepared.test, prepared)
    bare = cast(Victim, own(victim))
    sure = answers if bare is victim else _answers(bare, prepared.test, prepared)[0]
    labels = victim.meta.labels
    fit = temperature(*_answers(bare, plan.dev, prepared)) if plan.recipe.measure.calibrate else None
    return Side(
        name=name,
        model=model,
        victim=victim,
        right=tuple((answers.argmax(axis=1) == np.array(gold)).tolist()),
        temperature=fit,
        saturated=saturated(sure / (fit or 1.0)),
        collapsed=one_answer([labels[at] for at in answers.argmax(axis=1)], [labels[at] for at in gold]),
    )


def _answers(victim: Victim, table: Table, prepared: Prepared) -> tuple[Floats, list[int]]:
    rows = to_examples(table, victim.meta.labels, lang=prepared.plan.lang).examples
    return logits(victim, [row.fields(row.text) for row in rows]), [int(str(row.target)) for row in rows]


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
    data = _rows(prepared, folder)
    found: dict[str, dict[str, FinishedRun]] = {}
    for recipe in prepared.attacks:
        for each in sides:
            request = _request(prepared, each, data, runs=folder / each.name, recipe=recipe.name)
            tell = None if listener is None else _listen(listener, recipe.name, each.name)
            found.setdefault(recipe.name, {})[each.name] = attack(request, tell)
            if votes(each.victim):
                other = replace(request, expectation=True, runs=folder / f"{each.name}-{EXPECTATION}")
                found[recipe.name][EXPECTATION] = attack(other, tell)
    return found


def masking(prepared: Prepared, sides: Sequence[Side], folder: Path) -> dict[str, Masking]:
    """Whether a side hides its gradients, by side; empty where the recipe does not want to know."""
    if not prepared.plan.recipe.measure.masking:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    data = _rows(prepared, folder)
    found = {}
    for each in sides:
        request = _request(prepared, each, data, runs=folder / each.name, recipe="")
        found[each.name] = check(request, runs=folder / f"{each.name}-{MASKING}")
    return found


def _rows(prepared: Prepared, folder: Path) -> DataSpec:
    limit = prepared.request.limit or prepared.plan.recipe.measure.limit
    pinned = prepared.test.fingerprint.rpartition(":")[2]
    return write_rows(prepared.test, folder / f"test-{limit}-{pinned}.jsonl", limit=limit, prepared=prepared)


def _request(prepared: Prepared, each: Side, data: DataSpec, *, runs: Path, recipe: str) -> AttackRequest:
    return AttackRequest(
        recipe=recipe,
        model=each.model,
        data=data,
        seed=ATTACK_SEED,
        runs=runs,
        device=prepared.request.device,
        dtype="float32",
        temperature=each.temperature,
        command=prepared.request.command,
    )


def _listen(listener: Listener, recipe: str, name: str) -> Callable[[Progress], None]:
    return lambda news: listener(recipe, name, news)


def clean(sides: Sequence[Side]) -> dict[str, Any]:
    """Clean accuracy on all test rows, before and after, and the difference."""
    before, after = sides
    return {
        **{each.name: proportion(sum(each.right), len(each.right)).as_dict() for each in sides},
        "difference": compare(after.right, before.right).as_dict(),
    }
