"""Two tasks on one small encoder: both are learnt, and each is written as a model of its own."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from pydantic import ValidationError
from safetensors.torch import load_file

from robust.data.table import Table
from robust.data.tagged import Tagged, TaggedTable, pinned
from robust.errors import DataError, ModelError, UserError
from robust.recipe.finetune import FinetuneRecipe
from robust.stages import multitask_loop, precision
from robust.stages.multitask import Multitasked, TaskData, multitask, plan_of
from robust.stages.workspace import partial_path
from tests.unit.stages.conftest import BAD, GOOD, THINGS, table

PEOPLE = ("Ana", "Íñigo", "Wren", "Luz")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def moods(*, held_out: bool) -> Table:
    rows = [
        ((f"the {thing} was {word}",), "good" if word in GOOD else "bad")
        for (at, thing), (place, word) in itertools.product(enumerate(THINGS), enumerate((*GOOD, *BAD)))
        if ((at + place) % 3 == 0) == held_out
    ]
    return table(rows, "moods.jsonl")


def names(*, held_out: bool) -> TaggedTable:
    rows = []
    for (at, who), (place, thing) in itertools.product(enumerate(PEOPLE), enumerate(THINGS)):
        if ((at + place) % 3 == 0) != held_out:
            continue
        words, tags = (who, "saw", "the", thing), ("B-who", "O", "O", "B-what")
        if place % 2:
            words, tags = ("the", *words[3:], "of", who), ("O", "B-what", "O", "B-who")
        rows.append(Tagged(id=f"{at}-{place}", words=words, tags=tags))
    made = tuple(rows)
    return TaggedTable(
        name="names.conll", rows=made, fingerprint=pinned(made), source_fingerprint="sha256:1", total=len(made)
    )


def data(**more: Any) -> dict[str, TaskData]:
    return {
        "mood": TaskData(train=moods(held_out=False), dev=moods(held_out=True), tests={"own": moods(held_out=False)}),
        "names": TaskData(train=names(held_out=False), dev=names(held_out=True)),
        **more,
    }


def plan(more: Mapping[str, Any] | None = None, **train: Any) -> FinetuneRecipe:
    return FinetuneRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "two",
            "languages": ["en", "es"],
            "model": {
                "config": {
                    "hidden_size": 32,
                    "layers": 1,
                    "heads": 2,
                    "intermediate_size": 32,
                    "max_positions": 16,
                    "dropout": 0.1,
                }
            },
            "tokenizer": {"vocab_size": 200, "min_frequency": 1},
            "tasks": {"mood": {"task": "classification"}, "names": {"task": "tagging"}},
            "train": {"epochs": 8, "batch_size": 8, "learning_rate": 5e-3, "max_length": 16, "seed": 3, **train},
            **(more or {}),
        }
    )


def run(recipe: FinetuneRecipe, out: Path, tables: Mapping[str, TaskData] | None = None, **more: Any) -> Multitasked:
    return multitask(recipe, tables or data(), out=out, device="cpu", **more)


def weights(out: Path) -> str:
    return hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()


def test_both_are_learnt_and_each_is_a_model_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "model"
    result = run(plan(), out)
    mood, found = result.tasks["mood"], result.tasks["names"]
    assert (mood.measure, found.measure, mood.labels, found.labels) == (
        "accuracy",
        "f1",
        ("bad", "good"),
        ("O", "B-what", "I-what", "B-who", "I-who"),
    )
    assert list(mood.scores) == ["dev", "own"]
    for done, measure in ((mood, "accuracy"), (found, "f1")):
        score = done.scores["dev"][measure]
        assert score.value is not None
        assert score.value > 0.9
        assert score.low is not None
        assert score.low < score.value or score.value == 1
    assert result.mean == pytest.approx((mood.dev.value + found.dev.value) / 2), "the weights kept are the scored ones"
    assert not partial_path(out).exists()

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from transformers import AutoModel, AutoTokenizer, pipeline

    from robust.victims.transformers import TransformersVictim

    victim = TransformersVictim.load(out / "mood", device="cpu")
    rows = moods(held_out=True).rows
    logits = victim.logits([row.fields for row in rows])
    right = [victim.meta.labels[at] == row.label for at, row in zip(logits.argmax(-1), rows, strict=True)]
    assert sum(right) == mood.dev.k
    shared = AutoModel.from_pretrained(out).eval()
    batch = AutoTokenizer.from_pretrained(out)([row.fields[0] for row in rows], return_tensors="pt")
    with torch.inference_mode():
        again = shared(task="mood", **batch).logits.numpy()
    assert again == pytest.approx(logits, abs=1e-5)

    read = pipeline("token-classification", model=str(out / "names"), device="cpu")
    assert [(one["word"], one["entity"]) for one in read("wren saw the café")] == [
        ("wren", "B-who"),
        ("café", "B-what"),
    ]

    text = (out / "README.md").read_text(encoding="utf-8")
    assert "[mood](mood)" in text
    shares = [f"{n**0.5 / (60**0.5 + 24**0.5):.2f}" for n in (60, 24)]
    assert all(f"| {share} |" in text for share in shares)
    card = (out / "names" / "README.md").read_text(encoding="utf-8")
    assert yaml.safe_load(card.split("---")[1])["pipeline_tag"] == "token-classification"
    assert "together with mood" in card
    assert json.loads((out / "names" / "config.json").read_text())["architectures"] == ["BertForTokenClassification"]


def test_an_interrupted_training_ends_with_the_same_weights(tmp_path: Path) -> None:
    recipe = plan(epochs=3, gradient_accumulation=2, word_dropout=0.2)
    run(recipe, tmp_path / "whole")

    def stop(step: int, steps: int, numbers: Mapping[str, float]) -> None:
        if step > 12:  # past the second evaluation; the steps since then are lost
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(recipe, tmp_path / "torn", progress=stop)
    assert not (tmp_path / "torn").exists()
    note = partial_path(tmp_path / "torn") / "purpose.json"
    kept = note.read_text(encoding="utf-8")
    note.write_text(kept.replace('"processes": 1', '"processes": 2').replace('"identity": "', '"identity": "2'))
    with pytest.raises(UserError, match="begun otherwise: processes was 2"):
        run(recipe, tmp_path / "torn")
    note.write_text(kept, encoding="utf-8")
    with pytest.raises(UserError, match=r"begun otherwise: recipe\.train\.word_dropout was 0\.2"):
        run(plan(epochs=3, gradient_accumulation=2, word_dropout=0.1), tmp_path / "torn")
    steps: list[int] = []
    result = run(recipe, tmp_path / "torn", progress=lambda step, *_: steps.append(step))
    assert result.resumed
    assert 1 < min(steps) <= 13, "training started again instead of going on"
    assert weights(tmp_path / "torn") == weights(tmp_path / "whole")
    assert (tmp_path / "torn" / "mood" / "model.safetensors").is_file()
    with pytest.raises(UserError, match="exists already"):
        run(recipe, tmp_path / "torn")


def test_the_best_mean_is_kept_and_patience_ends_the_training(tmp_path: Path) -> None:
    seen: list[tuple[int, float]] = []

    def watch(step: int, steps: int, numbers: Mapping[str, float]) -> None:
        if "eval_mean" in numbers:
            seen.append((step, numbers["eval_mean"]))
            both = numbers["eval_mood_accuracy"], numbers["eval_names_accuracy"]
            assert numbers["eval_mean"] == pytest.approx(sum(both) / 2)

    tasks = {"mood": {"class_weights": "balanced"}, "names": {"task": "tagging", "metric": "accuracy"}}
    result = run(plan({"tasks": tasks}, epochs=40, early_stopping_patience=2), tmp_path / "model", progress=watch)
    values = [value for _, value in seen]
    assert result.mean == max(values)
    assert len(values) == values.index(max(values)) + 3
    assert result.steps == seen[-1][0] < 40 * 12


@pytest.mark.parametrize("bf16", [True, False])
def test_a_training_in_bfloat16_is_told(bf16: bool, tmp_path: Path) -> None:
    result = run(plan(epochs=1, bf16=bf16), tmp_path / "model")
    assert {precision.TOLD in done.notes for done in result.tasks.values()} == {bf16}


def test_goes_on_from_a_checkpoint_and_holds_out_a_tenth(tmp_path: Path) -> None:
    run(plan(epochs=1), tmp_path / "first")
    start = {"model": {"checkpoint": str(tmp_path / "first" / "mood")}, "tokenizer": None}
    bare = {name: replace(tables, dev=None, tests={}) for name, tables in data().items()}
    result = run(plan(start, epochs=1), tmp_path / "second", bare)
    for name in ("mood", "names"):
        assert result.tasks[name].n_train + result.tasks[name].sizes["dev"] == len(bare[name].train.rows)
        assert "held out" in result.tasks[name].notes[0]
    from_shared = {"model": {"checkpoint": str(tmp_path / "first")}, "tokenizer": None}
    assert run(plan(from_shared, epochs=1), tmp_path / "third").parameters == result.parameters


def test_weights_in_half_the_room_are_scored_as_they_are_saved(tmp_path: Path) -> None:
    from robust.victims.transformers import TransformersVictim

    result = run(plan({"weights": "bfloat16"}, epochs=2), tmp_path / "model")
    for folder in (tmp_path / "model", tmp_path / "model" / "mood", tmp_path / "model" / "names"):
        assert {value.dtype for value in load_file(folder / "model.safetensors").values()} == {torch.bfloat16}
    rows = moods(held_out=True).rows
    victim = TransformersVictim.load(tmp_path / "model" / "mood", device="cpu")
    right = [
        victim.meta.labels[at] == row.label
        for at, row in zip(victim.logits([row.fields for row in rows]).argmax(-1), rows, strict=True)
    ]
    assert sum(right) == result.tasks["mood"].dev.k


def test_tables_that_do_not_fit(tmp_path: Path) -> None:
    only = {"mood": data()["mood"]}
    with pytest.raises(DataError, match="no data for the task 'names'"):
        run(plan(), tmp_path / "model", only)
    with pytest.raises(DataError, match="no task 'other'"):
        run(plan(), tmp_path / "model", data(other=only["mood"]))
    odd = replace(moods(held_out=True), rows=(replace(moods(held_out=True).rows[0], label="odd"),))
    with pytest.raises(DataError, match="'odd'"):
        run(plan(), tmp_path / "model", data(mood=TaskData(train=moods(held_out=False), dev=odd)))
    assert not partial_path(tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tasks": {"mood": {}}}, "shares its model with none"),
        ({"tasks": {}, "sampling": {"alpha": 0.3}}, "several `tasks`"),
        ({"tasks": {"a": {"metric": "f1"}, "b": {}}}, "accuracy, macro_f1, matthews"),
        ({"tasks": {"a": {"task": "qa"}, "b": {}}}, "classification"),
        ({"tasks": {"a/b": {}, "b": {}}}, "pattern"),
        ({"sampling": {"alpha": 1.5}}, "less than or equal to 1"),
        ({"task": "tagging"}, "cannot have `task`"),
        ({"adapt": {"discriminative": 2.0}}, "cannot have `adapt`"),
        ({"train": {"metric": "accuracy", "max_length": 16}}, "cannot have `train.metric`"),
    ],
)
def test_recipes_that_do_not_fit(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        plan(change)


def test_the_plan_of_a_task() -> None:
    recipe = plan({"tasks": {"a": {"class_weights": "balanced"}, "b": {"task": "tagging", "metric": "recall"}}})
    assert plan_of(recipe, "a").train.class_weights == "balanced"
    assert (plan_of(recipe, "b").task, plan_of(recipe, "b").train.metric) == ("tagging", "recall")
    assert plan_of(recipe, "b").train.class_weights == "none"


def test_a_training_that_diverges_has_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match=r"the loss is (nan|inf)[\s\S]*train\.learning_rate=… lower than 1e\+30"):
        run(plan(learning_rate=1e30, epochs=3), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(multitask_loop, "check_loss", lambda *_, **__: None)
    with pytest.raises(ModelError, match="weights of the model"):
        run(plan(learning_rate=1e30, epochs=3), tmp_path / "out")
    assert not (tmp_path / "out").exists()
