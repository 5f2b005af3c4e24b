"""Our own searches next to TextAttack's: same victim, texts and candidates; what differs on purpose, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import textattack
from textattack.attack_recipes import InputReductionFeng2018
from textattack.constraints.overlap import LevenshteinEditDistance, MaxWordsPerturbed
from textattack.constraints.pre_transformation import MinWordLength, RepeatModification, StopwordModification
from textattack.goal_functions import UntargetedClassification
from textattack.search_methods import AlzantotGeneticAlgorithm, BeamSearch, GreedySearch, GreedyWordSwapWIR
from textattack.transformations import (
    CompositeTransformation,
    WordSwapNeighboringCharacterSwap,
    WordSwapQWERTY,
    WordSwapRandomCharacterDeletion,
)

from robust.adapters.textattack.constraint import TextAttackConstraint
from robust.adapters.textattack.transformation import TextAttackTransformation
from robust.core.attack import Attack
from robust.core.constraint import Constraint
from robust.core.example import Example
from robust.core.search import Search
from robust.core.transformation import Transformation
from robust.engine.run import run_attack
from robust.goals.reduced import Reduced
from robust.goals.untargeted import Untargeted
from robust.searches.beam import Beam
from robust.searches.genetic import Genetic
from robust.searches.greedy import Greedy
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.searches.input_reduction import InputReduction
from robust.testing import FakeScope
from robust.transformations.any_of import AnyOf
from robust.transformations.delete_word import DeleteWord
from tests.bridges import alone as side


def constraint(name: str, **parameters: Any) -> TextAttackConstraint:
    return TextAttackConstraint(name=name, parameters=parameters)


ONCE: tuple[Constraint, ...] = (constraint("RepeatModification"), constraint("StopwordModification"))


def ours(
    search: Search,
    examples: list[Example],
    transformation: Transformation | None = None,
    constraints: tuple[Constraint, ...] = ONCE,
) -> dict[str, side.Row]:
    attack = Attack(
        name="ours",
        search=search,
        transformation=transformation or side.SameSynonyms(),
        constraints=constraints,
        goal=Untargeted(),
    )
    return side.ours(run_attack(attack, side.victim(), examples))


def theirs(search: Callable[[], Any], examples: list[Example]) -> dict[str, side.Row]:
    built = side.recipe_of(search).build(side.wrapper())  # type: ignore[attr-defined]
    return {row.id: row for row in side.alone(built, examples, "ours")}


@pytest.mark.parametrize("rank_by", ["delete", "unk"])
def test_word_ranking_is_the_same(rank_by: Any) -> None:
    examples = side.starter(12)
    assert ours(GreedyWordRanking(rank_by=rank_by), examples) == theirs(lambda: GreedyWordSwapWIR(rank_by), examples)


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize("rank_by", ["delete", "unk"])
def test_word_ranking_is_the_same_on_real_texts(rank_by: Any) -> None:
    examples = {each.id: each for each in side.in_their_words(side.sst2(200))}
    own = ours(GreedyWordRanking(rank_by=rank_by), list(examples.values()))
    other = theirs(lambda: GreedyWordSwapWIR(rank_by), list(examples.values()))
    differing = [name for name, row in own.items() if row != other[name]]
    assert len(differing) <= 4
    # texts are scored in other batches: words that matter equally to six digits may change places
    assert all(_nearest(examples[name], rank_by) < 2e-6 for name in differing)


def _nearest(example: Example, rank_by: str) -> float:
    """The smallest difference between what two words matter, in the probability of the label."""
    words = range(len(example.text))
    texts = [example.text.delete(at) if rank_by == "delete" else example.text.replace(at, "[UNK]") for at in words]
    logits = np.array([side.victim().canonical((str(text),)) for text in texts], np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances = (powers / powers.sum(axis=1, keepdims=True))[:, example.target]
    return float(np.diff(np.sort(chances)).min())


def test_a_backquote_is_a_word_to_textattack_alone() -> None:
    """It asks what the text would be without it: a query more, and the same result."""
    string = "The `` comedy '' is a dull and endless mess."
    (label,) = side.victim().logits([(string,)]).argmax(axis=1)
    examples = [Example(id="quoted", text=side.text(string), target=int(label), lang="en")]
    (own,) = ours(GreedyWordRanking(rank_by="delete"), examples).values()
    (other,) = theirs(lambda: GreedyWordSwapWIR("delete"), examples).values()
    assert other == own._replace(queries=own.queries + 1)
    (same,) = ours(GreedyWordRanking(rank_by="delete"), side.in_their_words(examples)).values()
    assert other == same


def test_deepwordbug_is_the_same_where_nothing_is_drawn() -> None:
    """Its draws come from other generators, so here every swap of neighbours is a candidate."""
    examples = side.starter(8)
    swaps = WordSwapNeighboringCharacterSwap(random_one=False)
    limits = [RepeatModification(), StopwordModification(), LevenshteinEditDistance(30)]
    goal = UntargetedClassification(side.wrapper())
    built = textattack.Attack(goal, limits, swaps, GreedyWordSwapWIR("unk"))
    by_itself = {row.id: row for row in side.alone(built, examples, "ours")}
    same = TextAttackTransformation(name="WordSwapNeighboringCharacterSwap", parameters={"random_one": False})
    limited = (*ONCE, constraint("LevenshteinEditDistance", max_edit_distance=30))
    assert ours(GreedyWordRanking(rank_by="unk"), examples, same, limited) == by_itself


def test_pruthi_is_the_same_where_nothing_is_drawn() -> None:
    """Without the insertions: TextAttack draws one letter for each place."""
    examples = side.starter(2)
    how = {"random_one": False, "skip_first_char": True, "skip_last_char": True}
    kinds = [WordSwapNeighboringCharacterSwap, WordSwapRandomCharacterDeletion, WordSwapQWERTY]
    limits = [
        MinWordLength(min_length=4),
        StopwordModification(),
        MaxWordsPerturbed(max_num_words=1),
        RepeatModification(),
    ]
    goal = UntargetedClassification(side.wrapper())
    built = textattack.Attack(goal, limits, CompositeTransformation([kind(**how) for kind in kinds]), GreedySearch())
    by_itself = {row.id: row for row in side.alone(built, examples, "ours")}
    same = AnyOf(transformations=tuple(TextAttackTransformation(name=k.__name__, parameters=how) for k in kinds))
    limited = (
        *ONCE,
        constraint("MinWordLength", min_length=4),
        constraint("MaxWordsPerturbed", max_num_words=1),
    )
    assert ours(Greedy(), examples, same, limited) == by_itself


def test_greedy_ends_where_nothing_raises_the_score_and_textattack_goes_on() -> None:
    examples = side.starter(2)
    mine, other = ours(Greedy(), examples), theirs(GreedySearch, examples)
    for id_, row in mine.items():
        if row.status == "success":
            assert row == other[id_]
        assert row.queries <= other[id_].queries


def test_beam_asks_no_text_twice_in_a_step_and_textattack_does() -> None:
    examples = side.starter(2)
    mine, other = ours(Beam(width=3), examples), theirs(lambda: BeamSearch(beam_width=3), examples)
    assert [row.status for row in mine.values()] == [row.status for row in other.values()]
    assert all(row.queries <= other[id_].queries for id_, row in mine.items())


def test_pwws_chooses_once_and_textattack_scores_the_candidates_anew_at_each_step() -> None:
    examples = side.starter(4)
    mine = ours(GreedyWordRanking(rank_by="weighted_saliency"), examples)
    other = theirs(lambda: GreedyWordSwapWIR("weighted-saliency"), examples)
    assert all(row.queries <= other[id_].queries for id_, row in mine.items())
    assert sum(row.queries for row in mine.values()) < sum(row.queries for row in other.values())


def test_genetic_prefers_parents_near_the_goal_and_textattack_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, ...]] = []
    drawn = np.random.choice

    def choice(a: Any, size: Any = None, replace: bool = True, p: Any = None) -> Any:
        if p is not None and size == len(p) - 1:
            seen.append(tuple(p))
        return drawn(a, size=size, replace=replace, p=p)

    monkeypatch.setattr(np.random, "choice", choice)
    theirs(lambda: AlzantotGeneticAlgorithm(pop_size=4, max_iters=2, post_crossover_check=False), side.starter(4))
    best_first = [p for p in seen if len(set(p)) > 1]
    assert best_first, "no population of different scores was drawn from"
    assert all(p[0] == min(p) for p in best_first)  # TextAttack sorts them best first, and draws the best least often
    chances = Genetic(population=4).chances([0.9, 0.5, 0.3, 0.1])
    assert chances[0] == max(chances)


def test_input_reduction_measures_anew_and_textattack_ranks_once() -> None:
    built = InputReductionFeng2018.build(side.wrapper())
    for example in side.starter(2):
        scope = FakeScope(example=example, victim=side.victim(), goal=Reduced(words=1), transformation=DeleteWord())
        with pytest.raises(StopIteration) as ended:  # the fake scope never suspends
            InputReduction(width=1)(scope).send(None)
        left = built.attack(str(example.text), example.target).perturbed_result
        assert len(ended.value.value) <= left.attacked_text.num_words
        assert scope.queries > left.num_queries
