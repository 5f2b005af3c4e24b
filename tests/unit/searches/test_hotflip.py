"""HotFlip follows estimates: brute force on the toy network, few queries, and the ranking by gradient."""

from __future__ import annotations

import numpy as np
import pytest

from robust.core.search import BudgetExceeded
from robust.core.text import Text
from robust.errors import PluginError
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.searches.hotflip import HotFlip
from robust.testing import FakeScope, ToyNetwork, run_search, toy_example

STRING = "the waiter was friendly and the soup arrived quickly"


def scope(lean: float = 40.0, **more: object) -> FakeScope:
    victim = ToyNetwork(lean=lean)
    example = toy_example(STRING, lang="en", victim=victim)
    return FakeScope(example=example, victim=victim, **more)  # type: ignore[arg-type]


def every_edit(one: FakeScope, text: Text) -> list[Text]:
    from robust.core.transformation import Site

    found = one.transformation([Site(text, i, "en") for i in range(len(text))])
    return [candidate for group in found for candidate in group]


def test_the_first_step_asks_the_edits_with_the_highest_first_order_estimates() -> None:
    one = scope(query_budget=1 + 1 + 4)
    with pytest.raises(BudgetExceeded):
        run_search(HotFlip(width=4), one)
    text, victim = one.example.text, one.victim
    (gradient,) = victim.gradients([((STRING,), 0)])
    (logits,) = victim.logits([(STRING,)])
    assert gradient.loss == pytest.approx(float(np.log(np.exp(logits - logits[0]).sum())), rel=1e-4)
    candidates = every_edit(one, text)
    rises = victim.estimates([(gradient, (str(candidate),)) for candidate in candidates])
    ranked = sorted(zip(-rises, range(len(rises)), strict=True))[:4]
    assert [str(t) for t in one.asked] == [STRING, STRING, *[str(candidates[i]) for _, i in ranked]]


def test_estimates_foretell_the_true_rise() -> None:
    one = scope(lean=2.0)
    (gradient,) = one.victim.gradients([((STRING,), 0)])
    candidates = every_edit(one, one.example.text)
    rises = one.victim.estimates([(gradient, (str(candidate),)) for candidate in candidates])
    logits = one.victim.logits([(str(candidate),) for candidate in candidates]).astype(np.float64)
    losses = np.log(np.exp(logits - logits[:, :1]).sum(axis=1)) - gradient.loss
    assert np.corrcoef(rises, losses)[0, 1] > 0.6


def test_it_ends_at_the_first_success() -> None:
    one = scope(lean=1.0)
    ended = run_search(HotFlip(width=4), one)
    assert one.victim.logits([(str(ended),)])[0].argmax() == 1
    assert one.queries < 40


def test_it_ends_after_its_steps_and_asks_no_text_twice() -> None:
    one = scope()
    run_search(HotFlip(width=2, steps=3), one)  # nothing else would end it: letters can be swapped for ever
    assert one.queries == 1 + (1 + 2) + (2 + 2) + (2 + 2)
    one = scope()
    run_search(HotFlip(width=1, steps=6), one)
    scored = [str(text) for text in one.asked[2::2]]
    assert len(scored) == len(set(scored)) == 6


@pytest.mark.parametrize("wrong", [{"width": 0}, {"steps": 0}])
def test_parameters_are_1_or_more(wrong: dict[str, int]) -> None:
    with pytest.raises(PluginError, match=r"hotflip: .* 0"):
        HotFlip(**wrong)


def test_words_are_ranked_by_the_norm_of_their_gradient_for_one_query() -> None:
    one = scope()
    run_search(GreedyWordRanking(rank_by="gradient"), one)
    (gradient,) = one.victim.gradients([((STRING,), 0)])
    norms = np.abs(gradient.values.astype(np.float64)).sum(axis=1)  # a token is a word here
    order = [int(i) for i in np.argsort(-norms, kind="stable")]
    assert [str(text) for text in one.asked[:2]] == [STRING, STRING]
    changed: list[int] = []
    for text in one.asked[2:]:
        newest = [text.origins[i] for i in text.edited if text.origins[i] not in changed]
        changed += newest[:1] if newest and newest[0] not in changed else []
    assert changed == [i for i in order if i in changed]
    assert len(changed) > 4
