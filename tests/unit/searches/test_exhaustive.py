"""Exhaustive search: the order of the combinations, its limit, what it leaves out."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.searches.exhaustive import BATCH, Exhaustive
from robust.testing import run_search
from tests.unit.searches.scripted import Without, asked, scope_for

TABLE = {"a": ["x"], "b": ["y", "z"]}


def test_every_combination_fewest_changed_words_first() -> None:
    scope = scope_for("a b", lambda s: 0.9, TABLE)
    assert run_search(Exhaustive(), scope) is scope.example.text
    assert asked(scope) == ["a b", "x b", "a y", "a z", "x y", "x z"]


def test_it_stops_at_the_fewest_words_that_do() -> None:
    script = {"x b c": 0.8, "x z c": 0.4, "x y c": 0.3, "x y d": 0.1}
    scope = scope_for("a b c", lambda s: script.get(s, 0.9), {**TABLE, "c": ["d"]})
    assert str(run_search(Exhaustive(), scope)) == "x y c"
    assert "x y d" not in asked(scope)


def test_the_space_has_as_many_texts_as_the_docstring_says() -> None:
    scope = scope_for("a b c d e", lambda s: 0.9, {w: [w + "1", w + "2", w + "3"] for w in "abcde"})
    run_search(Exhaustive(), scope)
    assert scope.queries == (3 + 1) ** 5  # the unedited text is the first query
    assert len(set(asked(scope))) == scope.queries


def test_max_texts_bounds_what_is_built() -> None:
    table = {w: [w + str(i) for i in range(10)] for w in "abcdefgh"}
    for most in (1, 5, BATCH, BATCH + 1):
        scope = scope_for("a b c d e f g h", lambda s: 0.9, table)
        run_search(Exhaustive(max_texts=most), scope)
        assert scope.queries == 1 + most
    scope = scope_for("a b", lambda s: 0.9, TABLE, (Without("x y"),))
    run_search(Exhaustive(max_texts=4), scope)
    assert asked(scope) == ["a b", "x b", "a y", "a z"]  # "x y" counts, although it is forbidden


def test_forbidden_combinations_are_not_asked() -> None:
    scope = scope_for("a b", lambda s: 0.9, TABLE, (Without("x y"),))
    run_search(Exhaustive(), scope)
    assert asked(scope) == ["a b", "x b", "a y", "a z", "x z"]


def test_a_limit_below_1_is_refused() -> None:
    with pytest.raises(PluginError, match="max_texts is 0"):
        Exhaustive(max_texts=0)
