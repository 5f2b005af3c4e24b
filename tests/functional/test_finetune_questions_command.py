"""`robust finetune` with a recipe for questions: SQuAD's JSON in, a model that marks answers out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.functional.command import robust

CONTEXT = "La abuela guarda el pan en la cesta azul. The {beast} sleeps under the table, ¿verdad? Sí, cada tarde."
RECIPE = """\
schema_version: 1
name: tiny-answers
task: qa
languages: [es]
model: {config: {hidden_size: 16, layers: 1, heads: 2, intermediate_size: 16, max_positions: 64, dropout: 0.0}}
tokenizer: {vocab_size: 200, min_frequency: 1}
train: {epochs: 1, batch_size: 8, learning_rate: 3.0e-3, max_length: 32}
qa: {stride: 8, max_answer_tokens: 12}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    paragraphs = []
    for number, beast in enumerate(("dog", "cat", "hen", "fox")):
        context = CONTEXT.format(beast=beast)
        asked = {"¿Dónde está el pan?": "la cesta azul", "Who sleeps?": f"The {beast}", "¿Cuándo?": "cada tarde"}
        qas = [
            {"id": f"{number}-{at}", "question": q, "answers": [{"text": a, "answer_start": context.index(a)}]}
            for at, (q, a) in enumerate(asked.items())
        ]
        qas.append({"id": f"{number}-none", "question": "Why?", "answers": [], "is_impossible": True})
        paragraphs.append({"context": context, "qas": qas})
    article = {"title": "home", "paragraphs": paragraphs}
    Path("q.json").write_text(json.dumps({"version": "v2.0", "data": [article]}), encoding="utf-8")
    Path("tiny.yaml").write_text(RECIPE, encoding="utf-8")


def test_a_model_from_question_data_and_another_from_it() -> None:
    ran = robust(
        "finetune", "tiny.yaml", "--data", "q.json", "--test", "q.json", "--out", "first", "--device", "cpu", "--json"
    )
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    assert (summary["task"], summary["measure"], summary["n_train"]) == ("qa", "f1", 9), "one context of four is dev"
    assert summary["test_scores"]["q"]["exact_match"]["n"] == 12
    f1 = summary["test_scores"]["q"]["f1"]
    assert 0 <= f1["low"] <= f1["value"] <= f1["high"] <= 1
    card = Path("first/README.md").read_text(encoding="utf-8")
    assert "question-answering" in card

    ready = ["--set", "train.max_length=64", "--set", "qa.stride=16", "--set", "train.epochs=1", "--device", "cpu"]
    again = robust("finetune", "qa", "--model", "first", "--data", "q.json", "--dev", "q.json", "--out", "two", *ready)
    assert again.code == 2, "its tokeniser declares 32 tokens"
    assert "train.max_length=32" in again.err
    ready[1], ready[3] = "train.max_length=32", "qa.stride=8"
    again = robust("finetune", "qa", "--model", "first", "--data", "q.json", "--dev", "q.json", "--out", "two", *ready)
    assert again.code == 0, again.err
    assert json.loads(Path("two/config.json").read_text())["architectures"] == ["BertForQuestionAnswering"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--data", "q.json", "--label", "x"], "--label"),
        (["--data", "q.csv"], "q.csv"),
        (["--data", "q.json", "--set", "qa.stride=30"], "use a stride up to 16"),
        (["--data", "q.json", "--baseline"], "--baseline"),
        (["--data", "tiny.json"], "no 'question'"),
    ],
)
def test_mistakes_are_one_message(words: list[str], told: str) -> None:
    Path("tiny.json").write_text('[{"text": "a", "label": 1}]')
    Path("q.csv").write_text("question,answer\na,b\n")
    ran = robust("finetune", "tiny.yaml", "--out", "model", "--device", "cpu", *words)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert "Traceback" not in ran.err
    assert told in ran.err
    assert not Path("model").exists()
