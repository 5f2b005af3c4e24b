"""Whether a model hides its scores or gradients from an attack, in the spirit of AutoAttack's checks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from robust import runner
from robust.core.example import Example
from robust.core.gradient import GradientVictim
from robust.errors import UserError
from robust.evaluation.answers import logits
from robust.evaluation.paired import Difference
from robust.evaluation.standing import paired
from robust.results.calibration import saturated
from robust.results.estimates import Estimate, proportion
from robust.results.flags import flags
from robust.runner import AttackRequest, FinishedRun, Loaded
from robust.victims.smoothed import own

LIMIT = 100
"""Examples that are looked at, the first ones."""

BUDGET = 20
"""Queries of each of the two attacks: so few that it matters which edits are asked about first."""

NOTHING = 2.0**-23
"""float32's resolution at 1: no edit of unit length changes a loss by more, where a gradient is shorter."""

BATCH = 16
FILE, RUNS = "masking.json", "masking"

EDITS = ("attack.transformation={synonyms: {k: 10}}", f"attack.query_budget={BUDGET}")
ATTACKS = {
    "blind": ("random-order", EDITS),
    "gradient": ("random-order", (*EDITS, "attack.search={hotflip: {width: 1, steps: 20}}")),
}
"""The same edits under the same budget: words in random order, and the ones that the gradient says hurt most."""


@dataclass(frozen=True, kw_only=True)
class Masking:
    """What was seen of a model's scores and gradients on its first `n` examples.

    `saturated`: share of the answers whose probability is 1 in float32. `vanishing`: share of the texts where the
    gradient of the loss of the predicted class, with respect to all word vectors, is shorter than `NOTHING` (None: the
    model tells no gradients). `blind` and `gradient`: accuracy under the two `ATTACKS`, `difference` the second minus
    the first, paired by example.
    """

    n: int
    saturated: float
    calibrated: bool
    vanishing: Estimate | None = None
    blind: Estimate | None = None
    gradient: Estimate | None = None
    difference: Difference | None = None

    @property
    def pairs(self) -> dict[str, dict[str, dict[str, Any]]]:
        """For `robust.results.flags`: the search by gradients against the blind one."""
        if self.difference is None:
            return {}
        return {"a blind search": {"a search by gradients": self.difference.as_dict()}}

    def flags(self) -> list[str]:
        """What a reader should look into; empty where nothing seems to be hidden."""
        gone = None if self.vanishing is None else self.vanishing.value
        return flags(self.pairs, saturation=self.saturated, calibrated=self.calibrated, errors={}, vanishing=gone)

    def as_dict(self) -> dict[str, Any]:
        """The numbers and the flags as JSON-ready values."""
        parts = {name: getattr(self, name) for name in ("vanishing", "blind", "gradient", "difference")}
        plain = {"n": self.n, "saturated": self.saturated, "calibrated": self.calibrated}
        told = {name: None if part is None else part.as_dict() for name, part in parts.items()}
        return {**plain, **told, "flags": self.flags()}


def check(request: AttackRequest, *, runs: Path, loaded: Loaded | None = None, limit: int = LIMIT) -> Masking:
    """Look at the answers and gradients of the model that `request` names, and attack it twice.

    Of `request` the recipe, its overrides and `out` do not count; the attacks' run directories lie in `runs`, finished
    ones are read again. A white-box attack that does less harm than a blind one with the same edits and budget follows
    gradients that lead nowhere (Athalye et al. 2018; Croce & Hein 2020,
    arXiv:2003.01690). Raises the `RobustError` family.
    """
    loaded = loaded or runner.load(request)
    victim: Any = loaded.victim
    if victim.meta.task != "classification":
        raise UserError(f"{victim.meta.name} is for the task {victim.meta.task}", fix="check a classifier")
    chosen = loaded.aligned.examples[:limit]
    answers = logits(victim, [example.fields(example.text) for example in chosen])
    alone: Any = own(victim)  # a vote is never sure, whatever is voted on
    sure = answers if alone is victim else logits(alone, [example.fields(example.text) for example in chosen])
    seen = Masking(n=len(chosen), saturated=saturated(sure), calibrated=request.temperature is not None)
    if not isinstance(victim, GradientVictim):
        return seen
    few = replace(loaded, aligned=replace(loaded.aligned, examples=list(chosen)))
    done: dict[str, FinishedRun] = {}
    for name, (recipe, overrides) in ATTACKS.items():
        asked = replace(request, recipe=recipe, overrides=overrides, out=None, runs=runs / name)
        done[name] = runner.attack(asked, loaded=few)
    return replace(
        seen,
        vanishing=vanishing(victim, chosen, [int(row.argmax()) for row in answers]),
        difference=paired(done["gradient"].rows, done["blind"].rows),
        blind=done["blind"].summary.accuracy_under_attack,
        gradient=done["gradient"].summary.accuracy_under_attack,
    )


def vanishing(victim: GradientVictim, examples: Sequence[Example], labels: Sequence[int]) -> Estimate:
    """The share of `examples` on which the gradient of the loss of their `labels` is shorter than `NOTHING`."""
    gone = 0
    order = sorted(range(len(examples)), key=lambda at: len(str(examples[at].text)))
    for start in range(0, len(order), BATCH):
        part = [(examples[at].fields(examples[at].text), labels[at]) for at in order[start : start + BATCH]]
        for found in victim.gradients(part):
            length = float(np.sqrt(np.square(found.values, dtype=np.float64).sum()))
            gone += not length >= NOTHING  # a gradient that is no number leads nowhere either
    return proportion(gone, len(examples))


def write(found: Masking, run: Path) -> None:
    """Put the check beside the rows of a run, for `read`."""
    partial = run / f"{FILE}.new"
    partial.write_text(json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(partial, run / FILE)


def read(run: Path) -> Masking | None:
    """The check that lies beside the rows of a run, or None where there is none."""
    path = run / FILE
    if not path.is_file():
        return None
    return from_dict(json.loads(path.read_text(encoding="utf-8")))


def from_dict(told: Mapping[str, Any]) -> Masking:
    """The check that `Masking.as_dict` made these values of."""

    def rate(name: str) -> Estimate | None:
        return None if told[name] is None else Estimate(**told[name])

    return Masking(
        n=told["n"],
        saturated=told["saturated"],
        calibrated=told["calibrated"],
        vanishing=rate("vanishing"),
        blind=rate("blind"),
        gradient=rate("gradient"),
        difference=None if told["difference"] is None else Difference(**told["difference"]),
    )
