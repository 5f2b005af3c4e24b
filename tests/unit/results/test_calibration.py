"""Temperatures, and the illusion that they dispel: a model that only looks robust because its numbers saturate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from robust.core.attack import Outcome
from robust.core.types import Fields, Floats
from robust.core.victim import Victim, VictimMeta
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.defences.ranmask import RanMASK
from robust.engine.run import run_attack
from robust.recipe.load import load_attack
from robust.results.calibration import saturated, temperature
from robust.results.flags import flags, of_rows, one_answer
from robust.victims.calibrated import calibrated
from robust.victims.load import load_victim
from robust.victims.smoothed import SmoothedVictim
from robust.victims.transformers import TransformersVictim


def likelihood(logits: np.ndarray, labels: list[int], t: float) -> float:
    """Mean log-likelihood of Platt's targets, summed label by label."""
    n, total = len(labels), 0.0
    for row, label in zip(logits, labels, strict=True):
        exps = [math.exp((value - max(row)) / t) for value in row]
        for at, value in enumerate(exps):
            target = 1 - 1 / (n + 2) if at == label else 1 / (n + 2) / (len(row) - 1)
            total += target * math.log(value / sum(exps))
    return total / n


@pytest.mark.parametrize("labels", [2, 3])
def test_no_other_temperature_is_likelier(labels: int) -> None:
    rng = np.random.default_rng(1)
    gold = rng.integers(labels, size=60)
    logits = rng.normal(size=(60, labels)) * 2 + 3 * np.eye(labels)[gold]
    best = temperature(logits, gold.tolist())
    at_best = likelihood(logits, gold.tolist(), best)
    for factor in (0.7, 0.95, 0.99, 1.01, 1.05, 1.5):
        assert likelihood(logits, gold.tolist(), best * factor) < at_best


def test_a_scaled_model_is_scaled_back() -> None:
    rng = np.random.default_rng(2)
    gold = rng.integers(2, size=80)
    logits = rng.normal(size=(80, 2)) + 2 * np.eye(2)[gold]
    own = temperature(logits, gold.tolist())
    for scale in (1e-4, 50.0, 2000.0):
        assert temperature(logits * scale, gold.tolist()) == pytest.approx(own * scale, rel=1e-3)


def test_a_model_without_a_mistake_gets_a_finite_temperature() -> None:
    found = temperature([[9.0, 0.0], [0.0, 9.0], [8.0, 0.0]], [0, 1, 0])
    assert 0.5 < found < 20


def test_saturated_counts_probabilities_of_one() -> None:
    assert saturated([[30.0, 0.0], [1.0, 0.0], [0.0, 40.0], [0.0, 0.0]]) == 0.5
    assert saturated(np.zeros((0, 2))) == 0.0


@dataclass(frozen=True)
class Scaled:
    """Another model's logits times a number: the same labels, and probabilities of 0 and 1."""

    inner: Victim
    scale: float

    @property
    def meta(self) -> VictimMeta:
        return self.inner.meta

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        return self.inner.logits(batch) * np.float32(self.scale)


def broken(recipe: str, victim: Victim, rows: list) -> tuple[int, list[Outcome]]:
    outcomes = list(run_attack(load_attack(recipe).build(), victim, rows, seed=0))
    return sum(outcome.status == "success" for outcome in outcomes), outcomes


def test_the_illusion_of_a_scaled_model_does_not_survive_calibration() -> None:
    """The known illusion, rebuilt: logits times 1000 leave nothing for an attack to follow, and change no label."""
    model = load_victim("starter-en", device="cpu", dtype="float32")
    rows = to_examples(read(DataSpec(source="starter-en", limit=30)), model.meta.labels).examples
    dev, attacked = rows[8:], rows[:8]
    fake = Scaled(model, 1000.0)
    gold = [int(str(row.target)) for row in dev]
    answers = fake.logits([row.fields(row.text) for row in dev])

    honest, _ = broken("textfooler", model, attacked)
    hidden, _ = broken("textfooler", fake, attacked)
    assert saturated(answers) > 0.9
    assert hidden < honest - 2, "the fake does not look robust: the test shows nothing"

    seen, outcomes = broken("textfooler", calibrated(fake, temperature(answers, gold)), attacked)
    assert seen >= honest - 1
    for outcome in outcomes:  # what broke the calibrated model breaks the fake: it is the same model
        if outcome.status == "success":
            assert int(fake.logits([(str(outcome.adversarial),)]).argmax()) == int(
                np.argmax(outcome.adversarial_logits)
            )


def test_gradients_are_those_of_the_divided_logits() -> None:
    model = load_victim("starter-en", device="cpu", dtype="float32")
    assert isinstance(model, TransformersVictim)
    import torch

    sharp = replace(model, temperature=1e-3)
    text = ("A lovely little film.",)
    label = int(model.logits([text]).argmax())
    assert float(np.abs(sharp.gradients([(text, label)])[0].values).max()) == 0.0  # p = 1 exactly: nothing to follow
    again = calibrated(sharp, 2000.0)
    assert isinstance(again, TransformersVictim)
    assert again.temperature == pytest.approx(2.0)
    found = again.gradients([(text, label)])[0]

    encoded = model.tokenizer(list(text), return_tensors="pt")
    vectors = model.model.get_input_embeddings()(encoded["input_ids"]).detach().requires_grad_()
    rest = {key: value for key, value in encoded.items() if key != "input_ids"}
    logits = model.model(inputs_embeds=vectors, **rest).logits / 2.0
    (expected,) = torch.autograd.grad(-logits.log_softmax(-1)[0, label], vectors)
    assert found.values == pytest.approx(expected[0].numpy(), abs=1e-6)


def test_a_stronger_attack_that_does_less_harm_is_flagged() -> None:
    worse = {"value": 0.2, "p_value": 0.001}
    (line,) = flags({"random-order": {"textfooler": worse}}, saturation=0.0, calibrated=True, errors={})
    assert "textfooler does less harm than random-order" in line
    for harmless in (
        {"value": -0.2, "p_value": 0.001},
        {"value": 0.2, "p_value": 0.4},
        {"value": None, "p_value": None},
    ):
        assert not flags({"random-order": {"textfooler": harmless}}, saturation=0.0, calibrated=True, errors={})
    assert flags({}, saturation=0.8, calibrated=False, errors={})
    assert "the temperature does not help" in flags({}, saturation=0.8, calibrated=True, errors={})[0]
    assert not flags({}, saturation=0.2, calibrated=False, errors={})
    assert "3 examples of pwws" in flags({}, saturation=0.0, calibrated=True, errors={"pwws": 3})[0]


@pytest.mark.parametrize("size", [1e-9, 1e10])
def test_logits_of_any_size_get_the_temperature_that_undoes_it(size: float) -> None:
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(0, 3, (200, 3)), rng.integers(0, 3, 200).tolist()
    assert temperature(logits * size, labels) == pytest.approx(size * temperature(logits, labels), rel=1e-4)


def test_a_vote_of_sure_answers_is_calibrated_draw_by_draw() -> None:
    """A head a thousand times as large votes as before, with shares of 0 and 1 to average; divided, it is as honest."""
    model = load_victim("starter-en", device="cpu", dtype="float32")
    assert isinstance(model, TransformersVictim)
    parts: dict[str, Any] = {"kernel": RanMASK(share=0.3), "draws": 4, "mask": "[MASK]", "langs": ("en",)}
    texts = [("A lovely little film.",), ("The plot is dull, the actors are not.",)]
    honest = SmoothedVictim(victim=model, score="mean", **parts)
    fake = SmoothedVictim(victim=replace(model, temperature=1e-3), score="mean", **parts)
    assert np.abs(np.exp(fake.logits(texts)) - np.exp(honest.logits(texts))).max() > 0.01
    assert calibrated(fake, 1000.0).logits(texts) == pytest.approx(honest.logits(texts), abs=1e-5)


def test_a_model_with_one_answer_is_flagged() -> None:
    gold = ["good", "bad"] * 50
    told = one_answer(["bad"] * 96 + ["good"] * 4, gold)
    assert told == "96 % of the clean answers are 'bad', the label of 50 % of the rows"
    assert told in flags({}, saturation=0.0, calibrated=True, errors={}, collapsed=told)[0]
    assert one_answer(["bad"] * 90 + ["good"] * 10, gold) is None
    assert one_answer(["bad"] * 100, ["bad"] * 90 + ["good"] * 10) is None  # the rows are like that
    assert not flags({}, saturation=0.0, calibrated=True, errors={})


def test_a_run_of_a_model_that_is_too_sure_says_so() -> None:
    logits: list[Any] = [[0.0, 900.0], [800.0, 0.0], [], None]
    rows = [{"clean_logits": values, "label": 0} for values in logits]
    assert "calibrate first" in of_rows(rows, ["bad", "good"], calibrated=False)[0]
    rows = [{"clean_logits": [0.0, 2.0], "label": None}, {"clean_logits": None, "label": None}]
    assert not of_rows(rows, ["bad", "good"], calibrated=False)


def test_a_run_of_a_model_with_one_answer_says_so() -> None:
    rows: list[Any] = [{"clean_logits": [1.0, 0.5], "label": at % 2} for at in range(20)]
    (told,) = of_rows(rows, ["bad", "good"], calibrated=True)
    assert told.startswith("100 % of the clean answers are 'bad', the label of 50 % of the rows")
    assert not of_rows(rows[:19], ["bad", "good"], calibrated=True)
    assert not of_rows([{**row, "label": 0} for row in rows], ["bad", "good"], calibrated=True)
