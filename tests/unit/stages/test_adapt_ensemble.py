"""The mean of start and trained weights, against a mean taken by hand of two saved models."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from robust.data.table import Table
from robust.errors import ModelError
from robust.recipe.finetune import FinetuneRecipe
from robust.stages.finetune import finetune


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def going_on(recipe: FinetuneRecipe, start: Path, adapt: dict[str, Any]) -> FinetuneRecipe:
    given = recipe.model_dump() | {"model": {"checkpoint": str(start)}, "tokenizer": None, "adapt": adapt}
    given["train"] |= {"epochs": 1, "seed": 5}
    return FinetuneRecipe.model_validate(given)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


@pytest.fixture
def start(recipe: FinetuneRecipe, reviews: Table, others: Table, tmp_path: Path) -> Path:
    folder = tmp_path / "start"
    finetune(recipe, train=reviews, dev=others, out=folder, device="cpu")
    return folder


@pytest.mark.parametrize("how", [{}, {"lora": {"rank": 2, "targets": "linear"}}])
def test_the_mean_is_that_of_the_two_models(recipe, reviews, others, start, tmp_path, how) -> None:
    made = {}
    for name, adapt in (("trained", how), ("mean", {**how, "weight_ensemble": 0.25})):
        finetune(going_on(recipe, start, adapt), train=others, dev=reviews, out=tmp_path / name, device="cpu")
        made[name] = weights(tmp_path / name)
    before = weights(start)
    moved = [name for name in before if not torch.equal(before[name], made["trained"][name])]
    assert moved, "training that changes nothing shows nothing"
    for name, weight in before.items():
        assert torch.allclose(made["mean"][name], 0.75 * weight + 0.25 * made["trained"][name], atol=1e-6), name
    card = (tmp_path / "mean" / "README.md").read_text(encoding="utf-8")
    assert "Each weight is 0.75 of the start and 0.25 of what was trained from it." in card


def test_random_weights_are_no_start(recipe, reviews, others, start, tmp_path, model_dirs) -> None:
    new_head = going_on(recipe, model_dirs["bert"], {"weight_ensemble": 0.5})
    new_pooling = going_on(recipe, start, {"weight_ensemble": 0.5, "pooling": "mean"})
    with pytest.raises(ModelError, match=r"classifier\.\w+ is random"):
        finetune(new_head, train=reviews, dev=others, out=tmp_path / "no", device="cpu")
    with pytest.raises(ModelError, match="is random"):
        finetune(new_pooling, train=reviews, dev=others, out=tmp_path / "no", device="cpu")
    assert not (tmp_path / "no").exists()


def test_from_scratch_there_is_nothing_to_keep(recipe) -> None:
    with pytest.raises(ValueError, match=r"give `model\.checkpoint`"):
        FinetuneRecipe.model_validate(recipe.model_dump() | {"adapt": {"weight_ensemble": 0.5}})
