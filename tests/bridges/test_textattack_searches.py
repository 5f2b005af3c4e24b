"""TextAttack's searches by name, over parts of ours: as TextAttack by itself with the same candidates and goal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import textattack
import yaml
from textattack.search_methods import (
    AlzantotGeneticAlgorithm,
    BeamSearch,
    GreedySearch,
    GreedyWordSwapWIR,
    ImprovedGeneticAlgorithm,
    ParticleSwarmOptimization,
)

from robust.adapters.textattack.constraint import TextAttackConstraint
from robust.adapters.textattack.search import TextAttackSearch
from robust.constraints.max_words_changed import MaxWordsChanged
from robust.core.attack import Attack
from robust.core.example import Example
from robust.core.goal import AnyGoal
from robust.core.text import Text
from robust.engine.run import EngineOptions, run_attack
from robust.errors import PluginError
from robust.goals.untargeted import Untargeted
from robust.recipe.load import load_attack
from robust.testing import LetterSwaps, ToyVictim
from tests.bridges import alone as side

SMALL = {"pop_size": 5, "max_iters": 3}
SEARCHES: dict[str, tuple[Callable[..., Any], dict[str, Any], int]] = {
    "wir-delete": (GreedyWordSwapWIR, {"wir_method": "delete"}, 6),
    "wir-unk": (GreedyWordSwapWIR, {"wir_method": "unk"}, 6),
    "wir-random": (GreedyWordSwapWIR, {"wir_method": "random"}, 6),
    "pwws": (GreedyWordSwapWIR, {"wir_method": "weighted-saliency"}, 3),
    "greedy": (GreedySearch, {}, 2),
    "beam": (BeamSearch, {"beam_width": 3}, 2),
    "genetic": (AlzantotGeneticAlgorithm, SMALL, 4),
    "improved-genetic": (ImprovedGeneticAlgorithm, SMALL, 3),
    "particle-swarm": (ParticleSwarmOptimization, SMALL, 3),
}
"""The search, its parameters, and on how many examples."""


def ours(name: str, **parts: Any) -> Attack:
    cls, parameters, _ = SEARCHES[name]
    search = TextAttackSearch(name=cls.__name__, parameters=parameters)
    once = (TextAttackConstraint(name="RepeatModification"), TextAttackConstraint(name="StopwordModification"))
    goal: AnyGoal = Untargeted()
    given = {"transformation": side.SameSynonyms(), "constraints": once, "goal": goal, **parts}
    return Attack(name=name, search=search, **given)


def theirs(name: str) -> Any:
    cls, parameters, _ = SEARCHES[name]
    return side.recipe_of(lambda: cls(**parameters)).build(side.wrapper())  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SEARCHES)
def test_as_by_itself(name: str) -> None:
    examples = side.starter(SEARCHES[name][2])
    by_itself = {row.id: row for row in side.alone(theirs(name), examples, name)}
    bridged = side.ours(run_attack(ours(name), side.victim(), examples))
    assert bridged == by_itself
    assert "success" in {row.status for row in bridged.values()}


@pytest.mark.parametrize("name", ["wir-unk", "beam"])
def test_a_budget_is_textattacks_own(name: str) -> None:
    examples, budget = side.starter(3), 23
    limited = theirs(name)
    limited.goal_function.query_budget = budget
    by_itself = {row.id: row for row in side.alone(limited, examples, name)}
    bridged = side.ours(run_attack(ours(name, query_budget=budget), side.victim(), examples))
    assert bridged == by_itself
    assert max(row.queries for row in bridged.values()) == budget


def test_no_example_depends_on_another() -> None:
    examples = side.starter(4)
    attack, victim = ours("genetic"), side.victim()
    together = side.ours(run_attack(attack, victim, examples, options=EngineOptions(in_flight=4)))
    backwards = side.ours(run_attack(attack, victim, examples[::-1], options=EngineOptions(in_flight=1)))
    assert backwards == together


def test_our_constraints_hold_in_what_a_search_makes_by_itself() -> None:
    """A crossover is no candidate of the transformation; TextAttack asks about it, and so do we."""
    examples = side.starter(4)
    most = MaxWordsChanged(fraction=0.01, minimum=1)
    outcomes = list(run_attack(ours("genetic", constraints=(most,)), side.victim(), examples))
    assert not [row.error for row in outcomes if row.error]
    assert {row.words_changed for row in outcomes if row.status == "success"} <= {1}


def test_words_that_textattack_cuts_otherwise() -> None:
    """One word of ours, two of TextAttack's, or none; letters that are swapped in either."""
    strings = ["A so/so film... isn't it?!", "«¡Qué año!» — 3,5 estrellas", "ok 👍🏽 fine"]
    toy = ToyVictim()
    for at, string in enumerate(strings):
        text = side.text(string)
        target = int(toy.logits([(string,)])[0].argmax())
        example = Example(id=str(at), text=text, target=target, lang="en")
        for name in ("greedy", "wir-delete", "genetic", "particle-swarm"):
            attack = ours(name, transformation=LetterSwaps(), constraints=())
            (outcome,) = run_attack(attack, toy, [example])
            assert outcome.error is None
            assert outcome.queries > len(text)


def test_of_a_pair_the_other_text_is_left_alone() -> None:
    toy, asked = ToyVictim(), list[tuple[str, ...]]()

    class Pairs:
        meta = toy.meta

        def logits(self, batch: Any, /) -> Any:
            asked.extend(batch)
            return toy.logits(batch)

    fields = ("A man plays the guitar outside.", "Somebody makes music in the open air.")
    target = int(toy.logits([fields])[0].argmax())
    example = Example(id="1", text=side.text(fields[1]), target=target, lang="en", before=fields[:1])
    (outcome,) = run_attack(ours("greedy", transformation=LetterSwaps(), constraints=()), Pairs(), [example])
    assert outcome.error is None
    assert {first for first, _ in asked} == {fields[0]}
    assert len({second for _, second in asked}) == outcome.unique_queries > 5


def test_in_a_recipe(tmp_path: Path) -> None:
    whole = yaml.safe_load(Path("recipes/attack/deepwordbug.yaml").read_text("utf-8"))
    whole["attack"]["search"] = {"textattack": {"name": "BeamSearch", "parameters": {"beam_width": 2}}}
    (tmp_path / "beam.yaml").write_text(yaml.safe_dump(whole), "utf-8")
    built = load_attack(tmp_path / "beam.yaml").build()
    assert built.search == TextAttackSearch(name="BeamSearch", parameters={"beam_width": 2})
    built.ready({"en"})
    outcomes = list(run_attack(built, side.victim(), side.starter(2)))
    assert not [row.error for row in outcomes if row.error]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": "BeamSerch"}, "did you mean 'BeamSearch'"),
        ({"name": "BeamSearch", "parameters": {"width": 3}}, "width"),
        ({"name": "BeamSearch", "parameters": {"beam_width": "wide"}}, "search BeamSearch cannot be made"),
        ({"name": "ParticleSwarmOptimization", "parameters": {"pop_size": "many"}}, "cannot be made"),
        ({"name": "AlzantotGeneticAlgorithm", "parameters": {"pop_size": -1}}, "cannot be made"),
        ({"name": "GreedyWordSwapWIR", "parameters": {"wir_method": "nothing"}}, "cannot be made"),
        ({"name": "DifferentialEvolution"}, "transformations of TextAttack's alone"),
        ({}, "give either recipe or name"),
        ({"name": "BeamSearch", "recipe": "Pruthi2019"}, "give either recipe or name"),
    ],
)
def test_mistakes(given: dict[str, Any], says: str) -> None:
    with pytest.raises(PluginError, match=says):
        TextAttackSearch(**given).ready(["en"])


@pytest.mark.parametrize(
    "name", ["BeamSearch", "GreedySearch", "GreedyWordSwapWIR", "ParticleSwarmOptimization", "AlzantotGeneticAlgorithm"]
)
def test_a_rehearsal_passes_what_is_right(name: str) -> None:
    TextAttackSearch(name=name).ready(["en", "es"])


def test_the_edited_words_are_those_of_textattack() -> None:
    """What a candidate of ours says of itself is what TextAttack's own replacement says."""
    from robust.adapters.textattack.words import as_attacked, stepped

    start = side.text("A truly fine film, isn't it?")
    theirs_now = textattack.shared.AttackedText(str(start))
    text, attacked = start, theirs_now
    for index, word in ((2, "good"), (4, "is"), (1, "so")):
        moved: Text = text.replace(index, word)
        mine = stepped(text, attacked, moved, index)
        same = theirs_now.replace_word_at_index(index, word)
        assert mine.text == same.text
        for name in ("modified_indices", "newly_modified_indices"):
            assert mine.attack_attrs[name] == same.attack_attrs[name]
        assert mine.attack_attrs["original_index_map"].tolist() == same.attack_attrs["original_index_map"].tolist()
        text, attacked, theirs_now = moved, mine, same
    gone = text.delete(2)
    same = theirs_now.delete_word_at_index(2)
    mine = stepped(text, attacked, gone, 2)
    assert mine.attack_attrs["original_index_map"].tolist() == same.attack_attrs["original_index_map"].tolist()
    assert as_attacked(gone).attack_attrs["modified_indices"] == same.attack_attrs["modified_indices"]
