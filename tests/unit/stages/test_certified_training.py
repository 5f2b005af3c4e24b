"""A convolutional classifier from scratch, trained by IBP: what is certified stands up to every substitution."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from robust.core.example import Example
from robust.data.labels import to_examples
from robust.data.source import DataSpec
from robust.data.table import Table
from robust.errors import RecipeError, UserError
from robust.evaluation import certified
from robust.evaluation.certificates import synonym_set
from robust.evaluation.certified import Smoothing
from robust.evaluation.certified_bounds import certify
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load
from robust.recipe.train import TrainRecipe
from robust.runner import AttackRequest
from robust.stages.adversarial.training import Plan, harden
from robust.stages.finetune import finetune
from robust.victims.bounded import BoundedVictim
from robust.victims.load import load_victim
from tests.unit.stages import conftest

K = 3


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="module")
def tables() -> tuple[Table, Table]:
    made = [conftest.table(conftest._reviews(held_out=held_out), "reviews.jsonl") for held_out in (False, True)]
    return replace(made[0], lang="en"), replace(made[1], lang="en")


@pytest.fixture(scope="module")
def models(tables: tuple[Table, Table], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped recipes cnn and ibp, small and short."""
    train, dev = tables
    folder = tmp_path_factory.mktemp("cnn")
    changes = (
        "train.epochs=6",
        "train.evaluations_per_epoch=0.2",
        "train.batch_size=8",
        "train.max_length=16",
        "tokenizer.min_frequency=1",
    )
    sizes = (
        "model.config.embedding_size=8",
        "model.config.hidden_size=16",
        "train.bf16=false",
        f"tokenizer.synonyms={K}",
    )
    plain = load("cnn", family="finetune", schema=FinetuneRecipe, overrides=(*changes, *sizes))
    finetune(plain, train=train, dev=dev, out=folder / "plain", device="cpu")
    short = (
        "train.epochs=40",
        "train.learning_rate=1e-2",
        "train.batch_size=8",
        "train.max_length=16",
        "train.bf16=false",
        f"defence.ibp.k={K}",
    )
    recipe = load("ibp", family="train", schema=TrainRecipe, overrides=short)
    victim = load_victim(str(folder / "plain"), device="cpu")
    plan = Plan(recipe=recipe, model=str(folder / "plain"), victim=victim, attacks=(), train=train, dev=dev, lang="en")
    harden(plan, out=folder / "hard", device="cpu")
    return {"plain": folder / "plain", "hard": folder / "hard"}


def random(path: Path, table: Table, seed: int) -> Any:
    """A model with random weights that is torn between its labels."""
    victim: Any = load_victim(str(path), device="cpu")
    model = victim.model
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for weight in model.parameters():
            weight.copy_(torch.randn_like(weight) / weight.shape[-1] ** 0.5)
        logits = victim.logits([row.fields for row in table.rows])
        model.classifier.bias.sub_(torch.tensor(np.median(logits, axis=0)))
    return victim


def variants(victim: Any, example: Example) -> list[tuple[str, ...]]:
    """Every text whose words are, each, themselves or one of their first synonyms that is one token."""
    choices = [
        [word, *(w for w in synonym_set("en", word, K)[1:] if len(victim.tokenizer.tokenize(w)) == 1)]
        for word in example.text.words
    ]
    return [(" ".join(chosen),) for chosen in itertools.product(*choices)]


def test_no_certificate_is_ever_contradicted(models: dict[str, Path], tables: tuple[Table, Table]) -> None:
    share, broken = {}, 0
    victims: dict[str, Any] = {name: load_victim(str(path), device="cpu") for name, path in models.items()}
    victims |= {f"random {seed}": random(models["plain"], tables[1], seed) for seed in range(2)}
    for name, victim in victims.items():
        bounded = BoundedVictim.of(victim)
        examples = to_examples(tables[1], victim.meta.labels, lang="en").examples
        certain = 0
        for example in examples:
            row = certify(bounded, example, K)
            every = variants(victim, example)
            assert every[0] == (str(example.text),)
            logits = victim.logits(every)
            same = set(logits.argmax(axis=1).tolist()) == {row["predicted"]}
            lead = min(logits[:, row["predicted"]] - logits[:, 1 - row["predicted"]])
            assert row["lower"] <= lead + 1e-4  # a bound, whether or not it certifies
            broken += not same
            if row["radius"]:
                assert row["radius"] == len(example.text)
                assert same
                certain += row["predicted"] == row["label"]
        share[name] = certain / len(examples)
    assert broken, "nothing could have been contradicted"
    assert share["hard"] > share["plain"]
    assert share["hard"] > 0.8


def test_the_suite(models: dict[str, Path], tables: tuple[Table, Table], tmp_path: Path) -> None:
    rows = [{"id": row.id, "text": row.fields[0], "label": row.label, "lang": "en"} for row in tables[1].rows]
    rows.append({"id": "long", "text": "the film was fresh " * 10, "label": "positive", "lang": "en"})
    rows.append({"id": "none", "text": "…", "label": "positive", "lang": "en"})
    data = tmp_path / "test.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    request = AttackRequest(
        recipe="", model=str(models["hard"]), data=DataSpec(source=str(data)), out=tmp_path / "run", device="cpu"
    )
    run = certified.evaluate(request, Smoothing(method="ibp", synonyms=K))
    told = run.as_json()
    by_id = {row["example_id"]: row for row in run.rows}
    right = sum(row["predicted"] == row["label"] and row["radius"] > 0 for row in run.rows)
    assert told["certified_accuracy_all_words"]["k"] == right
    assert told["certified_accuracy"][1]["k"] == right
    assert (by_id["long"]["radius"], by_id["none"]["radius"]) == (0, 0)  # cut off; nothing to change
    assert told["errors"] == 0
    again = certified.evaluate(request, Smoothing(method="ibp", synonyms=K))
    assert again.resumed == len(rows)
    with pytest.raises(UserError, match="intervals cannot be carried through starter-en"):
        certified.evaluate(replace(request, model="starter-en", fresh=True), Smoothing(method="ibp"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("model.config.kernel_size=4", "is even"),
        ("model.config.pooling=last", "should be 'max' or 'mean', not 'last'"),
        ("model.config.layers=2", "model.config.layers"),
        ("model.config.architecture=rnn", "architecture should be 'bert' or 'cnn'"),
        ("task=tagging", "a cnn classifies texts"),
        ("tokenizer.kind=letters", "kind should be 'wordpiece' or 'words'"),
    ],
)
def test_recipes_that_make_no_sense(change: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load("cnn", family="finetune", schema=FinetuneRecipe, overrides=(change,))
    assert message in str(caught.value)
