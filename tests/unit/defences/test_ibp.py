"""IBP's training step against interval arithmetic written out by hand, and the tokens that stand for others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from robust.defences._substitutes import replacements
from robust.defences.ibp import IBP
from robust.errors import ModelError, PluginError
from robust.lang.base import language
from robust.models import words
from robust.models.bounds import Interval, linear
from robust.models.pooled import pool
from tests.unit.defences.by_hand import IDS, ITEMS, LABELS, NAMES, ByHand, Classifier, make

HULL = {5: [5, 9, 10], 7: [7, 8], 11: [11, 3]}
"""Tokens and what can stand for them, themselves first; all other tokens stand alone."""


class Boundable(Classifier):
    """The classifier, with bounds on what its last layer reads."""

    @property
    def last(self) -> torch.nn.Linear:
        return self.outer

    def features_within(self, vectors: Interval, mask: Tensor) -> Interval:
        inner = linear(vectors, self.inner.weight, self.inner.bias)
        return inner.through(lambda x: pool(torch.tanh(x), mask, "mean"))


def options_table() -> Tensor:
    table = torch.full((12, 3), -1)
    for token in range(12):
        own = HULL.get(token, [token])
        table[token, : len(own)] = torch.tensor(own)
    return table


@pytest.mark.parametrize(("done", "share"), [(0, 0.0), (3, 0.5), (9, 1.0)])
def test_the_step(done: int, share: float) -> None:
    model = Boundable()
    memory = {"ibp": options_table(), "ibp-continuing": torch.zeros(12, dtype=torch.bool)}
    step = make(model, memory=memory)
    step._trainer.state = SimpleNamespace(global_step=done, max_steps=10)  # type: ignore[assignment]
    IBP(k=2, weight=0.8, ramp=0.6)(step)

    hand = ByHand(model)
    table, inner, bias, outer, outer_bias = hand.weights
    plus, minus = inner.clamp(min=0), inner.clamp(max=0)
    loss: Tensor = torch.zeros(())
    for row in range(3):
        lows, highs = [], []
        for at in range(6):
            token = int(IDS[row, at])
            if token == 0:
                continue
            every = torch.stack([table[other] for other in HULL.get(token, [token])])
            low = table[token] + share * (every.min(0).values - table[token])
            high = table[token] + share * (every.max(0).values - table[token])
            lows.append(torch.tanh(plus @ low + minus @ high + bias))
            highs.append(torch.tanh(plus @ high + minus @ low + bias))
        low, high = torch.stack(lows).mean(0), torch.stack(highs).mean(0)
        label = int(LABELS[row])
        difference = outer[1 - label] - outer[label]
        lead = difference.clamp(min=0) @ high + difference.clamp(max=0) @ low
        lead = lead + outer_bias[1 - label] - outer_bias[label]
        loss = loss + torch.log1p(lead.exp()) / ITEMS  # the cross entropy of logits 0 and lead
    weight = 0.8 * share
    whole = (1 - weight) * hand.loss(hand.vectors()) + weight * loss
    for name, wanted in zip(NAMES, torch.autograd.grad(whole, hand.weights), strict=True):
        found = dict(model.named_parameters())[name].grad
        assert found is not None
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_model_without_bounds_is_refused() -> None:
    step: Any = make(Classifier(), memory={"ibp": options_table(), "ibp-continuing": torch.zeros(12, dtype=torch.bool)})
    step._trainer.state = SimpleNamespace(global_step=1, max_steps=10)
    with pytest.raises(ModelError, match="robust finetune cnn"):
        IBP()(step)
    for wrong in ({"k": 0}, {"weight": 1.2}, {"ramp": 0.0}):
        with pytest.raises(PluginError):
            IBP(**wrong)  # type: ignore[arg-type]


def test_what_stands_for_a_token_is_how_its_synonyms_are_read() -> None:
    known = ["good", "dire", "movie", "casa", *language("en").synonyms("good")[:2]]
    tokenizer = words.tokenizer(list(dict.fromkeys(known)), lowercase=True, max_length=16)
    table = replacements(tokenizer, ["en", "es"], 4)
    for word in ("good", "movie", "casa"):
        at = tokenizer.convert_tokens_to_ids(word)
        synonyms = [other for lang in ("en", "es") for other in language(lang).synonyms(word)[:4]]  # type: ignore[arg-type]
        read = [tokenizer(other, add_special_tokens=False)["input_ids"] for other in synonyms]
        wanted = {at, *(row[0] for row in read if len(row) == 1)}
        assert set(table[at].tolist()) - {-1} == wanted
        assert int(table[at, 0]) == at
    assert len(set(table[tokenizer.convert_tokens_to_ids("good")].tolist()) - {-1}) > 2
    for special in tokenizer.all_special_ids:
        assert set(table[special].tolist()) <= {special, -1}
