"""`robust finetune` with two tasks: files by their names in, models that can be attacked and evaluated out."""

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
WORDS = {"1": ("lovely", "bright", "superb"), "0": ("dreadful", "stale", "clumsy")}
RECIPE = """\
schema_version: 1
name: both
languages: [en]
model: {config: {hidden_size: 32, layers: 1, heads: 2, intermediate_size: 32, max_positions: 16, dropout: 0.0}}
tokenizer: {vocab_size: 200, min_frequency: 1}
tasks:
  mood: {task: classification}
  things: {task: tagging}
train: {epochs: 10, batch_size: 8, learning_rate: 3.0e-3, max_length: 16}
"""
BOTH = ["--data", "mood=train.csv", "--data", "things=train.conll"]
COMMAND = ["finetune", "both.yaml", *BOTH, "--out", "model", "--text", "sentence", "--label", "gold", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    pairs = [(label, thing, word) for label, words in WORDS.items() for thing, word in itertools.product(THINGS, words)]
    rows = [f"the {thing} was {word},{label}\n" for label, thing, word in pairs]
    tagged = [f"the O\n{thing} B-x\nwas O\n{word} O\n\n" for _, thing, word in pairs]
    Path("both.yaml").write_text(RECIPE)
    Path("train.csv").write_text("sentence,gold\n" + "".join(rows), encoding="utf-8")
    Path("again.csv").write_text("sentence,gold\n" + "".join(rows), encoding="utf-8")
    Path("train.conll").write_text("".join(tagged), encoding="utf-8")


def test_models_that_can_be_attacked_and_evaluated() -> None:
    more = ["--dev", "things=train.conll", "--test", "mood=again.csv", "--label-map", "0=bad,1=good", "--seed", 5]
    ran = robust(*COMMAND, *more, "--json")
    assert ran.code == 0, ran.err
    summary = json.loads(ran.out)
    mood, things = summary["tasks"]["mood"], summary["tasks"]["things"]
    assert (mood["labels"], things["labels"]) == (["bad", "good"], ["O", "B-x", "I-x"])
    assert mood["n_train"] + mood["dev_scores"]["accuracy"]["n"] == 54
    assert mood["test_scores"]["again"]["accuracy"]["value"] > 0.9
    assert things["dev_scores"]["f1"]["value"] > 0.9
    assert summary["mean"] == pytest.approx(
        (mood["dev_scores"]["accuracy"]["value"] + things["dev_scores"]["f1"]["value"]) / 2
    )
    assert "dev mean" in ran.err

    Path("attack.csv").write_text("text,label\nthe film was lovely,good\nthe book was stale,bad\n")
    attack = ["attack", "--recipe", "deepwordbug", "--model", mood["model"], "--data", "attack.csv", "--json"]
    attacked = robust(*attack, "--lang", "en", "--device", "cpu", "--out", "run")
    assert attacked.code == 0, attacked.err
    assert json.loads(attacked.out)["n"] == 2

    whole = robust(
        *[word if word != mood["model"] else str(Path(mood["model"]).parent) for word in attack], "--lang", "en"
    )
    assert whole.code == 2
    assert "is a model of several tasks (mood, things)" in whole.err
    assert "/mood" in whole.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--dev", "train.csv"], ["--dev train.csv", "mood, things", "--dev mood=FILE"]),
        (["--data", "moods=train.csv"], ["'moods'", "did you mean 'mood'"]),
        (["--test", "mood="], ["--test mood="]),
        (["--baseline"], ["--baseline"]),
        (["--set", "tasks.other.task=tagging"], ["'other'", "--data other=FILE"]),
        (["--set", "tasks.mood.metrics=f1"], ["tasks.mood.metrics", "did you mean 'metric'"]),
        (["--data", "things=train.csv"], ["train.csv"]),
    ],
)
def test_mistakes_are_one_message(words: list[str], told: list[str]) -> None:
    ran = robust(*COMMAND, *words)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert "Traceback" not in ran.err
    for part in told:
        assert part in ran.err
    assert not Path("model").exists()


def test_goes_on_after_kill_9() -> None:
    longer = [*COMMAND, "--set", "train.epochs=40", "--json"]
    start = [sys.executable, "-c", "from robust.cli.main import main; main()", *longer]
    process = subprocess.Popen(start, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 600
        while not Path(".model.partial/checkpoints/state.pt").exists():
            assert process.poll() is None, "training ended before it could be killed"
            assert time.monotonic() < deadline, "no state appeared"
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not Path("model").exists()
    ran = robust(*longer)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["resumed"]
    assert Path("model/things/model.safetensors").is_file()
    assert not Path(".model.partial").exists()
