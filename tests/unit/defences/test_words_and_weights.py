"""Defences that mix words or examples, and perturbed weights, against the same written out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from robust.defences.ascc import ASCC
from robust.defences.mixada import MixADA
from robust.stages.adversarial.averaging import WeightMean
from robust.stages.adversarial.weights import perturbed
from tests.unit.defences.by_hand import IDS, ITEMS, LABELS, ByHand, Classifier, kl, make

WIDTH = 4
HULL = {5: [5, 9, 10], 7: [7, 8], 11: [11, 3]}
"""Tokens and what can stand for them, themselves first; all other tokens stand alone."""


@pytest.fixture
def model() -> Classifier:
    return Classifier()


def test_ascc(model: Classifier) -> None:
    table = torch.full((12, 3), -1)
    for token in range(12):
        own = HULL.get(token, [token])
        table[token, : len(own)] = torch.tensor(own)
    memory = {"ascc": table, "ascc-continuing": torch.zeros(12, dtype=torch.bool)}
    ASCC(k=3, steps=3, step_size=0.5, decay=0.01, sparsity=0.2, weight=2.0)(make(model, memory=memory))

    hand = ByHand(model)
    drawn = torch.randn((3, 6, 3), generator=torch.Generator().manual_seed(7))
    spots = [(row, at) for row in range(3) for at in range(6) if int(IDS[row, at]) in HULL]
    w = {spot: drawn[spot][: len(HULL[int(IDS[spot])])].clone().requires_grad_() for spot in spots}
    first = {spot: torch.zeros_like(value) for spot, value in w.items()}
    second = {spot: torch.zeros_like(value) for spot, value in w.items()}

    def mixed(vectors: torch.Tensor, shares: dict[tuple[int, int], torch.Tensor], rows: torch.Tensor) -> torch.Tensor:
        found = [[vectors[row, at] for at in range(6)] for row in range(3)]
        for (row, at), share in shares.items():
            found[row][at] = sum(p * rows[token] for p, token in zip(share, HULL[int(IDS[row, at])], strict=True))
        return torch.stack([torch.stack(row) for row in found])

    fixed = hand.logits(hand.vectors()).detach()
    for t in range(1, 4):
        shares = {spot: value.exp() / value.exp().sum() for spot, value in w.items()}
        goal = -kl(hand.logits(mixed(hand.vectors().detach(), shares, hand.weights[0].detach())), fixed).sum()
        for row in range(3):
            own = [share for spot, share in shares.items() if spot[0] == row]
            goal = goal + 0.2 * sum(-(p * p.log()).sum() for p in own) / len(own)
        gradients = torch.autograd.grad(goal, list(w.values()))
        for spot, g in zip(spots, gradients, strict=True):  # Adam (Kingma & Ba 2015), with weight decay in the gradient
            g = g + 0.01 * w[spot].detach()
            first[spot] = 0.9 * first[spot] + 0.1 * g
            second[spot] = 0.999 * second[spot] + 0.001 * g * g
            rate = first[spot] / (1 - 0.9**t) / ((second[spot] / (1 - 0.999**t)).sqrt() + 1e-8)
            w[spot] = (w[spot] - 0.5 * rate).detach().requires_grad_()
    shares = {spot: (value.exp() / value.exp().sum()).detach() for spot, value in w.items()}
    clean = hand.logits(hand.vectors())
    moved = hand.logits(mixed(hand.vectors(), shares, hand.weights[0]))
    hand.learn(hand.loss(hand.vectors()) + 2.0 * kl(moved, clean).sum() / ITEMS)
    hand.check(model, tolerance=1e-4)


def test_mixada_mixes_what_the_head_reads_and_the_labels(model: Classifier) -> None:
    MixADA(alpha=2.0, weight=0.8)(make(model))
    hand = ByHand(model)
    draws = torch.Generator().manual_seed(7)
    share = np.random.default_rng(int(torch.randint(2**62, (1,), generator=draws))).beta(2.0, 2.0)
    order = torch.randperm(3, generator=draws)
    assert order.tolist() != [0, 1, 2]
    logits = hand.logits(hand.vectors())  # the head is linear: mixing what it reads mixes its answers
    mixture = (share * logits + (1 - share) * logits[order]).log_softmax(-1)
    loss = hand.loss(hand.vectors())
    for row in range(3):
        loss = loss - 0.8 * share * mixture[row][int(LABELS[row])] / ITEMS
        loss = loss - 0.8 * (1 - share) * mixture[row][int(LABELS[order[row]])] / ITEMS
    hand.learn(loss)
    hand.check(model)


def test_perturbed_weights_are_where_the_paper_puts_them_and_come_back(model: Classifier) -> None:
    hand = ByHand(model)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    step = make(model)
    gradients = torch.autograd.grad(hand.loss(hand.vectors()), hand.weights)
    expected = [
        w + 0.1 * w.norm() * g / g.norm() if w.dim() > 1 else w for w, g in zip(hand.weights, gradients, strict=True)
    ]
    with perturbed(model, step.probe().loss, gamma=0.1):
        for weight, value in zip(model.parameters(), expected, strict=True):
            torch.testing.assert_close(weight, value)
        step.backward(step.forward().loss)
    for name, weight in model.named_parameters():
        assert torch.equal(weight, before[name])
    hand.weights = [value.detach().requires_grad_() for value in expected]
    hand.learn(hand.loss(hand.vectors()))
    hand.check(model)


def test_averaged_weights_are_the_mean_of_the_last_epochs(model: Classifier) -> None:
    mean = WeightMean(start=0.5)
    taken = []
    for step in range(1, 13):  # 4 epochs of 3 updates
        with torch.no_grad():
            model.inner.weight.add_(0.1 * step)
        mean.stepped(model, step, 12, 4)
        if step in (6, 9, 12):
            taken.append(model.inner.weight.detach().clone())
    mean.apply(model)
    assert mean.count == 3
    torch.testing.assert_close(model.inner.weight, sum(taken) / 3)
    assert not math.isclose(float(model.inner.weight.sum()), float(taken[-1].sum()))


def test_substitutes_are_whole_words_of_one_token() -> None:
    from transformers import AutoTokenizer

    from robust.defences import _substitutes
    from robust.lang.base import language
    from robust.starter import model_path

    tokenizer = AutoTokenizer.from_pretrained(model_path("starter-en"))
    table = _substitutes.table(tokenizer, ["en"], 6)
    assert table[:, 0].tolist() == list(range(len(tokenizer)))
    at = tokenizer.convert_tokens_to_ids("movie")
    said = tokenizer.convert_ids_to_tokens([token for token in table[at].tolist() if token >= 0])
    assert said[0] == "movie"
    assert len(said) > 1
    assert set(said[1:]) <= set(language("en").synonyms("movie"))
    assert (table[tokenizer.convert_tokens_to_ids("##s")][1:] == -1).all()
    assert (table[tokenizer.cls_token_id][1:] == -1).all()

    text = tokenizer("movie movielike")
    parts = tokenizer.convert_ids_to_tokens(text["input_ids"])
    assert any(part.startswith("##") for part in parts), parts
    free = _substitutes.whole(torch.tensor([text["input_ids"]]), _substitutes.continuing(tokenizer))[0]
    first = parts.index("movie")
    assert bool(free[first])
    for place, part in enumerate(parts):
        joined = part.startswith("##") or (place + 1 < len(parts) and parts[place + 1].startswith("##"))
        assert bool(free[place]) is not joined
