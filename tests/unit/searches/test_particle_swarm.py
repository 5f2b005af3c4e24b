"""The particle swarm: velocities by hand; the whole algorithm against a plain second implementation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from robust.core.seeds import derive
from robust.errors import PluginError
from robust.goals.untargeted import Untargeted
from robust.searches.particle_swarm import ParticleSwarm, velocities
from robust.testing import run_search
from tests.unit.searches.scripted import TABLE, WORDS, Scripted, Without, asked, rugged, scope_for, weights


# ------------------------------------------------------------------ velocity
def test_velocities_by_hand() -> None:
    # word by word the particle: agrees with both bests, differs from its own, differs from the swarm's, from both
    found = velocities(
        np.array([[1.0, 1.0, -2.0, 0.5]]), [(1, 1, 1, 1)], [(1, 2, 1, 2)], (1, 1, 2, 2), inertia=0.5, largest=3.0
    )
    # 0.5 * 1 + 0.5 * (-6) = -2.5;  0.5 * 1 + 0 = 0.5;  0.5 * -2 + 0 = -1;  0.5 * 0.5 + 0.5 * 6 = 3.25, cut to 3
    assert found.tolist() == [[-2.5, 0.5, -1.0, 3.0]]


def test_velocities_are_cut_on_both_sides_and_keep_their_inertia() -> None:
    start = np.array([[2.0, -2.0]])
    same, other = [(0, 1)], (5, 6)
    assert velocities(start, same, same, same[0], inertia=0.2, largest=3.0).tolist() == [[-3.0, -3.0]]
    assert velocities(start, same, [other], other, inertia=0.2, largest=3.0).tolist() == [[3.0, 3.0]]
    assert velocities(start, same, same, same[0], inertia=1.0, largest=3.0).tolist() == [[2.0, -2.0]]


# ------------------------------------------------------------------ the whole algorithm
def reference(probability: Callable[[str], float], search: ParticleSwarm, seed: int) -> tuple[str, set[str]]:
    """Zang et al.'s search on lists of words, with scalar arithmetic: the text it ends on, and all that it asked."""
    rng = np.random.default_rng(derive(seed, "e"))
    victim, goal = Scripted(probability), Untargeted()
    known: dict[str, tuple[float, bool]] = {}

    def ask(words: list[str]) -> float:
        logits = victim.logits([(" ".join(words),)])
        return known.setdefault(" ".join(words), (float(goal.score(logits, 1)[0]), bool(goal.done(logits, 1)[0])))[0]

    def winner() -> str | None:
        return max((t for t, (_, done) in known.items() if done), key=lambda t: known[t][0], default=None)

    slots = [i for i, word in enumerate(WORDS) if word in TABLE]
    sizes = [min(len(TABLE[WORDS[i]]), 10) for i in slots]

    def draw(text: list[str]) -> int:
        free = [n * (text[i] == WORDS[i]) for n, i in zip(sizes, slots, strict=True)]
        free = free if any(free) else sizes
        return slots[rng.choice(len(slots), p=[n / sum(free) for n in free])]

    def mutate(text: list[str], i: int) -> list[str]:
        best = list(text)
        for option in (WORDS[i], *TABLE[WORDS[i]]):
            other = [*text[:i], option, *text[i + 1 :]]
            if ask(other) > ask(best):
                best = other
        return best

    ask(WORDS)
    n, top = search.population, search.max_velocity
    swarm = [mutate(WORDS, i) for i in [draw(WORDS) for _ in range(n)]]
    own = [list(text) for text in swarm]
    best = max(swarm, key=ask)
    speed = [[float(v)] * len(slots) for (v,) in rng.uniform(-top, top, (n, 1))]
    for t in range(search.iterations):
        if winner():
            break
        inertia = 0.8 - 0.6 * t / search.iterations
        for k in range(n):
            for j, i in enumerate(slots):
                pull = (top if swarm[k][i] != own[k][i] else -top) + (top if swarm[k][i] != best[i] else -top)
                speed[k][j] = max(-top, min(top, inertia * speed[k][j] + (1 - inertia) * pull))
        for towards, chance in (
            (own, 0.8 - 0.6 * t / search.iterations),
            ([best] * n, 0.2 + 0.6 * t / search.iterations),
        ):
            moves, turns = rng.random((n, 1)), rng.random((n, len(slots)))
            for k in range(n):
                if moves[k, 0] < chance:
                    swarm[k] = list(swarm[k])
                    for j, i in enumerate(slots):
                        if turns[k, j] < 1 / (1 + math.exp(-speed[k][j])):
                            swarm[k][i] = towards[k][i]
        for text in swarm:
            ask(text)
        if winner():
            break
        dice = rng.random(n)
        mutating = []
        for k in range(n):
            changed = sum(a != b for a, b in zip(swarm[k], WORDS, strict=True)) / len(WORDS)
            if dice[k] < 1 - 2 * changed:
                mutating.append(k)
        for k, i in zip(mutating, [draw(swarm[k]) for k in mutating], strict=True):
            swarm[k] = mutate(swarm[k], i)
        for k in range(n):
            if ask(swarm[k]) > ask(own[k]):
                own[k] = list(swarm[k])
        best = max([best, *own], key=ask)
    return winner() or " ".join(best), set(known)


@pytest.mark.parametrize("depth", [0.03, 0.08, 0.15])
@pytest.mark.parametrize("search", [ParticleSwarm(population=6, iterations=5), ParticleSwarm(population=9)])
def test_same_text_and_same_queries_as_the_reference(depth: float, search: ParticleSwarm) -> None:
    for seed in range(6):
        scope = scope_for(" ".join(WORDS), rugged(depth), TABLE, seed=seed)
        ended = str(run_search(search, scope))
        expected, known = reference(rugged(depth), search, seed)
        assert ended == expected
        assert set(asked(scope)) == known
        assert scope.queries == len(known)


# ------------------------------------------------------------------ the rest
def test_a_particle_does_not_move_to_a_forbidden_text() -> None:
    for seed in range(10):
        scope = scope_for(
            "a b c d e f",
            weights(a=0.1, b=0.12, c=0.02),
            {"a": ["x"], "b": ["y"], "c": ["z"]},
            (Without("x y"),),
            seed=seed,
        )
        assert str(run_search(ParticleSwarm(population=6, iterations=8), scope)) == "a y z d e f"
        assert not any("x y" in text for text in asked(scope))


def test_texts_with_half_of_their_words_changed_do_not_mutate() -> None:
    # 1 - 2 * 1/2 = 0: with two words the first replacement is the last that a mutation makes
    scope = scope_for("a b", weights(a=0.1, b=0.1), {"a": ["x"], "b": ["y"]})
    run_search(ParticleSwarm(population=1, iterations=30), scope)
    assert "x y" not in asked(scope)


def test_without_candidates_nothing_is_asked() -> None:
    scope = scope_for("a b", weights(a=0.5), {})
    assert run_search(ParticleSwarm(), scope) is scope.example.text
    assert scope.queries == 1


@pytest.mark.parametrize("wrong", [{"population": 0}, {"iterations": 0}, {"max_velocity": 0.0}])
def test_wrong_parameters_are_refused(wrong: dict) -> None:
    with pytest.raises(PluginError, match=next(iter(wrong))):
        ParticleSwarm(**wrong)
