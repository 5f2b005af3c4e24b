"""Beam search: width 1 is greedy; wider beams find what greedy walks past."""

from __future__ import annotations

import pytest

from robust.errors import PluginError
from robust.searches.beam import Beam
from robust.searches.greedy import Greedy
from robust.testing import FakeScope, ToyVictim, run_search, toy_example
from robust.transformations.synonyms import Synonyms
from tests.golden.sentences import examples
from tests.unit.searches.scripted import asked, scope_for, weights

# a→x is the best first step and leads nowhere; b→y and c→z together flip the label
TRAP = {"x b c": 0.6, "a y c": 0.8, "a b z": 0.85, "x y c": 0.7, "x b z": 0.7, "a y z": 0.3}
TABLE = {"a": ["x"], "b": ["y"], "c": ["z"]}


def test_width_1_is_greedy() -> None:
    victim = ToyVictim(lean=9.0)
    for example in examples(victim):
        scopes = [FakeScope(example=example, victim=victim, transformation=Synonyms(k=5)) for _ in range(2)]
        ends = [run_search(search, scope) for search, scope in zip((Beam(width=1), Greedy()), scopes, strict=True)]
        assert ends[0] == ends[1]
        assert scopes[0].asked == scopes[1].asked


def test_width_1_is_greedy_without_constraints_on_repeats() -> None:
    for lang, string in (("en", "Bright rooms!"), ("es", "¡Qué niña!")):
        example = toy_example(string, lang=lang)
        scopes = [FakeScope(example=example, victim=ToyVictim(lean=40.0)) for _ in range(2)]
        run_search(Beam(width=1), scopes[0])
        run_search(Greedy(), scopes[1])
        assert scopes[0].asked == scopes[1].asked


def test_a_wider_beam_gets_out_of_the_trap() -> None:
    greedy = scope_for("a b c", lambda s: TRAP.get(s, 0.9), TABLE)
    assert str(run_search(Greedy(), greedy)) == "x b c"
    beam = scope_for("a b c", lambda s: TRAP.get(s, 0.9), TABLE)
    assert str(run_search(Beam(width=2), beam)) == "a y z"
    assert asked(beam) == ["a b c", "x b c", "a y c", "a b z", "x y c", "x b z", "a y z"]


def test_a_text_with_two_parents_is_asked_once_and_has_to_beat_one_of_them() -> None:
    script = {"x b": 0.6, "a y": 0.8, "x y": 0.7}
    scope = scope_for("a b", lambda s: script.get(s, 0.9), {"a": ["x"], "b": ["y"]})
    assert str(run_search(Beam(width=2), scope)) == "x b"
    assert asked(scope) == ["a b", "x b", "a y", "x y"]


def test_only_as_many_as_the_width_go_on() -> None:
    scope = scope_for("a b c", weights(a=0.05, b=0.03, c=0.01), {"a": ["x"], "b": ["y"], "c": ["z"]})
    run_search(Beam(width=2), scope)
    # c→z alone is third, so nothing is built on it, yet every pair is reached from the two best
    assert asked(scope) == ["a b c", "x b c", "a y c", "a b z", "x y c", "x b z", "a y z", "x y z"]


def test_without_candidates_nothing_is_asked() -> None:
    scope = scope_for("a b", lambda s: 0.9, {})
    assert run_search(Beam(), scope) is scope.example.text
    assert scope.queries == 1


def test_a_width_below_1_is_refused() -> None:
    with pytest.raises(PluginError, match="width is 0"):
        Beam(width=0)
