"""Which texts are asked and in what order, on scripted victims."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robust.core.search import BudgetExceeded
from robust.core.seeds import derive
from robust.errors import PluginError
from robust.searches.expected_improvement import MEAN, ExpectedImprovement, _Word
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.testing import run_search
from tests.unit.searches.scripted import Only, asked, scope_for


def odds(start: float = 4.0, **gains: float) -> Callable[[str], float]:
    """Probability of the right class, whose log-odds start at `start`; each word that is there takes its gain away."""

    def probability(string: str) -> float:
        level = start - sum(gains.get(word, 0.0) for word in string.split())
        return 1 / (1 + math.exp(-level))

    return probability


def test_the_rarest_candidate_of_the_word_with_most_candidates_is_the_first_query() -> None:
    scope = scope_for("film good", odds(), {"film": ["movie", "zzqx", "picture"], "good": ["the", "goodish"]})
    run_search(ExpectedImprovement(), scope)
    assert asked(scope)[:2] == ["film good", "zzqx good"]


def test_a_word_whose_candidate_lowers_the_score_is_left_for_another() -> None:
    table = {word: [f"{word}q{k}" for k in range(4)] for word in "ab"}
    scope = scope_for("a b", odds(9.0, aq0=-0.6, bq0=0.1, bq1=0.1), table)
    run_search(ExpectedImprovement(least=0.0), scope)
    assert asked(scope)[1:4] == ["aq0 b", "a bq0", "a bq1"]


def test_the_first_text_that_reaches_the_goal_ends_the_search() -> None:
    scope = scope_for("a b c", odds(bqx=5.0), {w: [w + "qx", w + "qy"] for w in "abc"})
    assert str(run_search(ExpectedImprovement(), scope)) == "a bqx c"
    assert asked(scope) == ["a b c", "aqx b c", "a bqx c"]


def test_gains_too_small_to_count_are_put_together_once_they_add_up() -> None:
    """Each gain is below the bar of 0.3 × 4 when it is asked; the bar falls, and two of them reach the goal."""
    table = {w: [w + "qx"] for w in "abcd"}
    scope = scope_for("a b c d", odds(2.0, aqx=0.5, bqx=0.55, cqx=0.9, dqx=1.2), table)
    ended = run_search(ExpectedImprovement(least=0.7, patience=1e9), scope)
    assert str(ended) == "a b cqx dqx", "the two largest gains are enough"
    assert asked(scope)[-1] in ("a b cqx dqx", "a bqx cqx dqx", "aqx b cqx dqx")


@pytest.mark.parametrize("prune", [0, 6])
def test_changes_that_the_goal_can_spare_are_taken_back(prune: int) -> None:
    table = {w: [w + "qx"] for w in "abc"}
    scope = scope_for("a b c", odds(2.0, aqx=0.4, bqx=0.5, cqx=3.0), table)
    ended = run_search(ExpectedImprovement(least=0.1, prune=prune), scope)
    assert str(ended) == ("aqx bqx cqx" if prune == 0 else "a b cqx")
    assert asked(scope)[-1] == str(ended)


def test_taking_back_stops_where_the_goal_needs_the_change() -> None:
    def probability(string: str) -> float:
        """The gain of a and b is large only where both are changed."""
        both = 3.0 if "aqx" in string and "bqx" in string else 0.0
        return odds(2.0 - both, aqx=0.3, bqx=0.4)(string)

    scope = scope_for("a b", probability, {w: [w + "qx"] for w in "ab"})
    assert str(run_search(ExpectedImprovement(least=0.1), scope)) == "aqx bqx"
    assert len(asked(scope)) == len(set(asked(scope)))


def test_without_success_every_candidate_was_asked_and_no_text_twice() -> None:
    table = {w: [f"{w}q{k}" for k in range(n)] for w, n in {"a": 9, "b": 1, "c": 4}.items()}
    scope = scope_for("a b c d", lambda s: 0.9, table)
    assert str(run_search(ExpectedImprovement(), scope)) == "a b c d"
    expected = [f"{x} b c d" for x in table["a"]] + ["a bq0 c d"] + [f"a b {x} d" for x in table["c"]]
    assert sorted(asked(scope)[1:]) == sorted(expected)


def test_words_without_candidates_and_words_that_may_not_be_edited_cost_nothing() -> None:
    scope = scope_for("a b c", lambda s: 0.9, {"a": ["aqx"], "c": ["cqx"]}, (Only(frozenset("bc")),))
    run_search(ExpectedImprovement(), scope)
    assert asked(scope) == ["a b c", "a b cqx"]
    nothing = scope_for("a b", lambda s: 0.9, {})
    assert run_search(ExpectedImprovement(), nothing) == nothing.example.text
    assert nothing.queries == 1


def test_expected_improvement_is_the_mean_of_the_improvements_of_draws() -> None:
    word = _Word(5)
    for gain in (0.2, 0.9, -0.3):
        word.see(gain)
    prior = MEAN, 0.3 + 0.15 * math.log(5)
    values = np.array([prior[0], 0.2, 0.9, -0.3])
    variance = (prior[1] ** 2 + ((values - values.mean()) ** 2).sum()) / 4 * (1 + 1 / 4)
    draws = np.random.default_rng(0).normal(values.mean(), math.sqrt(variance), 400_000)
    for bar, over in ((0.0, 0.9), (1.4, 1.4)):
        assert word.expected(bar) == pytest.approx(np.maximum(draws - over, 0).mean(), abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(0, 5), min_size=1, max_size=5), start=st.floats(0.5, 4))
def test_where_gains_add_up_it_succeeds_wherever_textfooler_does(seed: int, sizes: list[int], start: float) -> None:
    words = [f"w{at}" for at in range(len(sizes))]
    table = {word: [f"{word}x{k}" for k in range(size)] for word, size in zip(words, sizes, strict=True)}
    gains = {new: 3 * derive(seed, new) / 2**64 - 1 for group in table.values() for new in group}
    victim = odds(start, **gains)

    def success(search: GreedyWordRanking | ExpectedImprovement) -> bool:
        scope = scope_for(" ".join(words), victim, table)
        ended = run_search(search, scope)
        assert isinstance(search, GreedyWordRanking) or len(asked(scope)) == len(set(asked(scope)))
        return victim(str(ended)) < 0.5

    assert success(ExpectedImprovement()) == success(GreedyWordRanking())


def test_it_ends_with_its_budget() -> None:
    table = {w: [f"{w}q{k}" for k in range(5)] for w in "abc"}
    scope = scope_for("a b c", lambda s: 0.9, table, query_budget=7)
    with pytest.raises(BudgetExceeded):
        run_search(ExpectedImprovement(), scope)
    assert scope.queries == 7


@pytest.mark.parametrize(("key", "value"), [("least", 1.0), ("least", -0.1), ("patience", 0.0), ("prune", -1)])
def test_parameters_out_of_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(PluginError, match=key):
        ExpectedImprovement(**{key: value})


def test_in_the_end_the_best_of_every_word_is_asked_together() -> None:
    """What the words gain alone is too little to be put together; beside each other they gain more."""
    gains = {"a b": 0.0, "aqx b": 0.2, "aqy b": 0.1, "a bqx": 0.15, "aqx bqx": 2.2}
    victim = {string: odds(2.0 - gain)(string) for string, gain in gains.items()}
    scope = scope_for("a b", victim.__getitem__, {"a": ["aqx", "aqy"], "b": ["bqx"]})
    assert str(run_search(ExpectedImprovement(patience=10.0), scope)) == "aqx bqx"
    assert scope.queries == 5
