"""A small model learns a few questions by heart, through the same stage as every other task."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from robust.recipe.finetune import FinetuneRecipe
from robust.stages.finetune import finetune
from tests.unit.stages.test_task_questions import ASKED, made


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def recipe(**train: object) -> FinetuneRecipe:
    return FinetuneRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "tiny-answers",
            "task": "qa",
            "languages": ["en", "es"],
            "model": {
                "config": {
                    "hidden_size": 64,
                    "layers": 1,
                    "heads": 4,
                    "intermediate_size": 64,
                    "max_positions": 48,
                    "dropout": 0.0,
                }
            },
            "tokenizer": {"vocab_size": 400, "min_frequency": 1},
            "train": {"epochs": 8, "batch_size": 16, "learning_rate": 5e-3, "max_length": 48, "seed": 1, **train},
            "qa": {"stride": 16},
        }
    )


def test_learns_questions_by_heart_over_several_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = made()
    often = made(ASKED * 20)
    result = finetune(recipe(), train=often, dev=table, tests={"same": table}, out=tmp_path / "model", device="cpu")
    assert result.scores["same"]["f1"].value is not None
    assert result.scores["same"]["f1"].value > 0.9
    assert result.scores["dev"]["exact_match"].k == 8
    assert (result.measure, result.labels) == ("f1", ())
    front = yaml.safe_load((tmp_path / "model" / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert front["pipeline_tag"] == "question-answering"
    config = json.loads((tmp_path / "model" / "config.json").read_text())
    assert config["architectures"] == ["BertForQuestionAnswering"]

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "model").eval()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    context, question, answer = ASKED[6]  # short enough for one window
    read = tokenizer(question, context, return_tensors="pt", return_offsets_mapping=True)
    offsets = read.pop("offset_mapping")[0]
    with torch.inference_mode():
        out = model(**read)
    assert len(offsets) <= 48
    first, last = int(out.start_logits.argmax()), int(out.end_logits.argmax())
    assert context[offsets[first][0] : offsets[last][1]] == answer


def test_without_a_dev_set_whole_contexts_are_held_out(tmp_path: Path) -> None:
    result = finetune(recipe(epochs=1), train=made(), dev=None, out=tmp_path / "model", device="cpu")
    assert {result.n_train, result.sizes["dev"]} == {3, 5}
