"""Every shipped recipe of the family train, run to its end on a tiny model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from robust.data.table import Table
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load, load_attack, shipped
from robust.recipe.train import TrainRecipe, needs_bounds
from robust.stages.adversarial.training import Plan, harden, recorded
from robust.stages.finetune import finetune
from robust.victims.load import load_victim
from tests.unit.stages.conftest import BAD, GOOD, table

NAMES = [each.name for each in shipped("train")]
SMALL = ("train.epochs=2", "train.batch_size=8", "train.max_length=16", "train.bf16=false")


@pytest.fixture(scope="module")
def rows() -> Table:
    return table([((f"the film was {word}",), "positive" if word in GOOD else "negative") for word in (*GOOD, *BAD)])


@pytest.fixture(scope="module")
def start(rows: Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = FinetuneRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "tiny",
            "model": {
                "config": {"hidden_size": 16, "layers": 1, "heads": 2, "intermediate_size": 16, "max_positions": 16}
            },
            "tokenizer": {"vocab_size": 120, "min_frequency": 1},
            "train": {"epochs": 20, "batch_size": 8, "learning_rate": 5e-3, "max_length": 16},
        }
    )
    out = tmp_path_factory.mktemp("start") / "tiny"
    finetune(recipe, train=rows, dev=rows, out=out, device="cpu")
    return out


@pytest.fixture(scope="module")
def convolutional(rows: Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where recipes start that carry intervals through the model."""
    sizes = ("model.config.embedding_size=8", "model.config.hidden_size=8", "tokenizer.min_frequency=1")
    recipe = load("cnn", family="finetune", schema=FinetuneRecipe, overrides=(*SMALL, *sizes))
    out = tmp_path_factory.mktemp("start") / "cnn"
    finetune(recipe, train=rows, dev=rows, out=out, device="cpu")
    return out


@pytest.mark.parametrize("name", NAMES)
def test_runs_to_its_end_and_says_what_it_did(
    name: str, start: Path, convolutional: Path, rows: Table, tmp_path: Path
) -> None:
    recipe = load(name, family="train", schema=TrainRecipe, overrides=SMALL)
    if recipe.defence is not None and needs_bounds(recipe.defence):
        start = convolutional
    lang = recipe.languages[0]
    attacks = [load_attack(one).build() for one in recipe.adversarial.recipes] if recipe.adversarial else []
    told = replace(rows, lang=lang)
    victim = load_victim(str(start))
    plan = Plan(recipe=recipe, model=str(start), victim=victim, attacks=attacks, train=told, dev=told, lang=lang)
    result = harden(plan, out=tmp_path / "out", device="cpu")
    assert result.steps > 0
    record = recorded(tmp_path / "out")
    assert record is not None
    assert record["purpose"]["hardening"] == json.loads(json.dumps(recipe.hardening()))
    assert bool(record["rounds"]) is bool(recipe.adversarial)
    load_victim(str(tmp_path / "out")).logits([("the film was fresh",)])
