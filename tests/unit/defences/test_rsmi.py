"""RSMI's training step and its two-step vote, against the same written out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from robust.core.seeds import derive
from robust.defences.rsmi import RSMI, longest
from robust.errors import ModelError, PluginError
from robust.models.hidden import hidden_layers, noise
from robust.victims.masked import MaskedVictim
from robust.victims.smoothed import in_expectation
from robust.victims.transformers import TransformersVictim
from tests.tiny_models import classifier
from tests.unit.defences.by_hand import IDS, ITEMS, LABELS, MOVABLE, NAMES, ByHand, Classifier, Tokenizer, make

MASK = 4
SIGMA = 0.3


class Layered(Classifier):
    """The classifier, its inner layer in a list of layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList([self.inner])


def test_the_step_masks_by_gradient_and_adds_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tokenizer, "mask_token_id", MASK, raising=False)
    model = Layered()
    RSMI(sigma=SIGMA, layers=1, masks=2, pool=3)(make(model))

    hand = ByHand(model)
    vectors = hand.vectors().detach().requires_grad_()
    (slope,) = torch.autograd.grad(hand.loss(vectors), vectors)
    ids = IDS.clone()
    hidden = 0
    for row in range(3):
        own = [at for at in range(6) if float(MOVABLE[row, at, 0]) == 1]
        own.sort(key=lambda at, row=row: -float(slope[row, at].square().sum()))
        for at in own[: min(2, len(own) - 1)]:
            ids[row, at] = MASK
            hidden += 1
    assert hidden == 5  # the second text has two words, and keeps one
    drawn = SIGMA * torch.randn((3, 6, 6), generator=torch.Generator().manual_seed(7))
    table, inner, bias, outer, outer_bias = hand.weights
    loss: Tensor = torch.zeros(())
    for row in range(3):
        seen = [at for at in range(6) if int(IDS[row, at]) != 0]
        states = [torch.tanh(table[int(ids[row, at])] @ inner.T + bias + drawn[row, at]) for at in seen]
        logits = sum(states) / len(seen) @ outer.T + outer_bias
        loss = loss - logits.log_softmax(-1)[int(LABELS[row])] / ITEMS
    for name, wanted in zip(NAMES, torch.autograd.grad(loss, hand.weights), strict=True):
        found = dict(model.named_parameters())[name].grad
        assert found is not None
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_the_longest_gradients() -> None:
    gradient = torch.tensor([[[9.0], [1.0], [-3.0], [2.0]], [[1.0], [5.0], [0.0], [0.0]]])
    movable = torch.tensor([[False, True, True, True], [False, True, False, False]])
    assert longest(gradient, movable, 2).tolist() == [[False, False, True, True], [False] * 4]


def test_parameters_that_make_no_sense() -> None:
    for wrong in ({"sigma": -1.0}, {"masks": 0}, {"masks": 3, "pool": 2}, {"alpha": 1.5}):
        with pytest.raises(PluginError):
            RSMI(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no stack of hidden layers"):
        hidden_layers(torch.nn.Linear(2, 2))


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> TransformersVictim:
    return TransformersVictim.load(classifier(tmp_path_factory.mktemp("tiny"), "bert", ("bad", "good")), device="cpu")


TEXTS = [("the soup was cold and the bread was old",), ("a lovely warm evening",), ("good",), ("",)]


@pytest.mark.parametrize("alpha", [0.0, 0.98, 1.0])
def test_the_vote_in_two_steps(victim: TransformersVictim, alpha: float) -> None:
    how = RSMI(sigma=1.5, layers=1, masks=2, pool=3, votes=5, again=7, alpha=alpha)
    voting = MaskedVictim(victim=victim, how=how)
    found = voting.logits(TEXTS)
    second = 0
    for item, answer in zip(TEXTS, found, strict=True):
        first, again = by_hand(victim, item, how)
        counts = np.bincount(first.argmax(axis=1), minlength=2)
        # P(X <= most) for X ~ B(5, 1/2), from the row 1 5 10 10 5 1 of Pascal's triangle
        below = sum([1, 5, 10, 10, 5, 1][: counts.max() + 1]) / 32
        second += below < alpha
        np.testing.assert_allclose(answer, (again if below < alpha else first).mean(axis=0), rtol=1e-4, atol=1e-5)
    assert second <= (0 if alpha == 0 else 4)
    for at, item in enumerate(TEXTS):  # the batch does not matter
        assert np.array_equal(voting.logits([item])[0], found[at])
    other = in_expectation(voting)
    assert other.meta.revision != voting.meta.revision


def by_hand(victim: TransformersVictim, item: tuple[str, ...], how: RSMI) -> tuple[Any, Any]:
    """The logits of both steps, one pass at a time but for the noise, which is drawn for all passes of a step."""
    model, tokenizer = victim.model, victim.tokenizer
    ids = tokenizer(*item, return_tensors="pt")["input_ids"]
    table = model.get_input_embeddings().weight
    special = set(tokenizer.all_special_ids)
    vectors = table[ids].detach().requires_grad_()
    logits = model(inputs_embeds=vectors).logits
    loss = -logits.log_softmax(-1)[0, int(logits.argmax())]
    (slope,) = torch.autograd.grad(loss, vectors)
    lengths = slope[0].norm(dim=-1)
    own = [at for at in range(ids.shape[1]) if at not in (0, ids.shape[1] - 1)]
    assert special
    own.sort(key=lambda at: -float(lengths[at]))
    most = min(how.masks, max(0, len(own) - 1))
    seed = derive("rsmi", 0, *item)
    rng = np.random.default_rng(derive("masks", seed))
    drawn = [list(rng.permutation(own[: how.pool])[:most]) for _ in range(how.again)]
    return (
        passes(model, tokenizer, ids, [own[:most]] * how.votes, how, seed),
        passes(model, tokenizer, ids, drawn, how, derive("again", seed)),
    )


def passes(model: Any, tokenizer: Any, ids: Tensor, masked: list[list[int]], how: RSMI, seed: int) -> Any:
    rows = ids.repeat(len(masked), 1)
    for row, places in enumerate(masked):
        for at in places:
            rows[row, at] = tokenizer.mask_token_id
    width = model.config.hidden_size
    generator = torch.Generator().manual_seed(seed >> 1)
    drawn = how.sigma * torch.randn((len(masked), ids.shape[1], width), generator=generator)
    first = model.base_model.encoder.layer[0]
    found = []
    for row in range(len(masked)):

        def moved(layer: Any, given: Any, output: Any, row: int = row) -> Any:
            states = output if isinstance(output, Tensor) else output[0]
            moved_states = states + drawn[row]
            return moved_states if isinstance(output, Tensor) else (moved_states, *output[1:])

        hook = first.register_forward_hook(moved)
        with torch.no_grad():
            found.append(model(input_ids=rows[row : row + 1]).logits[0].numpy())
        hook.remove()
    return np.stack(found)


def test_noise_ends_where_it_should(victim: TransformersVictim) -> None:
    before = victim.logits(TEXTS)
    with noise(victim.model, sigma=5.0, layers=3, generator=torch.Generator().manual_seed(0)):
        assert np.abs(victim.logits(TEXTS) - before).max() > 1e-3
    assert np.array_equal(victim.logits(TEXTS), before)
