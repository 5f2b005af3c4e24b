"""A model's temperature from data of its own, before it is attacked."""

from __future__ import annotations

from dataclasses import replace

from robust import runner
from robust.data.table import DataSpec
from robust.errors import UserError
from robust.evaluation.answers import logits
from robust.results.calibration import temperature
from robust.runner import AttackRequest
from robust.victims.smoothed import own


def fitted(request: AttackRequest, dev: DataSpec) -> tuple[float, int]:
    """The temperature that fits the model of `request` to the labels of `dev`, and how many rows told it.

    The model is asked as the attack will ask it, but without defences before it, whose logits are not divided, and
    without a vote over its answers. Raises the `RobustError` family; `UserError` for a model that is no classifier.
    """
    loaded = runner.load(replace(request, data=dev, defences=(), temperature=None))
    victim, examples = loaded.victim, loaded.aligned.examples
    if victim.meta.task != "classification":
        raise UserError(f"{request.model} is for the task {victim.meta.task}", fix="calibrate a classifier")
    answers = logits(own(victim), [example.fields(example.text) for example in examples])  # type: ignore[arg-type]
    return temperature(answers, [int(str(example.target)) for example in examples]), len(examples)
