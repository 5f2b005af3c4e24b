"""Products of 8-bit integers: near the real ones, the same whatever else is asked, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import transformers as hf
from torch import nn

from robust.checkpoints import int8 as module
from robust.checkpoints.device import pick_dtype
from robust.checkpoints.int8 import STEPS, Int8Linear, Rounding, int8
from robust.errors import UserError
from robust.victims.load import load_victim
from robust.victims.tagger import TaggerVictim
from robust.victims.transformers import TransformersVictim
from robust.victims.writer import WriterVictim
from tests import tiny_models as tiny

try:
    module._can()
except UserError as error:
    pytestmark = pytest.mark.skip(reason=str(error))

TEXTS = [("the soup was warm",), ("a dull evening at the pictures, and nobody laughed",), ("what a lovely story",)]


@pytest.mark.parametrize("bias", [True, False])
def test_a_product_is_the_rounded_matrices_own(bias: bool) -> None:
    torch.manual_seed(0)
    linear, states = nn.Linear(48, 20, bias=bias), torch.randn(2, 5, 48) * torch.logspace(-3, 2, 5)[:, None]
    scale = states.abs().amax(-1, keepdim=True) / STEPS
    steps = linear.weight.abs().amax(1, keepdim=True) / STEPS
    exact = (states / scale).double().round() @ (linear.weight / steps).double().round().T  # whole numbers: no rounding
    expected = exact * scale.double() * steps[:, 0].double() + (0 if linear.bias is None else linear.bias)
    found = Int8Linear(linear)(states)
    # a value just between two steps may fall to either
    assert ((found - expected).abs() <= 1.01 * scale * linear.weight.abs().amax()).all()
    assert float((found - expected).detach().abs().median()) < 1e-6
    real = linear(states)
    assert float(((found - real).norm() / real.norm()).detach()) < 0.02


def test_a_row_of_nothing_gives_the_bias() -> None:
    linear = nn.Linear(16, 8)
    assert torch.allclose(Int8Linear(linear)(torch.zeros(3, 16)), linear.bias.expand(3, 8))


@pytest.mark.parametrize("size", [1, 2, 7, 33])
def test_what_a_row_gets_does_not_depend_on_its_batch(size: int) -> None:
    torch.manual_seed(1)
    layer, states = Int8Linear(nn.Linear(64, 32)), torch.randn(200, 64)
    whole = layer(states)
    assert all(torch.equal(layer(states[at : at + size]), whole[at : at + size]) for at in range(0, 200 - size, 29))


def test_a_victim_searches_in_int8_and_is_quoted_in_float32() -> None:
    fast, exact = (load_victim("starter-en", device="cpu", dtype=dtype) for dtype in ("int8", "float32"))
    assert isinstance(fast, TransformersVictim)
    assert isinstance(exact, TransformersVictim)
    assert fast.meta.dtype == "int8"
    assert fast.exact.dtype is torch.float32
    near, real = fast.logits(TEXTS), exact.logits(TEXTS)
    assert 1e-6 < np.abs(near - real).max() < 0.25
    assert (near.argmax(1) == real.argmax(1)).all()
    for text in TEXTS:
        np.testing.assert_array_equal(fast.canonical(text), exact.canonical(text))


def test_a_tagger_takes_int8_too(tmp_path: Path) -> None:
    names = {"id2label": {0: "O", 1: "B-X"}, "label2id": {"O": 0, "B-X": 1}}
    sizes = {**tiny.SIZES, "max_position_embeddings": 64, **names}
    path = tiny.save(tmp_path / "tagger", tiny.wordpiece(), "BertConfig", "BertForTokenClassification", **sizes)
    victim = TaggerVictim.load(path, device="cpu", dtype="int8")
    words = ("the", "soup", "was", "warm")
    assert victim.meta.dtype == "int8"
    near, real = victim.arrays([words])[0], victim.canonical(words)
    assert 0 < np.abs(near - real).max() < 0.2
    np.testing.assert_array_equal(real, TaggerVictim.load(path, device="cpu", dtype="float32").canonical(words))


def test_it_is_refused_where_it_cannot_be_had(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="int8 is for the CPU"):
        pick_dtype("int8", torch.device("cuda", 0), 768)
    gpt2 = hf.GPT2ForSequenceClassification(hf.GPT2Config(n_embd=8, n_layer=1, n_head=1, vocab_size=9))
    with pytest.raises(UserError, match="no linear layers"):  # its layers are convolutions
        int8(gpt2)
    with pytest.raises(UserError, match="int8 is for encoders"):
        WriterVictim.load(tiny.seq2seq(tmp_path / "seq2seq"), device="cpu", dtype="int8")
    monkeypatch.setattr(torch.ops.onednn, "qlinear_prepack", _missing)
    with pytest.raises(UserError, match="no exact int8 products"):
        load_victim("starter-en", device="cpu", dtype="int8")


def _missing(*_: object) -> None:
    raise NotImplementedError


def test_layers_that_share_their_rounding_multiply_as_by_themselves() -> None:
    torch.manual_seed(3)
    linears = [nn.Linear(64, 32), nn.Linear(64, 48)]
    shared = Rounding()
    together = [Int8Linear(linear, shared) for linear in linears]
    for states in (torch.randn(2, 5, 64), torch.randn(2, 5, 64), torch.randn(1, 3, 64)):
        for linear, layer in zip(linears, together, strict=True):
            assert torch.equal(layer(states), Int8Linear(linear)(states))
