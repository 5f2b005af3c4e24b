"""The one place where a training against attacks is put together: train, then attack before and after."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust.comparison.measure import Listener, Side, attacked, masking, side
from robust.comparison.report import report
from robust.comparison.request import Prepared, TrainRequest, prepare
from robust.errors import UserError
from robust.runner import FinishedRun
from robust.stages import processes
from robust.stages.adversarial.training import harden, recorded
from robust.stages.trainers import Progress
from robust.stages.workspace import changes
from robust.victims.load import load_victim

REPORT, RUNS = "report.json", "robustness"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A training and what was found of it: the report, and behind it both sides and the runs by attack and side."""

    report: dict[str, Any]
    sides: tuple[Side, Side]
    runs: Mapping[str, Mapping[str, FinishedRun]]


def train(
    request: TrainRequest,
    *,
    progress: Progress | None = None,
    listener: Listener | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Any] | None:
    """Train, measure before and after, write `report.json` into the model's directory and return it.

    Every part that was finished by an earlier call with the same request is taken as it is. None where only training
    was asked for, and in all processes but the first. Raises the `RobustError` family.
    """
    found = measured(request, progress=progress, listener=listener, tell=tell)
    return None if found is None else found.report


def measured(
    request: TrainRequest,
    *,
    progress: Progress | None = None,
    listener: Listener | None = None,
    tell: Callable[[str], None] | None = None,
) -> Measured | None:
    """What `train` does, with what stands behind the report."""
    prepared = prepare(request)
    training = _trained(prepared, progress, tell)
    if not request.measure or not processes.first():
        return None
    victim = load_victim(str(request.out), device=request.device, dtype="float32")
    before = side("before", request.model, prepared.plan.victim, prepared)
    after = side("after", str(request.out), victim, prepared)
    sides = (before, after)
    folder = request.runs or request.out / RUNS
    runs = attacked(prepared, sides, folder, listener)
    found = report(prepared, sides, runs, training, masking(prepared, sides, folder))
    write_report(found, request.out)
    return Measured(report=found, sides=sides, runs=runs)


def write_report(found: Mapping[str, Any], out: Path) -> None:
    """Put a report into a directory, whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    partial = out / f"{REPORT}.new"
    partial.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(partial, out / REPORT)


def _trained(prepared: Prepared, progress: Progress | None, tell: Callable[[str], None] | None) -> dict[str, Any]:
    """What the finished training says of itself; an earlier one of the same purpose is not done again."""
    request, plan = prepared.request, prepared.plan
    held = None if request.force else recorded(request.out)
    if held is not None and held["purpose"] == json.loads(json.dumps(plan.purpose)):
        if tell is not None:
            tell(f"{request.out} is trained already (--force trains again)")
        return held
    if held is not None:
        raise UserError(
            f"{request.out} holds another training{changes(held['purpose'], plan.purpose)}",
            fix="choose another --out, or replace it with --force",
        )
    harden(
        plan,
        out=request.out,
        device="cpu" if request.device == "cpu" else "auto",
        force=request.force,
        progress=progress,
        tell=tell,
    )
    found = recorded(request.out)
    if found is None:
        raise UserError(f"{request.out} was changed while it was written", fix="train again with --force")
    return found


def open_report(out: Path) -> dict[str, Any] | None:
    """The report in a model's directory, or None where it was not measured."""
    path = out / REPORT
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
