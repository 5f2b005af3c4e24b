"""Gradients of real (tiny) models: finite differences, batches, places of tokens, estimates, clear refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from robust.core.gradient import NOWHERE, GradientVictim
from robust.errors import ModelError
from robust.victims.transformers import TransformersVictim

KINDS = ("bert", "roberta", "distilbert", "gpt2")
TEXTS = ["the soup was warm", "nobody", "la habitación era pequeña pero muy limpia", "a dull evening " * 30]


def load(path: Path, **options: object) -> TransformersVictim:
    return TransformersVictim.load(path, **{"device": "cpu", **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_what_finite_differences_give(model_dirs: dict[str, Path], kind: str) -> None:
    victim = load(model_dirs[kind])
    assert isinstance(victim, GradientVictim)
    model, fields = victim.model.double(), ("the soup was warm",)
    (found,) = victim.gradients([(fields, 2)])
    inputs = dict(victim.encode([fields]))
    ids = inputs.pop("input_ids")
    table = model.get_input_embeddings()(ids).detach()

    def loss(at: torch.Tensor) -> float:
        with torch.inference_mode():
            logits = model(inputs_embeds=at, **inputs).logits
        return float(torch.nn.functional.cross_entropy(logits, torch.tensor([2])))

    assert found.tokens == tuple(ids[0].tolist())
    assert found.loss == pytest.approx(loss(table), rel=1e-5)
    rng = np.random.default_rng(0)
    for _ in range(12):
        token, direction = int(rng.integers(len(found.tokens))), rng.normal(size=table.shape[-1])
        step = torch.zeros_like(table)
        step[0, token] = torch.from_numpy(direction) * 1e-4
        slope = (loss(table + step) - loss(table - step)) / 2e-4
        assert found.values[token] @ direction == pytest.approx(slope, rel=1e-3, abs=1e-6)
    assert np.abs(found.values).max() > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_gradient(model_dirs: dict[str, Path], kind: str) -> None:
    victim = load(model_dirs[kind])
    batch = [((text,), i % 3) for i, text in enumerate(TEXTS)]
    for together, item in zip(victim.gradients(batch), batch, strict=True):
        (alone,) = victim.gradients([item])
        assert together.tokens == alone.tokens
        assert together.places == alone.places
        np.testing.assert_allclose(together.values, alone.values, atol=1e-4 * np.abs(alone.values).max())
        assert together.loss == pytest.approx(alone.loss, abs=1e-5)
    assert victim.gradients([]) == []


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_places_are_the_characters_of_the_tokens(model_dirs: dict[str, Path], kind: str) -> None:
    victim, pair = load(model_dirs[kind]), ("the soup", "was la niña felizmente")
    (found,) = victim.gradients([(pair, 0)])
    assert len(found.tokens) == len(found.places) == len(found.values)
    assert found.places[0] == found.places[-1] == NOWHERE
    for at, string in enumerate(pair):  # the two bytes of ñ are two tokens at one character
        covered = sorted({i for field, lo, hi in found.places if field == at for i in range(lo, hi)})
        assert "".join(string[i] for i in covered).replace(" ", "") == string.replace(" ", "")
    norms = found.word_norms(1, [(0, 3), (4, 6), (12, 22)])
    assert (norms > 0).all()


def test_words_beyond_the_limit_have_no_gradient(model_dirs: dict[str, Path]) -> None:
    victim, text = load(model_dirs["bert"], max_length=6), "the soup was warm and good"
    (found,) = victim.gradients([((text,), 0)])
    assert len(found.tokens) == 6
    assert found.word_norms(0, [(0, 3), (22, 26)])[1] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_estimates_are_the_slope_towards_the_other_embedding(model_dirs: dict[str, Path], kind: str) -> None:
    victim = load(model_dirs[kind])
    (found,) = victim.gradients([(("the soup was warm",), 0)])
    others = [
        "the soup was warm",
        "the soup was dull",
        "the evening was warm",
        "soup was warm",
        "the red soup was warm",
    ]
    got = victim.estimates([(found, (other,)) for other in others])
    assert got.shape == (5,)
    assert got[0] == 0
    np.testing.assert_array_equal(got[2:3], victim.estimates([(found, (others[2],))]))
    assert victim.estimates([]).shape == (0,)


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_that_give_way_to_as_many_have_the_estimate_of_the_paper(model_dirs: dict[str, Path], kind: str) -> None:
    victim = load(model_dirs[kind])
    words = ("the", "soup", "was", "dull", "warm", "la", "nobody", "and")
    (found,) = victim.gradients([(("the soup was dull",), 0)])
    table, checked = victim.model.get_input_embeddings(), 0
    for other in (f"the soup was {word}" for word in words if word != "dull"):
        ids = victim.encode([(other,)])["input_ids"][0]
        if len(ids) == len(found.tokens):
            difference = (table(ids) - table(torch.tensor(found.tokens))).detach().numpy()
            (got,) = victim.estimates([(found, (other,))])
            assert got == pytest.approx((difference * found.values).sum(), abs=2e-5)
            checked += abs(float(got)) > 1e-4
    assert checked >= 2


def test_a_model_in_training_is_given_back_and_keeps_no_gradients(model_dirs: dict[str, Path]) -> None:
    victim = load(model_dirs["bert"])
    (expected,) = victim.gradients([((TEXTS[0],), 1)])
    victim.model.train()
    (found,) = victim.gradients([((TEXTS[0],), 1)])
    assert victim.model.training
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    assert all(parameter.grad is None for parameter in victim.model.parameters())
    assert not victim.model.get_input_embeddings()._forward_hooks


def test_bfloat16_answers_with_the_gradient_of_float32(model_dirs: dict[str, Path]) -> None:
    exact, fast = load(model_dirs["bert"], dtype="float32"), load(model_dirs["bert"], dtype="bfloat16")
    item = ((TEXTS[0],), 1)
    np.testing.assert_allclose(fast.gradients([item])[0].values, exact.gradients([item])[0].values, atol=1e-6)


def test_a_model_that_reads_its_embeddings_another_way_is_refused(
    model_dirs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = load(model_dirs["bert"])
    unused = torch.nn.Embedding(3, 2)
    monkeypatch.setattr(victim.model, "get_input_embeddings", lambda: unused)
    with pytest.raises(ModelError, match="one table of embeddings"):
        victim.gradients([((TEXTS[0],), 1)])
