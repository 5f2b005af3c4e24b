"""The genetic search: who becomes a parent, by hand; the whole algorithm against a plain second implementation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from robust.core.seeds import derive
from robust.errors import PluginError
from robust.goals.untargeted import Untargeted
from robust.searches.genetic import Genetic
from robust.testing import run_search
from tests.unit.searches.scripted import TABLE, WORDS, Scripted, Without, asked, rugged, scope_for, weights


# ------------------------------------------------------------------ parents
def test_fitter_members_become_parents_more_often() -> None:
    # exp((0.9 - 0.3) / 0.3) = e² : exp((0.6 - 0.3) / 0.3) = e : 1, over their sum of 11.107
    assert Genetic(temperature=0.3).chances([0.9, 0.6, 0.3]) == pytest.approx([0.66524, 0.24473, 0.09003], abs=1e-5)
    # at ten times the temperature: e^0.2 : e^0.1 : 1, over 3.3266
    assert Genetic(temperature=3.0).chances([0.9, 0.6, 0.3]) == pytest.approx([0.36717, 0.33223, 0.30061], abs=1e-5)


def test_proportional_parents() -> None:
    assert Genetic(parents="proportional").chances([0.6, 0.3, 0.1]) == pytest.approx([0.6, 0.3, 0.1], abs=1e-5)
    assert Genetic(parents="proportional").chances([0.0, 0.0]) == pytest.approx([0.5, 0.5])


def test_a_cold_search_breeds_from_the_best_alone() -> None:
    # The best first member is "x b c". Children of it alone, with one more word changed, are "x y c" and "x b z";
    # "a y z" would be a child of the others.
    script = {"x b c": 0.6, "a y c": 0.8, "x y c": 0.55, "x b z": 0.55, "a y z": 0.7, "a b z": 0.85, "x y z": 0.52}
    for seed in range(20):
        scope = scope_for("a b c", lambda s: script.get(s, 0.9), {"a": ["x"], "b": ["y"], "c": ["z"]}, seed=seed)
        run_search(Genetic(population=6, generations=1, temperature=1e-3, initial="every_word"), scope)
        assert set(asked(scope)[4:]) <= {"x y c", "x b z"}


# ------------------------------------------------------------------ the whole algorithm
def reference(
    probability: Callable[[str], float], search: Genetic, seed: int
) -> tuple[str, dict[str, tuple[float, bool]]]:
    """Alzantot et al.'s Algorithm 1 on lists of words: the text it ends on, and all that it asked."""
    rng = np.random.default_rng(derive(seed, "e"))
    victim, goal = Scripted(probability), Untargeted()
    known: dict[str, tuple[float, bool]] = {}

    def ask(words: list[str]) -> float:
        logits = victim.logits([(" ".join(words),)])
        return known.setdefault(" ".join(words), (float(goal.score(logits, 1)[0]), bool(goal.done(logits, 1)[0])))[0]

    slots = [i for i, word in enumerate(WORDS) if word in TABLE]

    def draw(text: list[str]) -> int:
        free = [len(TABLE[WORDS[i]]) * (text[i] == WORDS[i]) for i in slots]
        if not any(free):
            free = [len(TABLE[WORDS[i]]) for i in slots]
        return slots[rng.choice(len(slots), p=[n / sum(free) for n in free])]

    def perturb(text: list[str], i: int) -> list[str]:
        best = list(text)
        for option in (WORDS[i], *TABLE[WORDS[i]]):
            other = [*text[:i], option, *text[i + 1 :]]
            if ask(other) > ask(best):
                best = other
        return best

    def winners() -> list[str]:
        return sorted((text for text, (_, done) in known.items() if done), key=lambda text: -known[text][0])

    ask(WORDS)
    places = [draw(WORDS) for _ in range(search.population)]
    members = sorted((perturb(WORDS, i) for i in places), key=ask, reverse=True)
    for _ in range(search.generations):
        if winners():
            break
        heat = [math.exp(ask(member) / search.temperature) for member in members]
        pairs = rng.choice(len(members), size=(search.population - 1, 2), p=[h / sum(heat) for h in heat])
        children = []
        for a, b in pairs:
            child, swaps = list(members[a]), rng.random(len(slots))
            for i, swap in zip(slots, swaps, strict=True):
                if swap < 0.5:
                    child[i] = members[b][i]
            children.append(child)
        for child in children:
            ask(child)
        if winners():
            break
        places = [draw(child) for child in children]
        members = sorted(
            [members[0], *(perturb(child, i) for child, i in zip(children, places, strict=True))],
            key=ask,
            reverse=True,
        )
    return (winners() or [" ".join(members[0])])[0], known


@pytest.mark.parametrize("depth", [0.03, 0.08, 0.15])
@pytest.mark.parametrize("search", [Genetic(population=8, generations=6), Genetic(population=12, temperature=0.05)])
def test_same_text_and_same_queries_as_the_reference(depth: float, search: Genetic) -> None:
    for seed in range(6):
        scope = scope_for(" ".join(WORDS), rugged(depth), TABLE, seed=seed)
        ended = str(run_search(search, scope))
        expected, known = reference(rugged(depth), search, seed)
        assert ended == expected
        assert set(asked(scope)) == set(known)
        assert scope.queries == len(known)


# ------------------------------------------------------------------ variants
def test_every_word_is_changed_in_a_member_of_the_first_generation() -> None:
    scope = scope_for("a b c", weights(a=0.1, b=0.2, c=0.05), {"a": ["x"], "b": ["y"], "c": ["z"]})
    run_search(Genetic(initial="every_word", population=2, generations=1), scope)
    assert asked(scope)[1:4] == ["x b c", "a y c", "a b z"]


def test_changed_words_are_changed_again_only_with_repeat() -> None:
    # x is best for a alone; once b is y, only w for a flips the label; c never helps, so it stays unchanged
    script = {"x b c": 0.7, "w b c": 0.8, "a y c": 0.75, "x y c": 0.65, "w y c": 0.3}
    table = {"a": ["x", "w"], "b": ["y"], "c": ["z"]}
    for repeat, expected in ((True, "w y c"), (False, "x y c")):
        scope = scope_for("a b c", lambda s: script.get(s, 0.9), table)
        search = Genetic(population=4, generations=10, initial="every_word", temperature=0.01, repeat=repeat)
        assert str(run_search(search, scope)) == expected


def test_one_point_crossover_joins_a_beginning_and_an_end() -> None:
    search, rng = Genetic(crossover="one_point"), np.random.default_rng(0)
    children = {search._cross(rng, (1, 1, 1), (2, 2, 2)) for _ in range(100)}
    assert children == {(2, 2, 2), (1, 2, 2), (1, 1, 2)}


def test_a_child_that_the_constraints_forbid_gives_way_to_its_parent() -> None:
    for seed in range(10):
        scope = scope_for(
            "a b c",
            weights(a=0.1, b=0.12, c=0.02),
            {"a": ["x"], "b": ["y"], "c": ["z"]},
            (Without("x y"),),
            seed=seed,
        )
        ended = str(run_search(Genetic(population=6, generations=4), scope))
        assert not any("x y" in text for text in asked(scope))
        assert ended == "a y z"


def test_without_candidates_nothing_is_asked() -> None:
    scope = scope_for("a b", weights(a=0.5), {})
    assert run_search(Genetic(), scope) is scope.example.text
    assert scope.queries == 1


@pytest.mark.parametrize(
    "wrong",
    [{"population": 1}, {"generations": 0}, {"temperature": 0.0}, {"parents": "best"}, {"crossover": "two_point"}],
)
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError, match=next(iter(wrong))):
        Genetic(**wrong)
