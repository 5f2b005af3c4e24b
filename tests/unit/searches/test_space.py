"""The space of candidates: how texts are put together, what is asked, how words are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from robust.searches._space import Space, draw_word, explore, mixed, softmax
from robust.testing import FakeScope
from tests.unit.searches.scripted import Only, Without, asked, run, scope_for, weights


def space_on(scope: FakeScope) -> Space:
    return run(explore(scope))


def test_only_editable_words_with_candidates_take_part() -> None:
    scope = scope_for("a b c d", lambda s: 0.9, {"a": ["x"], "c": ["y", "z"], "d": ["w"]}, (Only(frozenset("abc")),))
    space = space_on(scope)
    assert space.sizes.tolist() == [1, 2]
    assert space.origin == (0, 0)
    assert [str(space.text(p)) for p in ((0, 0), (1, 0), (0, 2), (1, 1))] == [
        "a b c d",
        "x b c d",
        "a b z d",
        "x b y d",
    ]


def test_words_that_are_added_or_deleted_do_not_get_in_each_others_way() -> None:
    scope = scope_for("a b c.", lambda s: 0.9, {"a": ["+so", ""], "b": ["", "+very"], "c": ["", "cx"]})
    space = space_on(scope)
    assert str(space.text((1, 1, 2))) == "so a cx."
    assert str(space.text((1, 2, 1))) == "so a very b."
    assert str(space.text((2, 2, 2))) == "very b cx."
    assert space.text((1, 1, 2)).root is scope.example.text
    assert space.text((1, 1, 2)).words_changed == 3


def test_variants_differ_in_one_word_and_begin_with_the_original() -> None:
    space = space_on(scope_for("a b", lambda s: 0.9, {"a": ["x", "y"], "b": ["z"]}))
    assert space.variants((2, 1), 0) == [(0, 1), (1, 1)]
    assert space.variants((0, 1), 1) == [(0, 0)]


def test_a_point_is_asked_once_and_a_forbidden_one_never() -> None:
    scope = scope_for("a b", weights(a=0.1, b=0.2), {"a": ["x"], "b": ["y", "z"]}, (Without("x z"),))
    space = space_on(scope)
    for _ in range(2):
        run(space.ask([(1, 0), (1, 2), (0, 1), (1, 0)]))
    assert asked(scope) == ["a b", "x b", "a y"]
    assert space.goal((1, 0)) == pytest.approx(0.2, abs=1e-5)
    assert space.goal((0, 0)) == scope.start
    assert space.goal((1, 2)) == -np.inf
    assert space.won is None


def test_of_several_successes_the_best_is_kept() -> None:
    table = {"x": 0.45, "y": 0.2, "z": 0.3}
    space = space_on(scope_for("a", lambda s: table.get(s, 0.9), {"a": ["x", "y", "z"]}))
    run(space.ask([(1,), (2,), (3,)]))
    assert str(space.won) == "y"


def test_improved_takes_the_best_choice_if_it_raises_the_score() -> None:
    table = {"x b": 0.8, "y b": 0.7, "a z": 0.95, "y z": 0.6}
    space = space_on(scope_for("a b", lambda s: table.get(s, 0.9), {"a": ["x", "y"], "b": ["z"]}))
    assert run(space.improved([(0, 0), (0, 0)], [0, 1])) == [(2, 0), (0, 0)]
    assert run(space.improved([(2, 0)], [1])) == [(2, 1)]


def test_words_are_drawn_by_weight_from_the_unchanged_ones() -> None:
    rng, chances = np.random.default_rng(0), np.array([1.0, 3.0, 4.0])
    drawn = [draw_word(rng, (0, 0, 2), chances) for _ in range(4000)]
    assert set(drawn) == {0, 1}
    assert np.mean(drawn) == pytest.approx(0.75, abs=0.03)
    assert {draw_word(rng, (1, 1, 2), chances) for _ in range(200)} == {0, 1, 2}
    assert np.mean([draw_word(rng, (1, 0, 1), chances, repeat=True) == 2 for _ in range(4000)]) == pytest.approx(
        0.5, abs=0.03
    )


def test_softmax_by_hand() -> None:
    # exp(0.6 / 0.3) : exp(0.3 / 0.3) : exp(0) = 7.389 : 2.718 : 1
    assert softmax([0.6, 0.3, 0.0], 0.3) == pytest.approx([0.66524, 0.24473, 0.09003], abs=1e-5)
    assert softmax([-1e6, 0.0], 0.01) == pytest.approx([0.0, 1.0])


def test_uniform_crossover_takes_each_word_from_either_parent() -> None:
    rng = np.random.default_rng(0)
    children = np.array([mixed(rng, (1, 1, 0, 5), (2, 2, 0, 6)) for _ in range(2000)])
    assert (children[:, 2] == 0).all()
    assert (children[:, 0] - 1).mean() == pytest.approx(0.5, abs=0.04)
    assert np.corrcoef(children[:, 0], children[:, 3])[0, 1] == pytest.approx(0, abs=0.08)
