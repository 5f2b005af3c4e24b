"""Heads that look at their neighbours before anything is learnt."""

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForMaskedLM

from robust.stages.pretrain import local_attention
from robust.stages.pretrain.local_attention import SHIFTS, waves


def model(width: int = 128, heads: int = 4) -> BertForMaskedLM:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=500,
        hidden_size=width,
        num_hidden_layers=3,
        num_attention_heads=heads,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.05,
        attn_implementation="eager",
    )
    return BertForMaskedLM(config).eval()


def attention(bert: BertForMaskedLM) -> list[torch.Tensor]:
    """Of each layer, `(heads, 64, 64)`: the mean over random texts."""
    ids = torch.from_numpy(np.random.default_rng(0).integers(0, 500, (16, 64)))
    with torch.no_grad():
        found = bert(ids, output_attentions=True).attentions
    return [each.mean(0) for each in found]


def towards(weights: torch.Tensor, shift: int) -> float:
    return float(torch.diagonal(weights, shift).mean())


@pytest.mark.parametrize("width", [64, 128])
def test_each_head_looks_most_where_it_is_told(width: int) -> None:
    bert = model(width)
    before = attention(bert)[0]
    assert all(towards(head, shift) < 0.03 for head in before for shift in SHIFTS)  # 1/64 each: everywhere alike
    local_attention.start(bert, layers=2)
    first, second, third = attention(bert)
    for layer, least in ((first, 0.1), (second, 0.05)):
        for head, shift in zip(layer, SHIFTS, strict=True):
            rival = max(towards(head, other) for other in range(-5, 6) if other != shift)
            assert towards(head, shift) > least
            assert towards(head, shift) > rival
    assert all(towards(head, shift) < 0.05 for head in third for shift in SHIFTS)


def test_words_and_positions_have_dimensions_of_their_own() -> None:
    bert = model()
    local_attention.start(bert)
    places = bert.bert.embeddings.position_embeddings.weight.detach()
    words = bert.get_input_embeddings().weight.detach()
    assert float((words.abs().sum(0) * places.abs().sum(0)).max()) == 0.0
    assert 0.5 < float(places[:, -32:].std() / words[:, :-32].std()) < 2.0
    assert bert.get_output_embeddings().weight is bert.get_input_embeddings().weight


def test_waves_turn_by_the_same_angle_everywhere() -> None:
    frequencies = np.array([2.5, 0.3])
    table = waves(20, frequencies)
    products = table @ table.T
    for shift in (1, 3):
        assert np.diagonal(products, shift) == pytest.approx(np.cos(shift * frequencies).sum(), abs=1e-5)
