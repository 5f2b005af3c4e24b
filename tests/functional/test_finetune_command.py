"""`robust finetune`: files in, a model directory that `robust attack` takes out."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.functional.command import robust

THINGS = ("film", "hotel", "café", "guitar", "niñera", "book", "song", "soup", "walk")
WORDS = {"1": ("lovely", "bright", "superb", "charming"), "0": ("dreadful", "stale", "clumsy", "rotten")}
RECIPE = """\
schema_version: 1
name: tiny
languages: [en]
model: {config: {hidden_size: 32, layers: 1, heads: 2, intermediate_size: 32, max_positions: 16, dropout: 0.0}}
tokenizer: {vocab_size: 200, min_frequency: 1}
train: {epochs: 6, batch_size: 8, learning_rate: 3.0e-3, max_length: 16}
"""
NAMED = "0=negative,1=positive"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rows = [
        f"the {thing} was {word},{label}\n"
        for label, words in WORDS.items()
        for thing, word in itertools.product(THINGS, words)
    ]
    Path("tiny.yaml").write_text(RECIPE)
    Path("train.csv").write_text("sentence,gold\n" + "".join(rows), encoding="utf-8")
    Path("more.csv").write_text("sentence,gold\nthe walk was lovely,pos\nthe walk was stale,neg\nso so,mixed\n")


def test_a_model_that_can_be_attacked() -> None:
    command = ["finetune", "tiny.yaml", "--text", "sentence", "--label", "gold", "--out", "model", "--json"]
    maps = ["--label-map", NAMED, "--label-map", "neg=negative,pos=positive"]
    ran = robust(*command, "--data", "train.csv", "--data", "more.csv", *maps, "--lang", "en", "--seed", 5)
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    assert summary["labels"] == ["negative", "positive"]
    assert summary["n_train"] + summary["dev_accuracy"]["n"] == 74
    assert summary["dev_accuracy"]["value"] > 0.9
    assert summary["notes"][0] == "1 of 75 rows of train are left out: 1 labelled mixed."
    assert "held out" in summary["notes"][1]
    assert "note: 1 of 75 rows of train are left out" in ran.err
    assert "dev accuracy" in ran.err
    card = Path("model/README.md").read_text(encoding="utf-8")
    assert "seed: 5" in card
    assert "train.csv + more.csv" in card

    Path("attack.csv").write_text("text,label\nthe soup was lovely,positive\nthe soup was stale,negative\n")
    attack = ["attack", "--recipe", "deepwordbug", "--model", "model", "--data", "attack.csv", "--limit", 2, "--json"]
    attacked = robust(*attack, "--out", "run")
    assert attacked.code == 0, attacked.err
    assert json.loads(attacked.out)["n"] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--data", "train.csv", "--label", "gold", "--text", "sentense"], ["sentense", "did you mean 'sentence'"]),
        (["--data", "trian.csv"], ["trian.csv"]),
        (["--data", "train.csv", "--label", "gold", "--text", "sentence", "--set", "train.epoch=2"], ["epoch"]),
        (
            ["--data", "train.csv", "--label", "gold", "--text", "sentence", "--dev", "more.csv"],
            ["'neg'", "--label-map"],
        ),
        (
            ["--data", "train.csv", "--data", "train.csv", "--dev", "more.csv", *(["--label-map", NAMED] * 4)],
            ["4 times for 3 files"],
        ),
        (["--data", "train.csv", "--label", "gold", "--text", "sentence", "--model", "nowhere/none"], ["nowhere/none"]),
        (["--data", "train.csv", "--device", "gpu"], ["'gpu'"]),
    ],
)
def test_mistakes_are_one_message(words: list[str], told: list[str]) -> None:
    ran = robust("finetune", "tiny.yaml", "--out", "model", *words)
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    for part in told:
        assert part in ran.err
    assert not Path("model").exists()


def test_goes_on_after_kill_9() -> None:
    command = [
        "finetune",
        "tiny.yaml",
        "--data",
        "train.csv",
        "--text",
        "sentence",
        "--label",
        "gold",
        "--out",
        "model",
    ]
    longer = [*command, "--set", "train.epochs=30", "--json"]
    start = [sys.executable, "-c", "from robust.cli.main import main; main()", *longer]
    process = subprocess.Popen(start, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 600
        while not list(Path().glob(".model.partial/checkpoints/checkpoint-*/complete")):
            assert process.poll() is None, "training ended before it could be killed"
            assert time.monotonic() < deadline, "no checkpoint appeared"
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not Path("model").exists()
    refused = robust(*command)  # 6 epochs are other work than 30
    assert refused.code == 2
    assert "unfinished work" in refused.err
    ran = robust(*longer)
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    assert summary["resumed"]
    assert summary["epochs"] == 30
    assert Path("model/model.safetensors").is_file()
    assert not Path(".model.partial").exists()


@pytest.mark.parametrize(
    ("model", "told"), [("some/where", "HF_HUB_OFFLINE"), ("./no", "no such directory"), (".", "config.json")]
)
def test_a_model_that_is_not_there_leaves_nothing_behind(model: str, told: str) -> None:
    before = sorted(os.listdir())
    ran = robust("finetune", "classifier", "--model", model, "--data", "starter-en", "--out", "model")
    assert (ran.code, ran.err.count("error:")) == (2, 1), ran.err
    assert told in ran.err
    assert sorted(os.listdir()) == before


def test_teachers_teach_by_texts_without_labels() -> None:
    Path("texts.jsonl").write_text('{"sentence": "the soup was superb"}\n{"sentence": "the song was rotten"}\n')
    command = ["finetune", "tiny.yaml", "--data", "train.csv", "--label-map", NAMED, "--lang", "en"]
    command += ["--text", "sentence", "--label", "gold"]
    told = robust(*command, "--unlabelled", "texts.jsonl", "--out", "student")
    assert told.code == 2
    assert "--teacher" in told.err
    assert not Path("student").exists()

    ran = robust(*command, "--unlabelled", "texts.jsonl", "--teacher", "bag-of-words", "--out", "student", "--json")
    assert ran.code == 0, ran.err
    assert "and of 2 rows without labels: bag-of-words." in " ".join(json.loads(ran.out)["notes"])
    assert "gold: 0.5" in Path("student/README.md").read_text(encoding="utf-8")
