"""The shipped ways to adapt, each trained from its own recipe on a tiny model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, RobertaConfig, RobertaForMaskedLM

from robust.data.table import Table
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load
from robust.stages.adapt.blocks import blocks
from robust.stages.finetune import Finetuned, finetune
from robust.stages.workspace import partial_path
from robust.victims.transformers import TransformersVictim
from tests import tiny_models

THINGS = ("film", "hotel", "café", "guitar", "niñera", "book", "song", "soup", "walk")
GOOD = ("lovely", "bright", "superb", "charming", "fresh")
BAD = ("dreadful", "stale", "clumsy", "rotten", "bleak")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def masked(tmp_path: Path, reviews: Table) -> str:
    """A masked RoBERTa; weights that are spread as widely as those of other tests do not train with dropout."""
    folder = tmp_path / "masked"
    tokenizer = tiny_models.byte_bpe([row.fields[0] for row in reviews.rows] * 3)
    config = RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, initializer_range=0.1, **tiny_models.ROBERTA
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        RobertaForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def recurrent(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A language model after its first stage, in which good and bad words are followed by different ones.

    The reviews themselves would not do: whatever the word, they end there, so that a model of them has no use for it.
    """
    from robust.models.recurrent import RecurrentConfig, RecurrentForCausalLM

    folder = tmp_path_factory.mktemp("recurrent")
    ends = {**dict.fromkeys(GOOD, "superb film song"), **dict.fromkeys(BAD, "rotten soup book")}
    texts = [f"the {thing} was {word} {end}" for word, end in ends.items() for thing in THINGS]
    tokenizer = tiny_models.byte_bpe(texts * 3)
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    rows = torch.from_numpy(blocks(texts, tokenizer, length=16))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = RecurrentConfig(vocab_size=len(tokenizer), embedding_size=24, recurrent_size=32, layers=1)
        model = RecurrentForCausalLM(config).train()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(400):
            model(input_ids=rows, labels=rows).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def recipe(name: str, model: str, *overrides: str) -> FinetuneRecipe:
    tiny = [f"model.checkpoint={model}", "train.max_length=24", "train.batch_size=8", "train.bf16=false"]
    return load(name, family="finetune", schema=FinetuneRecipe, overrides=[*tiny, *overrides])


def train(how: FinetuneRecipe, table: Table, dev: Table, out: Path, **more: object) -> Finetuned:
    return finetune(how, train=table, dev=dev, out=out, device="cpu", **more)  # type: ignore[arg-type]


def test_lora_makes_an_ordinary_checkpoint(masked, reviews, others, out) -> None:
    how = recipe("lora", masked, "train.learning_rate=0.01", "train.epochs=8")
    result = train(how, reviews, others, out)
    assert result.dev.value is not None
    assert result.dev.value > 0.9
    before, after = load_file(Path(masked) / "model.safetensors"), load_file(out / "model.safetensors")
    assert not any("lora" in name for name in after)
    moved = {name for name in before.keys() & after.keys() if not torch.equal(before[name], after[name])}
    assert {name.split(".")[-2] for name in moved} == {"query", "value"}
    assert len(moved) == 4
    model, info = AutoModelForSequenceClassification.from_pretrained(out, output_loading_info=True)
    assert not info["missing_keys"]
    assert model.config.model_type == "roberta"


def test_frozen_features_leave_the_encoder_bit_for_bit(masked, reviews, others, out) -> None:
    result = train(recipe("frozen-mean", masked, "train.learning_rate=0.03"), reviews, others, out)
    assert result.dev.value is not None
    assert result.dev.value > 0.9
    before, after = load_file(Path(masked) / "model.safetensors"), load_file(out / "model.safetensors")
    encoder = {name.removeprefix("roberta."): value for name, value in before.items() if name.startswith("roberta.")}
    assert {name for name in after if not name.startswith("encoder.")} == {"head.1.weight", "head.1.bias"}
    assert len(after) == len(encoder) + 2
    assert all(torch.equal(value, after[f"encoder.{name}"]) for name, value in encoder.items())


FAST = (
    "adapt.language_model.learning_rate=0.004",
    "adapt.language_model.length=16",
    "adapt.language_model.batch_size=8",
    "adapt.language_model.epochs=2",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ulmfit", "ulmfit-bert"])
def test_ulmfit_in_all_its_parts(name, request, reviews, others, out) -> None:
    source = request.getfixturevalue("masked" if name == "ulmfit-bert" else "recurrent")
    how = recipe(name, source, *FAST, "train.learning_rate=0.01", "train.epochs=8")
    assert how.adapt.language_model is not None
    result = train(how, reviews, others, out)
    assert result.dev.value is not None
    assert result.dev.value > 0.75  # half of the rows are of each label
    victim = TransformersVictim.load(str(out), device="cpu")
    assert victim.model.config.model_type == "robust-pooled"
    assert victim.model.config.pooling == "concat"
    texts = [row.fields for row in others.rows]
    right = [
        victim.meta.labels[at] == row.label for at, row in zip(victim.logits(texts).argmax(1), others.rows, strict=True)
    ]
    assert sum(right) == result.dev.k
    assert "Howard & Ruder" in (out / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_ulmfit_goes_on_as_it_would_have(recurrent, reviews, others, tmp_path) -> None:
    how = recipe("ulmfit", recurrent, *FAST, "train.learning_rate=0.01", "train.epochs=4")
    seen: list[int] = []

    def stop(step: int, steps: int, numbers: object) -> None:
        if step > 20:  # in the third epoch of 8 steps, with all three layers unfrozen
            raise KeyboardInterrupt

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(how, reviews, others, whole)
    with pytest.raises(KeyboardInterrupt):
        train(how, reviews, others, broken, progress=stop)
    tuned = partial_path(broken) / "language-model" / "language-model.json"
    losses = json.loads(tuned.read_text())["losses"]
    assert len(losses) == 2
    result = train(how, reviews, others, broken, progress=lambda step, *_: seen.append(step))
    assert result.resumed
    assert min(seen) > 16
    assert (whole / "model.safetensors").read_bytes() == (broken / "model.safetensors").read_bytes()


@pytest.mark.slow
def test_pairs_of_texts_are_learnt_by_both_stages(masked, reviews, others, out) -> None:
    def paired(table: Table) -> Table:
        rows = tuple(replace(row, fields=tuple(row.fields[0].split(" was "))) for row in table.rows)
        return replace(table, rows=rows)

    how = recipe("ulmfit-bert", masked, *FAST, "train.learning_rate=0.01", "train.epochs=8")
    result = train(how, paired(reviews), paired(others), out)
    assert result.dev.value is not None
    assert result.dev.value > 0.9
