"""`robust finetune` with a tag for every word: files of the shared tasks in, a tagger out."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.functional.command import robust

RECIPE = """\
schema_version: 1
name: tiny-ner
task: tagging
model: {config: {hidden_size: 32, layers: 1, heads: 2, intermediate_size: 32, max_positions: 16, dropout: 0.0}}
tokenizer: {vocab_size: 200, min_frequency: 1}
train: {epochs: 10, batch_size: 8, learning_rate: 3.0e-3, max_length: 16}
"""
PEOPLE = ("Ana", "Íñigo Ruiz", "Nora López", "Tom")
PLACES = ("Lima", "Santa Fe", "A Coruña")
VERBS = ("visita", "deja", "odia")


def _sentence(person: str, verb: str, place: str) -> str:
    lines = ["hoy RG O"]
    for words, tag, kind in ((person, "NP", "I-PER"), (verb, "V", "O"), (place, "NP", "I-LOC"), (".", "Fp", "O")):
        lines += [f"{word} {tag} {kind}" for word in words.split()]
    return "\n".join(lines) + "\n\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    sentences = [_sentence(*parts) for parts in itertools.product(PEOPLE, VERBS, PLACES)]
    Path("tiny.yaml").write_text(RECIPE)
    held_out = set(sentences[2::5])
    rest = [sentence for sentence in sentences if sentence not in held_out]
    Path("esp.train").write_text("".join(rest), encoding="latin-1")
    Path("esp.testa").write_text("".join(sentences[2::5]), encoding="latin-1")


COMMAND = ["finetune", "tiny.yaml", "--data", "esp.train", "--dev", "esp.testa", "--out", "model"]


def test_names_from_latin_1_files() -> None:
    ran = robust(*COMMAND, "--test", "esp.testa", "--tags", "ner", "--encoding", "latin-1", "--lang", "es", "--json")
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    assert summary["labels"] == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert (summary["task"], summary["measure"]) == ("tagging", "f1")
    assert summary["dev_scores"]["f1"]["value"] > 0.9
    assert summary["dev_scores"]["f1"]["method"] == "bootstrap"
    assert summary["test_scores"]["esp.testa"] == summary["dev_scores"]
    assert summary["dev_accuracy"] == summary["dev_scores"]["accuracy"]
    assert "dev F1" in ran.err
    assert "precision" in ran.err
    card = Path("model/README.md").read_text(encoding="utf-8")
    assert "language:\n- es" in card
    assert "esp.testa" in card


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["esp.train:", "not utf-8", "--encoding latin-1"]),
        (["--encoding", "latin-1", "--tags", "7"], ["esp.train:1: 3 columns", "--tags 1 to 2"]),
        (["--encoding", "latin-1", "--tags", "upos"], ["--tags upos", "ner"]),
        (["--encoding", "latin-1", "--tags", "pos", "--set", "train.metric=f1"], ["train.metric", "accuracy"]),
        (["--encoding", "latin-1", "--set", "train.metric=matthews"], ["matthews", "precision"]),
        (["--encoding", "latin-1", "--label-map", "PER=X"], ["--label-map"]),
        (["--encoding", "latin-1", "--baseline"], ["--baseline"]),
    ],
)
def test_mistakes_are_one_message(words: list[str], told: list[str]) -> None:
    ran = robust(*COMMAND, *words)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert ran.err.count("error") == 1
    for part in told:
        assert part in ran.err
    assert not Path("model").exists()


def test_tags_are_for_tagging() -> None:
    Path("rows.csv").write_text("text,label\na,b\n")
    ran = robust("finetune", "classifier", "--data", "rows.csv", "--tags", "ner", "--out", "model")
    assert ran.code == 2
    assert "--tags is for tagging" in ran.err


@pytest.mark.parametrize("name", ["ner", "pos"])
def test_shipped_recipes_are_for_any_encoder(name: str) -> None:
    ran = robust("finetune", name, "--model", "./nowhere", "--data", "esp.train", "--encoding", "latin-1", "--out", "m")
    assert ran.code == 2
    assert "./nowhere" in ran.err
