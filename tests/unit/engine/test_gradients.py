"""Gradients in a run: counted, budgeted, aimed, refused where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pytest

from robust.core.attack import Attack
from robust.core.example import TokenLabels
from robust.core.gradient import TokenGradient
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Fields
from robust.engine.run import EngineOptions, run_attack
from robust.errors import DataError, ModelError
from robust.goals.targeted import Targeted
from robust.goals.untargeted import Untargeted
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.searches.hotflip import HotFlip
from robust.testing import LetterSwaps, ToyNetwork, ToyVictim, toy_example

STRINGS = ["we loved the little bakery", "nobody answered the phone", "el niño comió una manzana", "dull and slow"]


@dataclass(frozen=True, kw_only=True)
class Asks:
    """Asks for gradients only, of the text and of the text without a word."""

    needs_gradients: ClassVar[bool] = True
    seen: list[TokenGradient] = field(default_factory=list, compare=False)

    async def __call__(self, scope: Scope, /) -> Text:
        text = scope.example.text
        self.seen.extend(await scope.gradients([text, text.delete(0), text]))
        return text


def attack(search: object, **more: object) -> Attack:
    parts = {"name": "a", "transformation": LetterSwaps(), "goal": Untargeted(), **more}
    return Attack(search=search, **parts)  # type: ignore[arg-type]


def examples(victim: ToyNetwork) -> list:
    return [toy_example(string, lang="en", victim=victim) for string in STRINGS]


def test_each_text_is_one_query() -> None:
    victim, search = ToyNetwork(lean=5.0), Asks()
    rows = list(run_attack(attack(search), victim, examples(victim)))
    assert [(row.queries, row.unique_queries) for row in rows] == [(4, 3)] * 4
    expected = victim.gradients([((STRINGS[0],), 0)])[0]
    np.testing.assert_array_equal(search.seen[0].values, expected.values)


@pytest.mark.parametrize("budget", [1, 2, 3, 5, 9, 14])
@pytest.mark.parametrize("search", [HotFlip(width=3), GreedyWordRanking(rank_by="gradient")], ids=repr)
def test_budgets_are_kept(search: object, budget: int) -> None:
    victim = ToyNetwork(lean=30.0)
    rows = list(run_attack(attack(search, query_budget=budget), victim, examples(victim)))
    assert all(row.status == "failure" and row.queries <= budget for row in rows)
    assert budget < 5 or all(row.queries > 1 for row in rows)


@pytest.mark.parametrize("search", [HotFlip(width=3), GreedyWordRanking(rank_by="gradient")], ids=repr)
def test_the_number_in_flight_changes_nothing(search: object) -> None:
    victim = ToyNetwork(lean=3.0)
    runs = [
        sorted(
            run_attack(attack(search), victim, examples(victim), options=EngineOptions(in_flight=n)),
            key=lambda row: row.example_id,
        )
        for n in (1, 4)
    ]
    assert runs[0] == runs[1]


def test_a_goal_with_a_label_turns_the_gradient_to_it() -> None:
    victim, search = ToyNetwork(labels=3, lean=9.0), Asks()
    example = toy_example(STRINGS[0], lang="en", victim=victim)
    list(run_attack(attack(search, goal=Targeted(label="label 2")), victim, [example]))
    expected = victim.gradients([((STRINGS[0],), 2)])[0]
    np.testing.assert_array_equal(search.seen[0].values, -expected.values)
    assert search.seen[0].loss == -expected.loss


def test_a_victim_without_gradients_is_refused_before_anything_runs() -> None:
    for search in (HotFlip(), GreedyWordRanking(rank_by="gradient")):
        with pytest.raises(ModelError, match="a needs gradients, and toy gives none") as caught:
            list(run_attack(attack(search), ToyVictim(), []))
        assert "textfooler" in caught.value.fix
    attack(GreedyWordRanking(rank_by="delete")).check(ToyVictim())


def test_the_first_example_is_tried() -> None:
    victim = ToyNetwork()
    example = replace(examples(victim)[0], target=TokenLabels(("O",)))
    with pytest.raises(DataError, match="for classes, not TokenLabels"):
        attack(HotFlip()).check(victim, [example])

    @dataclass(frozen=True)
    class Broken(ToyNetwork):
        def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> list[TokenGradient]:
            raise ModelError("no table of embeddings")

    with pytest.raises(ModelError, match="no table"):
        attack(HotFlip()).check(Broken(), examples(victim))


def test_a_search_that_does_not_say_so_gets_no_gradients() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Silent:
        async def __call__(self, scope: Scope, /) -> Text:
            await scope.gradients([scope.example.text])
            return scope.example.text

    victim = ToyVictim()
    (row,) = run_attack(attack(Silent()), victim, [toy_example(STRINGS[0], lang="en")])
    assert row.status == "error"
    assert "needs_gradients" in (row.error or "")
