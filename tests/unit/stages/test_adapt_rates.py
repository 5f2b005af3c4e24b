import math

import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification, Trainer, TrainingArguments

from robust.recipe.finetune import FinetuneRecipe
from robust.stages import adapt
from robust.stages.adapt import rates
from robust.stages.adapt.layers import head, layer_groups
from tests import tiny_models


def recipe(how: dict, **train: object) -> FinetuneRecipe:
    return FinetuneRecipe.model_validate(
        {
            "schema_version": 1,
            "name": "tiny",
            "model": {"checkpoint": "somewhere"},
            "train": {"learning_rate": 0.01, **train},
            "adapt": how,
        }
    )


@pytest.fixture
def bert(model_dirs):
    return AutoModelForSequenceClassification.from_pretrained(model_dirs["bert"])


def of_layers(model) -> list[set[str]]:
    return [{name for name, _ in group} for group in layer_groups(model)]


@pytest.mark.parametrize(
    ("kind", "embeddings", "layer", "top"),
    [
        ("bert", "bert.embeddings.", "bert.encoder.layer.{}.", ("bert.pooler.", "classifier.")),
        ("roberta", "roberta.embeddings.", "roberta.encoder.layer.{}.", ("classifier.",)),
        (
            "distilbert",
            "distilbert.embeddings.",
            "distilbert.transformer.layer.{}.",
            ("pre_classifier.", "classifier."),
        ),
        ("gpt2", "transformer.w", "transformer.h.{}.", ("score.",)),
    ],
)
def test_layers_go_from_embeddings_to_head(kind, embeddings, layer, top, model_dirs) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(model_dirs[kind])
    groups = of_layers(model)
    assert len(groups) == 4
    assert all(name.startswith(embeddings) for name in groups[0])
    for at in (0, 1):
        rest = {name for name in groups[1 + at] if not name.startswith(layer.format(at))}
        assert rest == ({"transformer.ln_f.weight", "transformer.ln_f.bias"} if (kind, at) == ("gpt2", 1) else set())
    assert all(name.startswith(top) for name in groups[3])
    assert sorted(name for group in groups for name in group) == sorted(dict(model.named_parameters()))
    assert {name for name, _ in head(model)} == groups[3]


def test_shared_weights_are_in_one_layer_and_frozen_ones_in_none(tmp_path) -> None:
    model = AutoModelForMaskedLM.from_pretrained(tiny_models.bert(tmp_path, head="MaskedLM"))
    found = [id(parameter) for group in layer_groups(model) for _, parameter in group]
    assert len(found) == len(set(found)) == len(list(model.parameters()))
    assert "bert.embeddings.word_embeddings.weight" in of_layers(model)[0]  # which is the output matrix too
    model.bert.embeddings.requires_grad_(False)
    assert not any("embeddings" in name for group in of_layers(model) for name in group)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_layers_of_recurrent_models(bidirectional) -> None:
    from robust.models.recurrent import RecurrentConfig, RecurrentForSequenceClassification

    config = RecurrentConfig(vocab_size=40, embedding_size=8, recurrent_size=12, layers=2, bidirectional=bidirectional)
    groups = of_layers(RecurrentForSequenceClassification(config))
    stacks = ("model.layers.{}.", "model.backward_layers.{}.") if bidirectional else ("model.layers.{}.",)
    assert groups[0] == {"model.embedding.weight"}
    for at in (0, 1):
        assert {name.rpartition(".")[0] + "." for name in groups[1 + at]} == {stack.format(at) for stack in stacks}
    assert groups[3] == {"classifier.weight", "classifier.bias"}


def test_layers_of_torchs_own_recurrent_networks() -> None:
    model = torch.nn.Sequential(torch.nn.Embedding(9, 4), torch.nn.LSTM(4, 5, num_layers=2, bidirectional=True))
    groups = of_layers(model)
    assert [len(group) for group in groups] == [1, 8, 8]
    assert all("_l1" in name for name in groups[2])


def test_the_rate_falls_by_the_same_factor_from_layer_to_layer(bert, tmp_path) -> None:
    how = recipe({"discriminative": 2.6}, learning_rate=0.01, weight_decay=0.3)
    optimizer, _ = adapt.optimizer(bert, how, 100)
    rate = {
        id(p): (group["initial_lr"], group["weight_decay"]) for group in optimizer.param_groups for p in group["params"]
    }
    assert len(rate) == len(list(bert.parameters()))
    below = {
        "bert.embeddings": 3,
        "bert.encoder.layer.0": 2,
        "bert.encoder.layer.1": 1,
        "bert.pooler": 0,
        "classifier": 0,
    }
    for name, parameter in bert.named_parameters():
        expected = 0.01 / 2.6 ** next(at for start, at in below.items() if name.startswith(start))
        assert rate[id(parameter)][0] == pytest.approx(expected)
    trainer = Trainer(model=bert, args=TrainingArguments(output_dir=str(tmp_path), use_cpu=True, report_to="none"))
    decaying = {name for name, parameter in bert.named_parameters() if rate[id(parameter)][1] == 0.3}
    assert decaying == set(trainer.get_decay_parameter_names(bert))


def papers_rate(t: int, total: int, *, peak: float, cut_fraction: float, ratio: float) -> float:
    """Howard & Ruder 2018, equation 3, as printed."""
    cut = math.floor(total * cut_fraction)
    p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / cut_fraction - 1))
    return peak * (1 + p * (ratio - 1)) / ratio


def test_the_slanted_triangle_is_the_papers(bert) -> None:
    how = recipe({"slanted_triangular": {"cut_fraction": 0.1, "ratio": 32}}, learning_rate=0.01)
    optimizer, scheduler = adapt.optimizer(bert, how, 200)
    found = []
    for _ in range(201):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    expected = [papers_rate(t, 200, peak=0.01, cut_fraction=0.1, ratio=32) for t in range(201)]
    assert found == pytest.approx(expected)
    assert found[0] == pytest.approx(0.01 / 32)
    assert (max(found), found.index(max(found))) == (pytest.approx(0.01), 20)
    assert found[200] == pytest.approx(0.01 / 32)


@pytest.mark.parametrize("steps", [1, 2, 7, 19, 101])
def test_the_triangle_stays_within_its_bounds_however_short_the_training(steps) -> None:
    shares = [rates.slanted_triangular(at, steps=steps, cut_fraction=0.1, ratio=32) for at in range(steps + 1)]
    assert all(1 / 32 <= share <= 1 for share in shares)
    assert max(shares) == 1
    assert shares[-1] == (pytest.approx(1 / 32) if steps > 1 else 1)


def test_without_a_slant_the_recipes_schedule_holds_for_every_layer(bert) -> None:
    how = recipe({"discriminative": 2.0}, learning_rate=0.01, warmup_ratio=0.1, schedule="linear")
    optimizer, scheduler = adapt.optimizer(bert, how, 20)
    found = []
    for _ in range(20):
        found.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[-1]["lr"]))
        optimizer.step()
        scheduler.step()
    assert [top for top, _ in found] == pytest.approx([0, 0.005] + [0.01 * (20 - at) / 18 for at in range(2, 20)])
    assert [low for _, low in found] == pytest.approx([top / 8 for top, _ in found])
