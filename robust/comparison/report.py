"""What a training against attacks came to: one JSON object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from robust import __version__
from robust.comparison.measure import Side, clean
from robust.comparison.request import Prepared
from robust.evaluation.masking import Masking
from robust.evaluation.standing import paired, standing
from robust.results.environment import environment
from robust.results.flags import STRONGER, flags
from robust.runner import FinishedRun

REPORT_VERSION = 1


def report(
    prepared: Prepared,
    sides: Sequence[Side],
    runs: Mapping[str, Mapping[str, FinishedRun]],
    training: Mapping[str, Any],
    masking: Mapping[str, Masking],
) -> dict[str, Any]:
    """The whole report as JSON values; `sides` are before and after, `runs` the attacks on both, `masking` by side.

    `gap_closed` is the part of the accuracy that the attack took before which it no longer takes: (after - before) /
    (clean before - before), all on the attacked examples; it is negative where the model got worse, None where the
    attack took nothing. Of a vote, what is left after is the smaller of two numbers (`least`).
    """
    before, after = sides
    attacks = [_attack(prepared, name, own) for name, own in runs.items()]
    return {
        "report_version": REPORT_VERSION,
        "kind": "train",
        "status": "finished",
        "command": prepared.request.command,
        "robust": __version__,
        "recipe": prepared.plan.recipe.name,
        "model": {"before": before.model, "after": after.model, "revision_before": before.victim.meta.revision},
        "data": {
            name: {"name": table.name, "fingerprint": table.fingerprint, "n": len(table.rows)}
            for name, table in (("train", prepared.plan.train), ("dev", prepared.plan.dev), ("test", prepared.test))
        },
        "seed": prepared.plan.recipe.train.seed,
        "training": {key: value for key, value in training.items() if key not in ("purpose", "recipe", "notes")},
        "temperature": {each.name: each.temperature for each in sides},
        "saturated": {each.name: each.saturated for each in sides},
        "clean_accuracy": clean(sides),
        "attacks": attacks,
        "mean": means(attacks),
        "masking": {name: {k: v for k, v in told.as_dict().items() if k != "flags"} for name, told in masking.items()},
        "flags": _flags(sides, runs, masking),
        "notes": [*prepared.notes, *training.get("notes", ())],
        "environment": environment(),
    }


def _attack(prepared: Prepared, name: str, runs: Mapping[str, FinishedRun]) -> dict[str, Any]:
    control = name in prepared.controls
    found: dict[str, Any] = {"attack": name, "trained_on": name in prepared.trained_on, "control": control}
    for side, run in runs.items():
        told = run.summary.as_dict()
        kept = ("n", "clean_accuracy", "accuracy_under_attack", "attack_success_rate", "queries_mean", "errors")
        found[side] = {
            **{key: told[key] for key in kept},
            "words_changed_mean": told["words_changed_mean"],
            "seconds": run.manifest["seconds"],
            "run": str(run.path),
            **({"draws": run.manifest["draws"]} if "draws" in run.manifest else {}),
        }
    found["difference"] = paired(runs["after"].rows, runs["before"].rows).as_dict()
    found["gap_closed"] = gap_closed(
        clean=found["before"]["clean_accuracy"]["value"],
        before=found["before"]["accuracy_under_attack"]["value"],
        after=least(found),
    )
    return found


def least(attack: Mapping[str, Any]) -> float | None:
    """What is left after: of a vote the smaller of what is left with its draws fixed and in expectation over others."""
    found = [attack[side]["accuracy_under_attack"]["value"] for side in ("after", "expectation") if side in attack]
    return None if None in found else min(found)


def gap_closed(*, clean: float | None, before: float | None, after: float | None) -> float | None:
    """(after - before) / (clean - before); None where a number is missing or there was no gap."""
    if clean is None or before is None or after is None or clean <= before:
        return None
    return (after - before) / (clean - before)


def means(attacks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means over the attacks trained on and over the others but the controls; None where there are none."""
    found: dict[str, Any] = {}
    for name, chosen in (
        ("trained_on", [a for a in attacks if a["trained_on"]]),
        ("held_out", [a for a in attacks if not a["trained_on"] and not a["control"]]),
    ):
        values = {
            "before": [a["before"]["accuracy_under_attack"]["value"] for a in chosen],
            "after": [least(a) for a in chosen],
        }
        whole = bool(chosen) and None not in (*values["before"], *values["after"])
        cleans = [a["before"]["clean_accuracy"]["value"] for a in chosen]
        mean = {side: fmean(values[side]) if whole else None for side in values}
        closed = gap_closed(clean=fmean(cleans) if whole else None, before=mean["before"], after=mean["after"])
        found[name] = {"attacks": len(chosen), **mean, "gap_closed": closed}
    return found


def _flags(
    sides: Sequence[Side], runs: Mapping[str, Mapping[str, FinishedRun]], masking: Mapping[str, Masking]
) -> list[str]:
    found = []
    for each in sides:
        seen = masking.get(each.name)
        pairs: dict[str, Mapping[str, Any]] = {
            weaker: {
                stronger: paired(runs[stronger][each.name].rows, runs[weaker][each.name].rows).as_dict()
                for stronger in others
                if stronger in runs
            }
            for weaker, others in STRONGER.items()
            if weaker in runs
        }
        if each.name == "after":
            pairs |= {
                f"{name} with fixed draws": {
                    f"{name} in expectation": paired(own["expectation"].rows, own["after"].rows).as_dict()
                }
                for name, own in runs.items()
                if "expectation" in own
            }
        errors = {
            name: missing
            for name, own in runs.items()
            if (missing := len(own[each.name].rows) - len(standing(own[each.name].rows)))
        }
        told = flags(
            pairs | (seen.pairs if seen else {}),
            saturation=each.saturated,
            calibrated=each.temperature is not None,
            errors=errors,
            collapsed=each.collapsed,
            vanishing=seen.vanishing.value if seen and seen.vanishing else None,
        )
        found += [f"{each.name}: {line}" for line in told]
    return found
