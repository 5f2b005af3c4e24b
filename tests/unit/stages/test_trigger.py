"""Triggers found on a victim whose best trigger can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from robust.core.example import Example
from robust.core.gradient import TokenGradient, changed
from robust.core.text import Text
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.engine.batching import Batcher
from robust.errors import ModelError, UserError
from robust.lang.tokenise import spans
from robust.stages.trigger import TriggerPlan, find_trigger
from robust.stages.trigger_gradients import flips

VOCABULARY = tuple([f"w{n}" for n in range(60)])
WEIGHTS = {word: float(w) for word, w in zip(VOCABULARY, np.random.default_rng(3).normal(size=60), strict=True)}
BEST = max(WEIGHTS, key=lambda word: WEIGHTS[word])
WORST = min(WEIGHTS, key=lambda word: WEIGHTS[word])
META = VictimMeta(name="sums", revision="1", labels=("no", "yes"))


@dataclass(frozen=True)
class Sums:
    """`yes` has the sum of the words' weights as its logit, `no` has 0: the best trigger repeats the heaviest word."""

    meta: VictimMeta = META

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        sums = [sum(WEIGHTS.get(word, -1.0) for field in fields for word in field.split()) for fields in batch]
        return np.array([[0.0, total] for total in sums], np.float32).reshape(len(batch), 2)


@dataclass(frozen=True)
class Differentiable(Sums):
    """The same with the gradient, worked out by hand: the embedding of a word is (its weight, 1)."""

    meta: VictimMeta = META
    cut: int = 1000

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> list[TokenGradient]:
        found = []
        for fields, label in batch:
            (logits,) = self.logits([fields])
            yes = 1 / (1 + np.exp(-float(logits[1])))
            places = spans(fields[0])[: self.cut]
            slope = yes - label  # of the cross-entropy, by the logit of `yes`
            found.append(
                TokenGradient(
                    tokens=tuple([_number(fields[0][lo:hi]) for lo, hi in places]),
                    places=tuple([(0, lo, hi) for lo, hi in places]),
                    values=np.tile(np.array([slope, 0.0], np.float32), (len(places), 1)),
                    loss=float(-np.log(yes if label else 1 - yes)),
                )
            )
        return found

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        rises = []
        for gradient, fields in batch:
            tokens = [_number(word) for word in fields[0].split()]
            start, end, new_end = changed(gradient.tokens, tokens)
            old, new = (_vectors(part) for part in (gradient.tokens[start:end], tokens[start:new_end]))
            rises.append(gradient.rise(tokens, old, new))
        return np.array(rises, np.float32)


def _number(word: str) -> int:
    return VOCABULARY.index(word) if word in WEIGHTS else 60


def _vectors(tokens: Sequence[int]) -> Floats:
    rows = [[WEIGHTS[VOCABULARY[token]] if token < 60 else -1.0, 1.0] for token in tokens]
    return np.array(rows, np.float32).reshape(-1, 2)


def examples(n: int = 12, *, target: int = 0) -> list[Example]:
    filler = "x y z" if target == 0 else " ".join([BEST] * 4)
    rows = [f"{filler} {' '.join(['q'] * (at % 3))}".strip() for at in range(n)]
    return [Example(id=str(at), text=Text(s, spans(s)), target=target, lang="en") for at, s in enumerate(rows)]


@pytest.mark.parametrize("method", ["gradient", "sampled"])
@pytest.mark.parametrize("place", ["front", "end"])
@pytest.mark.parametrize("aim", [1, None])
def test_the_best_trigger_is_found(method: Any, place: Any, aim: int | None) -> None:
    plan = TriggerPlan(words=3, method=method, place=place, aim=aim, steps=12)
    victim = Differentiable() if method == "gradient" else Sums()
    found = find_trigger(victim, examples(), VOCABULARY, plan)
    assert found.words == (BEST,) * 3
    lifted = [3 * WEIGHTS[BEST] - 3 - at % 3 for at in range(12)]
    assert found.changed == sum(total > 0 for total in lifted)
    # towards `yes` its cross-entropy falls; away from `no` minus that of `no` does
    losses = [np.log1p(np.exp(-t)) if aim is not None else -np.log1p(np.exp(t)) for t in lifted]
    assert found.loss == pytest.approx(float(np.mean(losses)), abs=1e-4)
    assert found.loss < found.loss_before
    assert list(found.history) == sorted(found.history, reverse=True)


def test_it_leads_away_from_the_other_label_too() -> None:
    found = find_trigger(Differentiable(), examples(target=1), VOCABULARY, TriggerPlan(words=2, aim=0))
    assert found.words == (WORST,) * 2


def test_the_estimates_are_those_of_single_texts_averaged() -> None:
    victim, several, trigger = Differentiable(), examples(5), ("w1", "w2")
    items = [((f"w1 w2 {one.text}",), 0) for one in several]
    gradients = victim.gradients(items)
    first, second = flips(victim, gradients, several, trigger, "front", VOCABULARY, 60)

    def mean(at: int, word: str) -> float:
        slopes = [float(gradient.values[0, 0]) for gradient in gradients]
        return float(np.mean([(WEIGHTS[word] - WEIGHTS[trigger[at]]) * slope for slope in slopes]))

    for at, found in enumerate((first, second)):
        assert len(found) == 59
        assert trigger[at] not in found
        assert np.diff([mean(at, word) for word in found]).max() < 2e-5, "not from the highest down"


def test_a_trigger_that_is_cut_off_is_an_error() -> None:
    with pytest.raises(UserError, match="does not read as far"):
        find_trigger(Differentiable(cut=2), examples(), VOCABULARY, TriggerPlan(place="end", method="gradient"))


def test_the_seed_decides_and_no_batch_does() -> None:
    plan = TriggerPlan(words=2, aim=1, method="sampled", steps=2, candidates=2)
    one, same = (
        find_trigger(Sums(), examples(), VOCABULARY, plan, seed=5, batcher=Batcher(items=n)) for n in (1, 1024)
    )
    assert one == same
    found = {find_trigger(Sums(), examples(), VOCABULARY, plan, seed=seed).words for seed in range(5)}
    assert len(found) > 1, "no seed matters"


def test_random_is_drawn_and_not_searched() -> None:
    plan = TriggerPlan(words=2, aim=1, method="random")
    found = [find_trigger(Sums(), examples(), VOCABULARY, plan, seed=seed) for seed in range(40)]
    assert len({one.words for one in found}) > 30
    assert {one.queries for one in found} == {36}, "each text: asked, without, and with the trigger"
    drawn = [WEIGHTS[word] for one in found for word in one.words]
    assert abs(np.mean(drawn) - np.mean(list(WEIGHTS.values()))) < 0.5


def test_gradients_are_used_where_there_are_any() -> None:
    plan = TriggerPlan(words=1, aim=1, steps=1)
    assert find_trigger(Differentiable(), examples(), VOCABULARY, plan).method == "gradient"
    assert find_trigger(Sums(), examples(), VOCABULARY, plan).method == "sampled"
    with pytest.raises(ModelError, match="no gradients"):
        find_trigger(Sums(), examples(), VOCABULARY, replace(plan, method="gradient"))


def test_only_texts_that_can_be_turned_count() -> None:
    mixed = [*examples(4), *[replace(one, id=f"+{one.id}") for one in examples(3, target=1)]]
    wrong = [replace(one, id=f"-{one.id}", target=1) for one in examples(2)]
    assert find_trigger(Sums(), [*mixed, *wrong], VOCABULARY, TriggerPlan(aim=1, steps=1)).n == 4
    assert find_trigger(Sums(), [*mixed, *wrong], VOCABULARY, TriggerPlan(steps=1)).n == 7
    with pytest.raises(UserError, match="does not call yes already"):
        find_trigger(Sums(), wrong, VOCABULARY, TriggerPlan(aim=1))


def test_a_wide_search_matches_the_best_of_all() -> None:
    few = VOCABULARY[:6]
    plan = TriggerPlan(words=2, aim=1, method="sampled", candidates=6, beam=36, batch=12)
    best = max(product(few, repeat=2), key=lambda pair: WEIGHTS[pair[0]] + WEIGHTS[pair[1]])
    assert find_trigger(Sums(), examples(), few, plan).words == best
