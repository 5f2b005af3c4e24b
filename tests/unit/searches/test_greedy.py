"""Greedy: the best edit of all words, again and again."""

from __future__ import annotations

from robust.searches.greedy import Greedy
from robust.testing import run_search
from tests.unit.searches.scripted import asked, scope_for


def test_takes_the_best_edit_of_the_whole_text_at_each_step() -> None:
    script = {"x b": 0.8, "a y": 0.7, "x y": 0.4}
    scope = scope_for("a b", lambda s: script.get(s, 0.9), {"a": ["x"], "b": ["y"]})
    assert str(run_search(Greedy(), scope)) == "x y"
    assert asked(scope) == ["a b", "x b", "a y", "x y"]


def test_stops_when_nothing_raises_the_score() -> None:
    scope = scope_for("a b", lambda s: 0.9, {"a": ["x"], "b": ["y"]})
    assert run_search(Greedy(), scope) is scope.example.text
    assert scope.queries == 3
