"""One training against attacks over several seeds, measured as one: what of it is the recipe's, and what is luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from robust import __version__
from robust.comparison.measure import Listener
from robust.comparison.report import REPORT_VERSION, gap_closed, least, means
from robust.comparison.request import TrainRequest
from robust.comparison.run import RUNS, Measured, measured, write_report
from robust.errors import UserError
from robust.evaluation.standing import standing
from robust.recipe.load import load
from robust.recipe.train import TrainRecipe
from robust.results.environment import environment
from robust.results.estimates import crossed, crossed_share, proportion
from robust.stages.adversarial.training import recorded
from robust.stages.trainers import Progress


def train_over_seeds(
    request: TrainRequest,
    n: int,
    *,
    progress: Progress | None = None,
    listener: Listener | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Any] | None:
    """Train `n` times, with the recipe's seed and those after it, and write one report of all of them.

    Each training is in `seed-N` of the request's directory, with a report of its own; they share the attacks on the
    model before. Finished ones are taken as they are. None where only training was asked for. Raises the
    `RobustError` family.
    """
    if n < 2:
        raise UserError(f"{n} seeds", fix="ask for two at least, or leave the number out for one training")
    if recorded(request.out) is not None:
        raise UserError(f"{request.out} holds one training", fix="choose another --out for several")
    recipe = load(request.recipe, family="train", schema=TrainRecipe, overrides=request.overrides)
    first = recipe.train.seed
    found: list[Measured] = []
    for seed in range(first, first + n):
        if tell is not None:
            tell(f"seed {seed}, {seed - first + 1} of {n}")
        one = replace(
            request,
            out=request.out / f"seed-{seed}",
            overrides=(*request.overrides, f"train.seed={seed}"),
            runs=request.runs or request.out / RUNS,
        )
        done = measured(one, progress=progress, listener=listener, tell=tell)
        if done is not None:
            found.append(done)
    if not found:
        return None
    told = over_seeds(found, command=request.command, after=str(request.out))
    write_report(told, request.out)
    return told


def over_seeds(found: Sequence[Measured], *, command: str, after: str) -> dict[str, Any]:
    """The report of several trainings that differ by their seeds alone, as JSON values.

    Accuracies after are means over the seeds, with an interval for other seeds and other texts (`crossed_share`) and
    each seed's own number in `by_seed`; what was before is one model, the same for all.
    """
    reports = [each.report for each in found]
    attacks = [_attack(name, found) for name in found[0].runs]
    cleans = np.array([each.sides[1].right for each in found], np.float64)
    before = np.array(found[0].sides[0].right, np.float64)
    trainings = [report["training"] for report in reports]
    return {
        "report_version": REPORT_VERSION,
        "kind": "train-seeds",
        "status": "finished",
        "command": command,
        "robust": __version__,
        "recipe": reports[0]["recipe"],
        "model": {**reports[0]["model"], "after": after},
        "data": reports[0]["data"],
        "seeds": [report["seed"] for report in reports],
        "training": {
            "rows": [told["rows"] for told in trainings],
            "seconds": sum(told["seconds"] for told in trainings),
            "seconds_attacking": sum(told["seconds_attacking"] for told in trainings),
            "energy": _energy(trainings),
        },
        "clean_accuracy": {
            "before": proportion(int(before.sum()), before.size).as_dict(),
            **_after(cleans, before),
        },
        "attacks": attacks,
        "mean": means(attacks),
        "flags": [f"seed {report['seed']}: {flag}" for report in reports for flag in report["flags"]],
        "notes": list(dict.fromkeys(note for report in reports for note in report["notes"])),
        "environment": environment(),
    }


def _energy(trainings: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    known = [told["energy"] for told in trainings if told["energy"]]
    if len(known) < len(trainings):
        return None
    return {**known[0], "joules": sum(each["joules"] for each in known)}


def _attack(name: str, found: Sequence[Measured]) -> dict[str, Any]:
    """One attack before and after, on the examples that none of its runs has an error of."""
    told = next(each for each in found[0].report["attacks"] if each["attack"] == name)
    sides = [side for side in found[0].runs[name] if side != "before"]
    holds = {side: [standing(each.runs[name][side].rows) for each in found] for side in sides}
    first = standing(found[0].runs[name]["before"].rows)
    shared = [key for key in first if all(key in own for runs in holds.values() for own in runs)]
    before = np.array([first[key] for key in shared], np.float64)
    tables = {
        side: np.array([[own[key] for key in shared] for own in runs], np.float64) for side, runs in holds.items()
    }
    clean = told["before"]["clean_accuracy"]
    after = _after(tables["after"], before)
    result = {
        **{key: told[key] for key in ("attack", "trained_on", "control")},
        "before": {
            "n": before.size,
            "clean_accuracy": clean,
            "accuracy_under_attack": proportion(int(before.sum()), before.size).as_dict(),
        },
        "after": {"accuracy_under_attack": after["after"], "by_seed": after["by_seed"]},
        "difference": after["difference"],
    }
    for side in [side for side in sides if side != "after"]:
        again = _after(tables[side], before)
        result[side] = {"accuracy_under_attack": again["after"], "by_seed": again["by_seed"]}
        result[side] |= {key: told[side][key] for key in ("draws",) if key in told[side]}
    left = float(before.mean()) if before.size else None
    result["gap_closed"] = gap_closed(clean=clean["value"], before=left, after=least(result))
    return result


def _after(table: npt.NDArray[np.float64], before: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Of a table `(seeds, examples)` of what holds after: its mean, the difference from before, each seed's mean."""
    return {
        "after": crossed_share(table).as_dict(),
        "difference": crossed(table - before).as_dict(),
        "by_seed": [float(row.mean()) if row.size else None for row in table],
    }
