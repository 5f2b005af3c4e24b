"""How well adversarial texts are told from those that they were made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from robust.core.types import Fields, Lang
from robust.errors import UserError
from robust.results.directory import open_attack
from robust.results.estimates import Estimate, proportion
from robust.results.rows import Row
from robust.victims.defended import defended
from robust.victims.doubting import DoubtingVictim
from robust.victims.load import load_victim


@dataclass(frozen=True, kw_only=True)
class Detection:
    """What `fgws` makes of a finished attack's successes and of all its unedited texts.

    `found`: the share of adversarial texts that are taken for adversarial (true positives); `alarms`: that of unedited
    texts (false positives); `restored`: the share of adversarial texts that get the right answer in the end;
    `f1` is of telling the adversarial texts from the texts that they were made of.
    """

    run: str
    model: str
    found: Estimate
    alarms: Estimate
    restored: Estimate
    f1: float

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        return asdict(self)


def detect(run: Path, *, model: str, lang: Lang | None = None, device: str = "auto") -> Detection:
    """Ask the detector of rare words before `model` about the texts of a finished attack on it or on another model.

    `lang`: that of the texts, where the run has several. Raises the `RobustError` family; `UserError` for a run without
    a success, or with texts in two languages.
    """
    manifest, rows = open_attack(run)
    langs = {row["lang"] for row in rows}
    if lang is None and len(langs) != 1:
        raise UserError(f"{run} has texts in {', '.join(sorted(langs))}", fix="say --lang en or --lang es")
    rows = [row for row in rows if row["lang"] == (lang or row["lang"]) and row["status"] != "error"]
    broken = [row for row in rows if row["status"] == "success"]
    if not broken:
        raise UserError(f"no attack of {run} succeeded: there is nothing to detect", fix="name another run")
    victim = load_victim(model, device=device, dtype="float32")
    if list(victim.meta.labels) != list(manifest["model"]["labels"]):
        raise UserError(
            f"{model} has the labels {', '.join(victim.meta.labels)}, the run's model others",
            fix="name the model that was attacked",
        )
    doubting = defended(victim, [f"fgws:{lang or langs.pop()}"])
    assert isinstance(doubting, DoubtingVictim)
    alarm = dict(zip([row["example_id"] for row in rows], doubting.suspects(_texts(rows, "original")), strict=True))
    adversarial = _texts(broken, "adversarial")
    caught = doubting.suspects(adversarial)
    answers = np.argmax(doubting.logits(adversarial), axis=1)
    right = sum(int(answer) == row["label"] for answer, row in zip(answers, broken, strict=True))
    missed, wrong = len(caught) - sum(caught), sum(alarm[row["example_id"]] for row in broken)
    return Detection(
        run=str(run),
        model=model,
        found=proportion(sum(caught), len(caught)),
        alarms=proportion(sum(alarm.values()), len(alarm)),
        restored=proportion(right, len(broken)),
        f1=2 * sum(caught) / (2 * sum(caught) + missed + wrong),
    )


def _texts(rows: Sequence[Row], key: str) -> list[Fields]:
    return [(*(row["before"] or ()), str(row[key]), *(row["after"] or ())) for row in rows]
