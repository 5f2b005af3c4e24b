"""A tiny recurrent language model to train: its text, its recipe, and what its training writes."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from robust.recipe.pretrain import PretrainRecipe
from robust.stages.pretrain import recurrent
from robust.stages.pretrain.corpus import Corpus, Source
from robust.stages.pretrain.outcome import Outcome
from robust.stages.workspace import Workspace

AWD = {
    "layers": 2,
    "embedding_dropout": 0.1,
    "input_dropout": 0.2,
    "weight_dropout": 0.3,
    "hidden_dropout": 0.2,
    "output_dropout": 0.2,
    "activation_penalty": 2.0,
    "temporal_penalty": 1.0,
    "variable_length": True,
    "averaged": True,
}
ELMO = {"layers": 2, "bidirectional": True, "hidden_size": 16, "weight_dropout": 0.2}


def corpus(folder: Path) -> Corpus:
    """Sentences in which each word but the first follows from the one before."""
    draws, words = random.Random(1), ["la", "niña", "come", "pan", "the", "girl", "eats", "some", "bread", "today"]
    lines = []
    for _ in range(300):
        start = draws.randrange(len(words))
        lines.append(" ".join(words[(start + at) % len(words)] for at in range(12)))
    path = folder / "text.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return Corpus(sources=[Source(path=path)])


def recipe(model: Mapping[str, Any] | None = None, tokenizer: str = "words", **train: Any) -> PretrainRecipe:
    given = {"batch_size": 8, "length": 15, "steps": 12, "held_out": 0.2, "log_every": 2, "save_every": 4, **train}
    return PretrainRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "tiny",
            "model": {"kind": "recurrent", "embedding_size": 16, "hidden_size": 24, **(model or {})},
            "tokenizer": {"kind": tokenizer, "vocab_size": 300, "min_frequency": 1},
            "train": {"learning_rate": 0.02, "bf16": False, **given},
        }
    )


def place(root: Path) -> Workspace:
    made = Workspace(out=root / "out", checkpoints=root / "checkpoints", result=root / "result", resumed=False)
    made.checkpoints.mkdir(parents=True, exist_ok=True)
    made.result.mkdir(exist_ok=True)
    return made


def train(made: PretrainRecipe, corpus: Corpus, root: Path, progress: Any = None) -> Outcome:
    return recurrent.train(made, corpus, place(root), device="cpu", progress=progress)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def curve(root: Path) -> list[tuple[Any, ...]]:
    """All of the curve but its clock."""
    return [tuple(v for k, v in line.items() if k != "seconds") for line in lines(root / "result" / "curve.jsonl")]
