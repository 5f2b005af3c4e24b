"""TextAttack's attacks under our engine end on the same texts, after as many queries, as TextAttack by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import textattack.attack_recipes as recipes
from textattack.search_methods import AlzantotGeneticAlgorithm, BeamSearch, GreedySearch, GreedyWordSwapWIR

from robust.adapters.textattack import load
from robust.adapters.textattack.goal import TextAttackGoal
from robust.adapters.textattack.search import TextAttackSearch
from robust.core.attack import Attack
from robust.core.example import Example
from robust.engine.run import EngineOptions, run_attack
from robust.testing import LetterSwaps
from tests.bridges import alone as side

OFFLINE = ["DeepWordBugGao2018", "Pruthi2019", "InputReductionFeng2018"]
SEARCHES: dict[str, Callable[[], Any]] = {
    "wir-delete": lambda: GreedyWordSwapWIR("delete"),
    "wir-unk": lambda: GreedyWordSwapWIR("unk"),
    "pwws": lambda: GreedyWordSwapWIR("weighted-saliency"),
    "genetic": lambda: AlzantotGeneticAlgorithm(pop_size=6, max_iters=4, post_crossover_check=False),
    "greedy": GreedySearch,
    "beam": lambda: BeamSearch(beam_width=3),
}
FEWER = {"Pruthi2019": 4, "InputReductionFeng2018": 4, "pwws": 2, "greedy": 6, "beam": 6, "genetic": 4}
"""How many times fewer examples, for attacks that ask hundreds of queries."""
FEW = {"Pruthi2019": 4, "pwws": 4, "genetic": 4, "greedy": 2, "beam": 2}
"""Starter texts are few enough for a test of seconds."""


@pytest.fixture
def attack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Attack:
    name: str = request.param
    if name in SEARCHES:
        made = side.recipe_of(SEARCHES[name])
        monkeypatch.setattr(load, "part", lambda kind, asked: made)
        load._recipe.cache_clear()
    search, goal = TextAttackSearch(recipe=name), TextAttackGoal(recipe=name)
    # the transformation is not asked: the search brings its own
    return Attack(name=name, search=search, transformation=LetterSwaps(), goal=goal)


def _alone(name: str) -> Any:
    return (side.recipe_of(SEARCHES[name]) if name in SEARCHES else getattr(recipes, name)).build(side.wrapper())


def _compare(attack: Attack, examples: list[Example]) -> None:
    by_itself = {row.id: row for row in side.alone(_alone(attack.name), examples, attack.name)}
    bridged = side.ours(run_attack(attack, side.victim(), examples))
    assert bridged == by_itself
    assert "success" in {row.status for row in bridged.values()}


@pytest.mark.parametrize("attack", [*OFFLINE, *SEARCHES], indirect=True)
def test_as_by_itself_on_starter_texts(attack: Attack) -> None:
    _compare(attack, side.starter(FEW.get(attack.name, 8)))


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize("attack", [*OFFLINE, *SEARCHES], indirect=True)
def test_as_by_itself_on_real_texts(attack: Attack) -> None:
    _compare(attack, side.sst2(200 // FEWER.get(attack.name, 1)))


@pytest.mark.parametrize("attack", ["DeepWordBugGao2018", "genetic"], indirect=True)
def test_no_example_depends_on_another(attack: Attack) -> None:
    examples = side.starter(6)
    together = side.ours(run_attack(attack, side.victim(), examples, options=EngineOptions(in_flight=6)))
    backwards = side.ours(run_attack(attack, side.victim(), examples[::-1], options=EngineOptions(in_flight=2)))
    assert backwards == together
    for example in examples[:2]:
        assert side.ours(run_attack(attack, side.victim(), [example]))[example.id] == together[example.id]


@pytest.mark.parametrize("attack", ["wir-delete", "pwws"], indirect=True)
def test_a_budget_is_textattacks_own(attack: Attack) -> None:
    examples, budget = side.starter(8), 17
    theirs = _alone(attack.name)
    theirs.goal_function.query_budget = budget
    by_itself = {row.id: row for row in side.alone(theirs, examples, attack.name)}
    limited = Attack(**{**vars_of(attack), "query_budget": budget})
    bridged = side.ours(run_attack(limited, side.victim(), examples))
    assert bridged == by_itself
    assert max(row.queries for row in bridged.values()) == budget


def vars_of(attack: Attack) -> dict[str, Any]:
    return {name: getattr(attack, name) for name in ("name", "search", "transformation", "constraints", "goal")}
