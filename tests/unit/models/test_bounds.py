"""Interval bounds: rules of layers against corners and samples, models against every substitution there is."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from robust.models.bounds import (
    Bounded,
    Interval,
    box,
    convolution,
    linear,
    product,
    shrunk,
    total,
    worst_logits,
)
from robust.models.convolutional import ConvolutionalConfig, ConvolutionalForSequenceClassification
from robust.models.recurrent import RecurrentForSequenceClassification
from robust.models.recurrent_model import RecurrentConfig

VOCABULARY, LENGTH, OPTIONS = 12, 5, 3


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def some(*shape: int, seed: int = 0) -> Interval:
    middle, radius = drawn(*shape, seed=seed), drawn(*shape, seed=seed + 100).abs()
    return Interval(low=middle - radius, high=middle + radius)


def corners(x: Interval) -> Tensor:
    """Every corner of a box, as rows."""
    flat = [*zip(x.low.flatten().tolist(), x.high.flatten().tolist(), strict=True)]
    return torch.tensor([*itertools.product(*flat)], dtype=torch.float64).reshape(-1, *x.low.shape)


def test_a_linear_layer_reaches_its_bounds_at_corners() -> None:
    x, weight, bias = some(4), drawn(3, 4, seed=1), drawn(3, seed=2)
    found = linear(x, weight, bias)
    every = corners(x) @ weight.T + bias
    torch.testing.assert_close(found.low, every.amin(0))
    torch.testing.assert_close(found.high, every.amax(0))


def test_a_convolution_reaches_its_bounds_at_corners() -> None:
    x, weight, bias = some(1, 2, 4), drawn(3, 2, 3, seed=1), drawn(3, seed=2)
    found = convolution(x, weight, bias, 1)
    every = F.conv1d(corners(x).squeeze(1), weight, bias, padding=1)
    torch.testing.assert_close(found.low[0], every.amin(0))
    torch.testing.assert_close(found.high[0], every.amax(0))


def test_sums_and_products_reach_their_bounds() -> None:
    x, y = some(6), some(6, seed=3)
    for rule, operation in ((product, torch.mul), (total, torch.add)):
        found = rule(x, y)
        ends = [operation(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
        torch.testing.assert_close(found.low, torch.stack(ends).amin(0))
        torch.testing.assert_close(found.high, torch.stack(ends).amax(0))


def test_a_box_around_options() -> None:
    vectors = torch.tensor([[[[1.0, 5.0], [3.0, -2.0], [9.0, 9.0]]]])
    found = box(vectors, torch.tensor([[[True, True, False]]]))
    assert (found.low.tolist(), found.high.tolist()) == ([[[1.0, -2.0]]], [[[3.0, 5.0]]])
    half = shrunk(found, torch.tensor([[[1.0, 5.0]]]), 0.5)
    assert (half.low.tolist(), half.high.tolist()) == ([[[1.0, 1.5]]], [[[2.0, 5.0]]])


def test_the_worst_logits_are_reached_at_corners() -> None:
    last = torch.nn.Linear(4, 3).double()
    features, label = some(1, 4), 1
    found = worst_logits(features, last, torch.tensor([label]))[0]
    every = last(corners(features)[:, 0])
    torch.testing.assert_close(found, (every - every[:, [label]]).amax(0))
    assert found[label] == 0


def convolutional(pooling: str, seed: int, labels: int = 3) -> Any:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        names = {at: str(at) for at in range(labels)}
        config = ConvolutionalConfig(
            vocab_size=VOCABULARY, embedding_size=4, hidden_size=6, pooling=pooling, dropout=0.3, id2label=names
        )
        model = ConvolutionalForSequenceClassification(config).double().eval()
        torch.nn.init.normal_(model.get_input_embeddings().weight)  # long vectors: boxes that leave answers open
        return model


def recurrent(cell: str, seed: int, **how: Any) -> Any:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sizes = {"vocab_size": VOCABULARY, "embedding_size": 4, "recurrent_size": 5, "tied": False}
        config = RecurrentConfig(cell=cell, **{**sizes, **how}, id2label={at: str(at) for at in range(3)})
        return RecurrentForSequenceClassification(config).double().eval()


MODELS = {f"cnn-{pooling}": (lambda seed, pooling=pooling: convolutional(pooling, seed)) for pooling in ("max", "mean")}
MODELS |= {
    "lstm": lambda seed: recurrent("lstm", seed, pooling="last"),
    "gru": lambda seed: recurrent("gru", seed, pooling="mean"),
    "rnn": lambda seed: recurrent("rnn", seed, pooling="max"),
    "two ways": lambda seed: recurrent("lstm", seed, bidirectional=True, pooling="concat"),
    "two layers": lambda seed: recurrent("gru", seed, layers=2, pooling="concat"),
}


def sentence(seed: int) -> tuple[Tensor, list[list[int]]]:
    """A text with padding at its end, and the tokens that may stand at each place."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, VOCABULARY, (1, LENGTH + 2), generator=generator)
    ids[0, LENGTH:] = 0
    options = [
        list(
            dict.fromkeys(
                [int(ids[0, at]), *torch.randint(1, VOCABULARY, (OPTIONS - 1,), generator=generator).tolist()]
            )
        )
        for at in range(LENGTH)
    ]
    return ids, options


def boxed(model: Any, ids: Tensor, options: list[list[int]]) -> Interval:
    table = ids.unsqueeze(-1).repeat(1, 1, OPTIONS)
    known = torch.zeros_like(table, dtype=torch.bool)
    known[..., 0] = True
    for at, tokens in enumerate(options):
        table[0, at, : len(tokens)] = torch.tensor(tokens)
        known[0, at, : len(tokens)] = True
    return box(model.get_input_embeddings()(table), known)


@pytest.mark.parametrize("name", MODELS)
def test_no_substitution_leaves_the_bounds(name: str) -> None:
    certified = undecided = 0
    for seed in range(12):
        model, (ids, options) = MODELS[name](seed), sentence(seed)
        assert isinstance(model, Bounded)
        mask = (torch.arange(LENGTH + 2) < LENGTH).long().unsqueeze(0)
        every = torch.tensor([[*tokens, 0, 0] for tokens in itertools.product(*options)])
        with torch.no_grad():
            logits = model(input_ids=every, attention_mask=mask.expand(len(every), -1)).logits
            clean = int(model(input_ids=ids, attention_mask=mask).logits.argmax())
            # nearer boxes certify more: sides a fiftieth as far from the text's own vectors
            for share in (1.0, 0.02):
                whole = boxed(model, ids, options)
                vectors = shrunk(whole, model.get_input_embeddings()(ids), share)
                most = worst_logits(model.features_within(vectors, mask), model.last, torch.tensor([clean]))[0]
                others = [float(value) for at, value in enumerate(most) if at != clean]
                if share == 1.0:
                    seen = (logits - logits[:, [clean]]).amax(0)
                    assert bool((seen <= most + 1e-9).all())
                    if max(others) < 0:
                        assert set(logits.argmax(1).tolist()) == {clean}
                certified, undecided = certified + (max(others) < 0), undecided + (max(others) >= 0)
    assert certified, "a test of nothing"
    assert undecided, "a test of nothing"


@pytest.mark.parametrize("name", MODELS)
def test_a_box_without_choice_gives_the_answer_itself(name: str) -> None:
    model, (ids, _) = MODELS[name](1), sentence(1)
    mask = (torch.arange(LENGTH + 2) < LENGTH).long().unsqueeze(0)
    with torch.no_grad():
        vectors = model.get_input_embeddings()(ids)
        features = model.features_within(Interval(low=vectors, high=vectors), mask)
        logits = model(input_ids=ids, attention_mask=mask).logits
        torch.testing.assert_close(features.low, features.high)
        torch.testing.assert_close(model.last(features.low), logits)
        # padding changes nothing
        short = model(input_ids=ids[:, :LENGTH], attention_mask=mask[:, :LENGTH]).logits
        torch.testing.assert_close(short, logits)
