"""The last layer for the first token alone: the same logits, weights shared, and only where nothing else is read."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
import transformers as hf
from torch import nn

from robust.checkpoints.first_token import LastLayer, first_token
from robust.checkpoints.views import view

SIZES = {"vocab_size": 90, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 48}
SHORT = ("Bert", "Roberta", "Electra", "XLMRoberta", "Camembert", "DistilBert")


def made(kind: str, attention: str = "sdpa", **sizes: Any) -> Any:
    torch.manual_seed(3)
    config = getattr(hf, f"{kind}Config")(**{**SIZES, **sizes}, num_labels=3, attn_implementation=attention)
    try:
        return getattr(hf, f"{kind}ForSequenceClassification")(config).eval()
    except ValueError as error:  # before transformers 5 not every model has every kind of attention
        pytest.skip(str(error).splitlines()[0])


def batch() -> dict[str, torch.Tensor]:
    ids = torch.randint(5, 90, (6, 11), generator=torch.Generator().manual_seed(1))
    return {
        "input_ids": ids,
        "attention_mask": (torch.arange(11) < torch.tensor([[11], [9], [4], [1], [11], [2]])).long(),
    }


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("kind", SHORT)
def test_the_logits_are_the_models(kind: str, attention: str) -> None:
    model = made(kind, attention)
    short = first_token(model)
    assert short is not model
    with torch.inference_mode():
        assert torch.allclose(short(**batch()).logits, model(**batch()).logits, atol=1e-5)
        assert torch.allclose(short(batch()["input_ids"]).logits, model(batch()["input_ids"]).logits, atol=1e-5)


@pytest.mark.parametrize("kind", ["Albert", "GPT2"])
def test_other_models_are_left_as_they_are(kind: str) -> None:
    model = made(kind, pad_token_id=0)
    assert first_token(model) is model


def test_a_classifier_that_reads_all_tokens_is_left_as_it_is() -> None:
    class Mean(nn.Module):
        def forward(self, states: torch.Tensor) -> torch.Tensor:
            return states.mean(1)

    model = made("Bert")
    model.bert.pooler = Mean()
    assert first_token(model) is model
    model = made("Bert").to(torch.bfloat16)
    assert first_token(model) is not model
    model.bert.pooler = Mean()
    assert first_token(model) is model


def test_weights_are_shared_and_the_model_is_left_alone() -> None:
    model = made("Bert").train()
    before = copy.deepcopy(model.state_dict())
    short = first_token(model)
    assert model.training
    assert not any(isinstance(module, LastLayer) for module in model.modules())
    assert {id(p) for p in short.parameters()} == {id(p) for p in model.parameters()}
    with torch.no_grad():
        model.bert.encoder.layer[2].output.dense.bias.add_(1.0)
    model.eval()
    with torch.inference_mode():
        assert torch.allclose(short(**batch()).logits, model(**batch()).logits, atol=1e-5)
    assert before.keys() == model.state_dict().keys()


def test_a_view_needs_names_that_are_there() -> None:
    model = made("Bert")
    for name in ("bert.encoder.layers.0", "nowhere", "nowhere.at.all"):
        with pytest.raises(KeyError):
            view(model, {name: nn.Identity()})


def test_rotated_positions_are_not_left_out() -> None:
    """With weights as they are first drawn the rotations hardly show, so a trial alone would miss them."""
    model = made("RoFormer", "eager")
    assert first_token(model) is model


def test_a_decoder_is_left_as_it_is() -> None:
    """Without a masked token its layers get no mask, and hide later tokens by themselves."""
    model = made("Bert", is_decoder=True)
    short = first_token(model)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(3)
    ids = batch()["input_ids"]
    with torch.inference_mode():
        torch.testing.assert_close(short(input_ids=ids).logits, model(input_ids=ids).logits)


@pytest.mark.parametrize("sizes", [{"chunk_size_feed_forward": 2}, {"return_dict": False}])
def test_a_model_that_fails_on_the_trial_is_left_as_it_is(sizes: dict[str, Any]) -> None:
    model = made("Bert", **sizes)
    assert first_token(model) is model
