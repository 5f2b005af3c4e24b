from types import SimpleNamespace

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from robust.errors import ModelError
from robust.recipe.adapt import Adapt, Lora, misfit
from robust.recipe.finetune import FinetuneRecipe
from robust.stages import adapt
from robust.stages.adapt import freezing, lora
from robust.stages.adapt.layers import head, layer_groups
from tests import tiny_models

IDS = torch.tensor([[2, 9, 14, 20, 3, 0], [2, 31, 8, 3, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 0, 0]])


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


def answer(model) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(IDS, attention_mask=MASK).logits


def copied(model) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def step(model, optimizer) -> None:
    """One update, as a trainer makes it."""
    model.train()
    model(input_ids=IDS, attention_mask=MASK, labels=torch.tensor([0, 2])).loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def of_layers(model) -> list[set[str]]:
    return [{name for name, _ in group} for group in layer_groups(model)]


def test_plain_fine_tuning_leaves_all_to_the_trainer(bert) -> None:
    how = recipe({})
    before = answer(bert)
    assert adapt.prepare(bert, how) is bert
    assert adapt.optimizer(bert, how, 10) is None
    assert adapt.callbacks(bert, how) == []
    assert torch.equal(answer(adapt.finish(bert)), before)


# freezing


@pytest.mark.parametrize("pooling", ["own", "mean"])
def test_a_frozen_encoder_does_not_change_and_has_no_dropout(pooling, model_dirs) -> None:
    torch.manual_seed(3)
    source = AutoModelForSequenceClassification.from_pretrained(
        model_dirs["bert"], hidden_dropout_prob=0.5, attention_probs_dropout_prob=0.5, classifier_dropout=0.0
    )
    how = recipe({"frozen": True, "pooling": pooling})
    model = adapt.prepare(source, how)
    before = copied(model)
    with torch.no_grad():
        first = model.train().base_model(input_ids=IDS, attention_mask=MASK).last_hidden_state
        again = model.train().base_model(input_ids=IDS, attention_mask=MASK).last_hidden_state
    assert torch.equal(first, again)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
    for _ in range(3):
        step(model, optimizer)
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {name for name, _ in head(model)}
    assert changed
    assert all(parameter.grad is None for name, parameter in model.named_parameters() if name not in changed)
    adapt.finish(model)
    assert all(parameter.requires_grad for parameter in model.parameters())
    model.train().base_model(input_ids=IDS, attention_mask=MASK)
    assert model.base_model.training, "the encoder is an ordinary one again"


def test_a_model_without_a_head_cannot_be_frozen(bert) -> None:
    with pytest.raises(ModelError, match=r"adapt\.pooling"):
        freezing.freeze(bert.bert.encoder)


@pytest.mark.parametrize(
    ("every", "expected"),
    [(1.0, [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]), (0.5, [1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4, 4]), (5.0, [1] * 12)],
)
def test_one_more_layer_is_trained_after_every_so_many_epochs(every, expected, bert) -> None:
    how = recipe({"gradual_unfreezing": True, "unfreeze_every": every})
    (callback,) = adapt.callbacks(bert, how)
    arguments = SimpleNamespace(num_train_epochs=3)
    names = [
        ("bert.embeddings.word_embeddings.weight",),
        ("bert.encoder.layer.0.output.dense.weight",),
        ("bert.encoder.layer.1.output.dense.bias",),
        ("bert.pooler.dense.weight", "classifier.bias"),
    ]
    parameters = dict(bert.named_parameters())
    for at, layers in enumerate(expected):
        callback.on_step_begin(arguments, SimpleNamespace(global_step=at, max_steps=12), None)
        free = [all(parameters[name].requires_grad for name in group) for group in names]
        assert free == [False] * (4 - layers) + [True] * layers
        assert sum(p.requires_grad for p in bert.parameters()) == sum(len(g) for g in of_layers(bert))


def test_layers_whose_turn_has_not_come_get_no_updates(bert) -> None:
    how = recipe({"gradual_unfreezing": True, "discriminative": 2.6}, warmup_ratio=0.0, weight_decay=0.5)
    (callback,) = adapt.callbacks(bert, how)
    optimizer, scheduler = adapt.optimizer(bert, how, 4)
    for at, free in enumerate(("pooler classifier", "layer.1", "layer.0", "embeddings")):
        before = copied(bert)
        callback.on_step_begin(SimpleNamespace(num_train_epochs=4), SimpleNamespace(global_step=at, max_steps=4), None)
        step(bert, optimizer)
        scheduler.step()
        changed = {name for name, value in bert.state_dict().items() if not torch.equal(value, before[name])}
        for part, since in (("embeddings", 3), ("layer.0", 2), ("layer.1", 1), ("classifier", 0), ("pooler", 0)):
            assert any(part in name for name in changed) == (at >= since), (free, part)


# adapters


@pytest.mark.parametrize("kind", tiny_models.CLASSIFIERS)
def test_merged_adapters_answer_as_they_did_beside_the_weights(kind, model_dirs) -> None:
    model = AutoModelForSequenceClassification.from_pretrained(model_dirs[kind])
    model.config.pad_token_id = 0
    keys, plain = set(model.state_dict()), answer(model)
    before = copied(model)
    model = adapt.prepare(model, recipe({"lora": {"rank": 3, "alpha": 12.0, "dropout": 0.1}}))
    assert torch.equal(answer(model), plain), "adapters begin with no effect"
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.05)
    for _ in range(3):
        step(model, optimizer)
    unmerged, learnt = answer(model), copied(model)
    assert (unmerged - plain).abs().max() > 0.01
    name = next(name for name in learnt if name.endswith("lora_A.default.weight"))
    low, high = learnt[name], learnt[name.replace("lora_A", "lora_B")]
    assert low.shape[0] == 3

    assert adapt.finish(model) is model
    torch.testing.assert_close(answer(model), unmerged, atol=2e-5, rtol=1e-4)
    assert set(model.state_dict()) == keys
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    above = {name for name, _ in head(model)}
    assert above <= changed, "the head learns beside the adapters"
    inside = changed - above
    weight = name.replace("lora_A.default.weight", "weight")
    assert weight in inside
    delta = model.state_dict()[weight] - before[weight]
    by_hand = (12.0 / 3) * (high @ low)
    torch.testing.assert_close(delta, by_hand.T if kind == "gpt2" else by_hand, atol=1e-5, rtol=1e-3)
    wanted = {
        "bert": ("query.weight", "value.weight"),
        "roberta": ("query.weight", "value.weight"),
        "distilbert": ("q_lin.weight", "v_lin.weight"),
        "gpt2": ("c_attn.weight",),
    }[kind]
    assert all(each.endswith(wanted) for each in inside)


def test_adapters_go_where_the_recipe_says(bert, model_dirs) -> None:
    linear = lora.targets(bert, Lora(targets="linear"))[0]
    assert len(linear) == 2 * 6
    assert not any("pooler" in name or "classifier" in name for name in linear)
    assert lora.targets(bert, Lora(targets=("output.dense",)))[0] == [
        f"bert.encoder.layer.{at}.{part}.dense" for at in (0, 1) for part in ("attention.output", "output")
    ]
    with pytest.raises(ModelError, match="query"):
        lora.targets(bert, Lora(targets=("queries",)))


def test_without_peft_the_message_says_what_to_install(bert, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "peft", None)
    with pytest.raises(ModelError, match=r"robust\[lora\]"):
        adapt.prepare(bert, recipe({"lora": {}}))


# the recipe and the head


def test_the_head_depends_on_the_recipes_seed_alone(model_dirs) -> None:
    heads = []
    for generator, seed in ((1, 5), (2, 5), (1, 6)):
        model = AutoModelForSequenceClassification.from_pretrained(model_dirs["bert"])
        torch.manual_seed(generator)
        made = adapt.prepare(model, recipe({"pooling": "concat"}, seed=seed))
        heads.append(made.head[2].weight)
        assert made.config.id2label == tiny_models.LABELS["id2label"]
        assert adapt.prepare(made, recipe({"pooling": "concat"})) is made
        other = adapt.prepare(made, recipe({"pooling": "max"}))
        assert (other.config.pooling, other.encoder) == ("max", made.encoder)
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_choices_that_do_not_go_together_are_refused() -> None:
    for idle in ({"lora": {}}, {"discriminative": 2.6}, {"gradual_unfreezing": True}):
        with pytest.raises(ValueError, match=f"{next(iter(idle))}"):
            Adapt.model_validate({"frozen": True, **idle})
    assert "tagging" in str(misfit(Adapt(pooling="mean"), task="tagging", checkpoint="x"))
    assert "language_model" in str(misfit(Adapt.model_validate({"language_model": {}}), task="qa", checkpoint=None))
    assert "frozen" in str(misfit(Adapt(frozen=True), task="classification", checkpoint=None))
    assert misfit(Adapt(frozen=True, pooling="mean"), task="classification", checkpoint="x") is None
    assert misfit(Adapt(pooling="mean", discriminative=2.6), task="classification", checkpoint=None) is None
