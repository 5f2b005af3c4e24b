"""Made-up reviews that a tiny model learns in seconds, and a recipe for it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from robust.data.table import Row, Table, fingerprint
from robust.recipe.finetune import FinetuneRecipe

THINGS = ("film", "hotel", "café", "guitar", "niñera", "book", "song", "soup", "walk")
GOOD = ("lovely", "bright", "superb", "charming", "fresh")
BAD = ("dreadful", "stale", "clumsy", "rotten", "bleak")


def table(rows: list[tuple[tuple[str, ...], str | None]], name: str = "reviews.jsonl") -> Table:
    made = tuple(Row(id=f"r{at}", fields=fields, label=label) for at, (fields, label) in enumerate(rows))
    return Table(
        name=name,
        rows=made,
        fingerprint=fingerprint((row.id, row.fields, row.label) for row in made),
        source_fingerprint="sha256:0",
        columns={},
        left_out={},
        total=len(made),
    )


def _reviews(*, held_out: bool) -> list[tuple[tuple[str, ...], str | None]]:
    """Every third pairing of thing and word is held out: all words are known from other sentences."""
    return [
        ((f"the {thing} was {word}",), "positive" if word in GOOD else "negative")
        for words in (GOOD, BAD)
        for (at, thing), (place, word) in itertools.product(enumerate(THINGS), enumerate(words))
        if ((at + place) % 3 == 0) == held_out
    ]


@pytest.fixture
def reviews() -> Table:
    return table(_reviews(held_out=False))


@pytest.fixture
def others() -> Table:
    return table(_reviews(held_out=True), "dev.jsonl")


@pytest.fixture
def recipe() -> FinetuneRecipe:
    return FinetuneRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "tiny",
            "languages": ["en", "es"],
            "model": {
                "config": {
                    "hidden_size": 32,
                    "layers": 1,
                    "heads": 2,
                    "intermediate_size": 32,
                    "max_positions": 16,
                    "dropout": 0.0,
                }
            },
            "tokenizer": {"vocab_size": 200, "min_frequency": 1},
            "train": {"epochs": 6, "batch_size": 8, "learning_rate": 3e-3, "max_length": 16, "seed": 3},
        }
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "model"
