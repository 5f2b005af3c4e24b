"""Which texts are asked and in what order, on scripted victims."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.searches.rare_first import RareFirst
from robust.testing import run_search
from tests.unit.searches.scripted import Only, asked, scope_for, weights


def test_the_rarest_candidate_of_each_word_is_the_first_query() -> None:
    scope = scope_for("film good", lambda s: 0.9, {"film": ["movie", "zzqx"], "good": ["the", "goodish"]})
    run_search(RareFirst(), scope)
    assert asked(scope)[:3] == ["film good", "zzqx good", "film goodish"]


def test_a_probe_that_reaches_the_goal_ends_the_attack() -> None:
    scope = scope_for("a b c", weights(b=0.6), {w: [w + "qx", w + "qy"] for w in "abc"})
    assert str(run_search(RareFirst(), scope)) == "a bqx c"
    assert scope.queries == 1 + 3


def test_words_are_taken_in_the_order_of_their_probes_and_kept_ones_add_up() -> None:
    table = {w: [w + "qx"] for w in "abc"}
    scope = scope_for("a b c", weights(a=0.1, b=0.25, c=0.2), table)
    ended = run_search(RareFirst(), scope)
    assert asked(scope) == ["a b c", "aqx b c", "a bqx c", "a b cqx", "a bqx cqx"]
    assert str(ended) == "a bqx cqx"


def test_without_success_every_candidate_of_every_word_was_offered_once_on_an_unmoved_text() -> None:
    table = {w: [f"{w}q{k}" for k in range(n)] for w, n in {"a": 9, "b": 1, "c": 4}.items()}
    scope = scope_for("a b c d", lambda s: 0.9, table)
    assert str(run_search(RareFirst(), scope)) == "a b c d"
    expected = [f"{x} b c d" for x in table["a"]] + ["a bq0 c d"] + [f"a b {x} d" for x in table["c"]]
    assert sorted(asked(scope)[1:]) == sorted(expected)


def test_words_without_candidates_and_words_that_may_not_be_edited_cost_nothing() -> None:
    scope = scope_for("a b c", lambda s: 0.9, {"a": ["aqx"], "c": ["cqx"]}, (Only(frozenset("bc")),))
    run_search(RareFirst(), scope)
    assert asked(scope) == ["a b c", "a b cqx"]
    nothing = scope_for("a b", lambda s: 0.9, {})
    assert run_search(RareFirst(), nothing) == nothing.example.text
    assert nothing.queries == 1


def test_a_chunk_below_one_is_refused() -> None:
    with pytest.raises(PluginError, match="chunk is 0"):
        RareFirst(chunk=0)
