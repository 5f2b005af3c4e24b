"""One fine-tuning in two processes that `torchrun` starts: both compute, one writes and speaks."""

from __future__ import annotations

import itertools
import json
import math
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

pytestmark = pytest.mark.slow

THINGS = ("film", "hotel", "café", "guitar", "niñera", "book", "song", "soup", "walk")
WORDS = {"good": ("lovely", "bright", "superb", "charming"), "bad": ("dreadful", "stale", "clumsy", "rotten")}
RECIPE = """\
schema_version: 1
name: tiny
languages: [en]
model: {config: {hidden_size: 32, layers: 1, heads: 2, intermediate_size: 32, max_positions: 16, dropout: 0.1}}
tokenizer: {vocab_size: 200, min_frequency: 1}
train: {epochs: 6, batch_size: 8, learning_rate: 6.0e-3, max_length: 16}
"""
STEPS = 6 * math.ceil(72 / (2 * 8))

DRIVER = """\
import json, os, sys
from robust.cli.main import main
from robust.stages import examples, processes, trainers

rank = os.environ["RANK"]
seen, wrote = [], []

def read(self, index, get=examples.Encoded.__getitem__):
    if self.mask_share:  # training data alone
        seen.append([self.epoch, index])
    return get(self, index)

examples.Encoded.__getitem__ = read

def audit(event, args):
    if event == "open" and isinstance(args[0], str) and "tiny-model" in args[0] and args[1] and args[1][0] in "wax":
        wrote.append(os.path.basename(args[0]))

sys.addaudithook(audit)
try:
    main()
finally:
    with open(f"rank-{rank}.json", "w") as file:
        json.dump({"seen": seen, "wrote": wrote}, file)
"""


def torchrun(*words: str) -> subprocess.CompletedProcess[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", f"--master-port={port}", *words]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [
        f"the {thing} was {word},{label}\n"
        for label, words in WORDS.items()
        for thing, word in itertools.product(THINGS, words)
    ]
    Path("tiny.yaml").write_text(RECIPE)
    Path("driver.py").write_text(DRIVER)
    Path("train.csv").write_text("text,label\n" + "".join(rows), encoding="utf-8")


COMMAND = ["finetune", "tiny.yaml", "--data", "train.csv", "--dev", "train.csv", "--device", "cpu"]


def test_two_processes_share_the_work_and_one_writes() -> None:
    how = ["--set", "train.word_dropout=0.05", "--out", "tiny-model", "--json"]
    ran = torchrun("driver.py", *COMMAND, *how)
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)  # one document: the other process said nothing
    assert (summary["processes"], summary["steps"], summary["epochs"]) == (2, STEPS, 6)
    assert summary["dev_accuracy"]["value"] > 0.9
    assert ran.stderr.count(f"step {STEPS} of {STEPS}") == 1
    assert "on 2 processes" in Path("tiny-model/README.md").read_text(encoding="utf-8")
    assert not Path(".tiny-model.partial").exists()

    ranks = [json.loads(Path(f"rank-{rank}.json").read_text()) for rank in (0, 1)]
    for epoch in range(6):
        # lengths are measured once, in epoch 0, by reading every row
        parts = [[at for turn, at in rank["seen"][72:] if turn == epoch] for rank in ranks]
        assert [len(part) for part in parts] == [40, 40], "72 rows in ten batches of 8: the last one is filled up"
        assert set(parts[0]) | set(parts[1]) == set(range(72))
        assert len(set(parts[0]) & set(parts[1])) <= 8
    wrote = [{name for name in rank["wrote"] if not name.startswith("rng_state")} for rank in ranks]
    assert {"README.md", "purpose.json", "tokenizer_config.json"} <= {
        name.replace(".new", ".json") for name in wrote[0]
    }
    assert wrote[1] == set()


def test_a_mistake_is_said_once() -> None:
    Path("tiny-model").mkdir()
    Path("tiny-model/thesis.txt").write_text("mine")
    ran = torchrun("-m", "robust", *COMMAND, "--out", "tiny-model")
    assert ran.returncode != 0
    assert ran.stdout == ""
    assert ran.stderr.count("error: ") == 1, ran.stderr
    assert "exists already" in ran.stderr
    assert Path("tiny-model/thesis.txt").read_text() == "mine"


def weights(folder: str) -> dict[str, torch.Tensor]:
    return load_file(Path(folder) / "model.safetensors")


def test_adapters_learn_in_two_processes() -> None:
    Path("first.yaml").write_text(RECIPE.replace("epochs: 6", "epochs: 1"))
    start = ["finetune", "first.yaml", *COMMAND[2:], "--out", "start"]
    assert subprocess.run([sys.executable, "-m", "robust", *start], check=False).returncode == 0
    given = ("epochs=6", "batch_size=8", "learning_rate=6e-3", "max_length=16")
    how = ["--model", "start", *(word for one in given for word in ("--set", f"train.{one}"))]
    ran = torchrun("-m", "robust", "finetune", "lora", *COMMAND[2:], *how, "--out", "adapted", "--json")
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    assert (summary["processes"], summary["steps"]) == (2, STEPS)
    before, after = weights("start"), weights("adapted")
    assert before.keys() == after.keys(), "adapters are merged"
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name.rpartition(".")[0].rpartition(".")[2] for name in moved} >= {"query", "value", "classifier"}
    assert not [name for name in moved if "embeddings" in name], "the encoder's own weights stay as they were"
    assert summary["dev_accuracy"]["value"] > 0.6


TASKS = """\
schema_version: 1
name: both
languages: [en]
model: {config: {hidden_size: 32, layers: 1, heads: 2, intermediate_size: 32, max_positions: 16, dropout: 0.0}}
tokenizer: {vocab_size: 200, min_frequency: 1}
tasks:
  mood: {task: classification}
  things: {task: tagging}
train: {epochs: 6, batch_size: 8, learning_rate: 3.0e-3, max_length: 16, bf16: false}
"""


def test_several_tasks_in_two_processes_are_trained_as_in_one_with_twice_the_accumulation() -> None:
    tagged = [f"the O\n{thing} B-x\nwas O\nfine O\n\n" for thing in THINGS] * 3
    Path("train.conll").write_text("".join(tagged), encoding="utf-8")
    Path("both.yaml").write_text(TASKS)
    data = [f"{option} {name}" for option in ("--data", "--dev") for name in ("mood=train.csv", "things=train.conll")]
    command = ["finetune", "both.yaml", *" ".join(data).split(), "--device", "cpu", "--json"]
    ran = torchrun("-m", "robust", *command, "--out", "two")
    assert ran.returncode == 0, ran.stderr
    two = json.loads(ran.stdout)  # one document: the other process said nothing
    alone = [sys.executable, "-m", "robust", *command, "--out", "one", "--set", "train.gradient_accumulation=2"]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    one = json.loads(done.stdout)
    for name in ("mood", "things"):
        assert "on 2 processes" in Path(f"two/{name}/README.md").read_text(encoding="utf-8")
        for measure, number in one["tasks"][name]["dev_scores"].items():
            assert two["tasks"][name]["dev_scores"][measure]["value"] == pytest.approx(number["value"], abs=0.03)
    assert two["steps"] == one["steps"]
    ours, theirs = weights("two"), weights("one")
    assert ours.keys() == theirs.keys()
    for name, weight in theirs.items():
        assert torch.allclose(ours[name], weight, atol=1e-3), name
    assert two["tasks"]["mood"]["dev_scores"]["accuracy"]["value"] > 0.9
    assert not Path(".two.partial").exists()
