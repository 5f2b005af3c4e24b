"""Word vectors under `finetune`: held as they are, and learning; then attacked like any model."""

from pathlib import Path

import numpy as np
import pytest

from robust.models import vectors as files
from robust.models.vectors import Vectors
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load
from robust.results.estimates import Estimate
from robust.stages.finetune import finetune
from robust.victims.load import load_victim
from tests.unit.stages.conftest import BAD, GOOD, THINGS


@pytest.fixture
def folder(tmp_path) -> Path:
    """Vectors in which the last of ten numbers says good or bad, among other things."""
    words = ("the", "was", *THINGS, *GOOD, *BAD)
    table = np.random.default_rng(5).normal(size=(len(words), 10)).astype(np.float32)
    table[:, -1] += [2 * (word in GOOD) - 2 * (word in BAD) for word in words]
    found = tmp_path / "vectors"
    found.mkdir()
    files.write(Vectors(words=words, table=table, counts=np.full(len(words), 7)), found)
    return found


def plan(name: str, folder: Path) -> FinetuneRecipe:
    changes = [f"model.checkpoint={folder}", "train.epochs=8", "train.batch_size=8", "train.learning_rate=0.05"]
    return load(name, family="finetune", schema=FinetuneRecipe, overrides=changes)


@pytest.mark.parametrize("name", ["word-vectors", "word-vectors-tuned"])
def test_a_classifier_on_word_vectors(name, folder, reviews, others, out) -> None:
    from safetensors.numpy import load_file

    result = finetune(plan(name, folder), train=reviews, dev=others, out=out, device="cpu")
    assert isinstance(result.dev, Estimate)
    assert result.dev.value > 0.8
    before = load_file(folder / "vectors.safetensors")["vectors"]
    after = load_file(out / "model.safetensors")["averaged.embedding.weight"][4:]
    shifted = before - before.mean(axis=0)  # every word is as frequent as the others
    same = np.allclose(after * (shifted.std() / after.std()), shifted, atol=1e-4)
    assert same == (name == "word-vectors")
    victim = load_victim(str(out), device="cpu")
    told = victim.logits([row.fields for row in others.rows]).argmax(axis=1)
    gold = [victim.meta.labels.index(row.label) for row in others.rows]
    assert (told == gold).mean() == pytest.approx(result.dev.value)
    assert (out / "README.md").exists()
