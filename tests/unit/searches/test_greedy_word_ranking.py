"""The order of the words, the walk, ties, budgets and moved words, on scripted victims."""

from __future__ import annotations

import pytest

from robust.core.search import BudgetExceeded
from robust.errors import PluginError
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.testing import run_search
from tests.unit.searches.scripted import Only, Without, asked, scope_for, weights


def test_delete_ranks_by_the_fall_in_probability_and_stops_at_success() -> None:
    scope = scope_for("a b c d", weights(a=0.1, b=0.3, c=0.2, d=0.05), {w: [w + "x"] for w in "abcd"})
    ended = run_search(GreedyWordRanking(rank_by="delete"), scope)
    assert asked(scope) == ["a b c d", "b c d", "a c d", "a b d", "a b c", "a bx c d", "a bx cx d"]
    assert str(ended) == "a bx cx d"


def test_unk_puts_the_token_in_place_of_the_word() -> None:
    scope = scope_for("a b", weights(a=0.5), {"a": ["ax"]})
    run_search(GreedyWordRanking(rank_by="unk", unk="<unk>"), scope)
    assert asked(scope) == ["a b", "<unk> b", "a <unk>", "ax b"]


def test_ties_keep_the_reading_order() -> None:
    scope = scope_for("d c b a", lambda s: 0.9, {w: [w + "x"] for w in "abcd"})
    run_search(GreedyWordRanking(rank_by="delete"), scope)
    assert asked(scope)[5:] == ["dx c b a", "d cx b a", "d c bx a", "d c b ax"]


def test_only_editable_words_are_probed() -> None:
    scope = scope_for("a b c", weights(a=0.5, b=0.1), {w: [w + "x"] for w in "abc"}, (Only(frozenset("bc")),))
    assert str(run_search(GreedyWordRanking(rank_by="delete"), scope)) == "a bx c"
    assert asked(scope) == ["a b c", "a c", "a b", "a bx c", "a bx cx"]


def test_no_editable_words_cost_no_queries() -> None:
    for rank_by in ("delete", "unk", "weighted_saliency", "random"):
        scope = scope_for("a b", weights(a=0.5), {"a": ["x"]}, (Only(frozenset()),))
        assert run_search(GreedyWordRanking(rank_by=rank_by), scope) is scope.example.text
        assert scope.queries == 1


def test_a_candidate_that_does_not_raise_the_score_is_left() -> None:
    better = {"ax b": 0.95, "a bx": 0.7, "b": 0.1, "a": 0.8}
    scope = scope_for("a b", lambda s: better.get(s, 0.9), {"a": ["ax"], "b": ["bx"]})
    assert str(run_search(GreedyWordRanking(rank_by="delete"), scope)) == "a bx"


def test_of_several_successes_the_one_with_the_highest_score_ends_the_attack() -> None:
    found = {"x b": 0.45, "y b": 0.2, "z b": 0.3}
    scope = scope_for("a b", lambda s: found.get(s, 0.9), {"a": ["x", "y", "z"], "b": ["w"]})
    assert str(run_search(GreedyWordRanking(rank_by="delete"), scope)) == "y b"
    assert scope.queries == 1 + 2 + 3


def test_random_order_needs_no_probes_and_comes_from_the_scope() -> None:
    table = {w: [w + "x"] for w in "abcdefgh"}
    runs = [scope_for("a b c d e f g h", lambda s: 0.9, table, seed=seed) for seed in (1, 1, 2)]
    for scope in runs:
        run_search(GreedyWordRanking(rank_by="random"), scope)
        assert scope.queries == 1 + 8
    first, again, other = map(asked, runs)
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other)


def test_words_that_moved_are_found_again() -> None:
    scope = scope_for("a b c", weights(a=0.3, b=0.06, c=0.05), {"a": [""], "b": ["+very"], "c": ["cx"]})
    run_search(GreedyWordRanking(rank_by="delete"), scope)
    assert asked(scope)[4:] == ["b c", "very b c", "b cx"]


def test_a_spent_budget_ends_the_search() -> None:
    scope = scope_for("a b c", weights(a=0.1), {"a": ["x", "y"]}, query_budget=5)
    with pytest.raises(BudgetExceeded):
        run_search(GreedyWordRanking(rank_by="delete"), scope)
    assert scope.queries == 5


# ------------------------------------------------------------------ weighted saliency
def test_pwws_weighs_the_best_gain_by_saliency() -> None:
    # b gains more by itself, but a is more salient: exp(0.8) * 0.10 > exp(0.1) * 0.15
    script = {"U b": 0.1, "a U": 0.8, "x b": 0.85, "y b": 0.8, "a z": 0.75, "y z": 0.4}
    scope = scope_for("a b", lambda s: script.get(s, 0.9), {"a": ["x", "y"], "b": ["z"]})
    ended = run_search(GreedyWordRanking(rank_by="weighted_saliency", unk="U"), scope)
    assert asked(scope) == ["a b", "U b", "a U", "x b", "y b", "a z", "y z"]
    assert str(ended) == "y z"


def test_pwws_goes_on_in_order_even_when_a_later_word_would_do_alone() -> None:
    script = {"U b": 0.0, "a U": 0.9, "x b": 0.55, "a y": 0.45, "x y": 0.2}
    scope = scope_for("a b", lambda s: script.get(s, 0.9), {"a": ["x"], "b": ["y"]})
    assert str(run_search(GreedyWordRanking(rank_by="weighted_saliency", unk="U"), scope)) == "x y"


def test_pwws_takes_a_first_word_that_succeeds_without_asking_again() -> None:
    scope = scope_for("a b", weights(a=0.5), {"a": ["x"], "b": ["y"]})
    assert str(run_search(GreedyWordRanking(rank_by="weighted_saliency", unk="U"), scope)) == "x b"
    assert asked(scope) == ["a b", "U b", "a U", "x b", "a y"]


def test_pwws_leaves_out_a_choice_that_breaks_a_constraint_together_with_earlier_ones() -> None:
    scope = scope_for("a b c", weights(a=0.2, b=0.15, c=0.1), {w: [w * 2] for w in "abc"}, (Without("aa bb"),))
    ended = run_search(GreedyWordRanking(rank_by="weighted_saliency", unk="U"), scope)
    assert str(ended) == "aa b cc"


def test_pwws_moves_choices_along_with_their_words() -> None:
    scope = scope_for("a b c", weights(a=0.2, b=0.1, c=0.05), {"a": [""], "b": ["+so"], "c": ["cx"]})
    ended = run_search(GreedyWordRanking(rank_by="weighted_saliency", unk="U"), scope)
    assert str(ended) == "so b cx"


def test_pwws_without_candidates_asks_nothing() -> None:
    scope = scope_for("a b", weights(a=0.5), {})
    assert run_search(GreedyWordRanking(rank_by="weighted_saliency"), scope) is scope.example.text
    assert scope.queries == 1


@pytest.mark.parametrize("wrong", [{"rank_by": "saliency"}, {"unk": " "}])
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError):
        GreedyWordRanking(**wrong)
