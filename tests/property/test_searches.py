"""What holds for every search: exhaustive search bounds the others, and runs do not depend on their neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robust.constraints.no_repeat import NoRepeat
from robust.constraints.no_stopwords import NoStopwords
from robust.core.attack import Attack
from robust.core.search import Search
from robust.core.seeds import derive
from robust.engine.run import EngineOptions, run_attack
from robust.goals.untargeted import Untargeted
from robust.searches.beam import Beam
from robust.searches.exhaustive import Exhaustive
from robust.searches.expected_improvement import ExpectedImprovement
from robust.searches.genetic import Genetic
from robust.searches.greedy import Greedy
from robust.searches.greedy_word_ranking import GreedyWordRanking
from robust.searches.hard_label import HardLabel
from robust.searches.particle_swarm import ParticleSwarm
from robust.testing import ToyVictim, run_search
from robust.transformations.synonyms import Synonyms
from tests.golden.sentences import examples
from tests.unit.searches.scripted import Without, scope_for

SEARCHES: tuple[Search, ...] = (
    Greedy(),
    Beam(width=3),
    GreedyWordRanking(rank_by="delete"),
    GreedyWordRanking(rank_by="weighted_saliency"),
    ExpectedImprovement(),
    ExpectedImprovement(least=0.0, prune=0),
    Genetic(population=8, generations=5),
    Genetic(population=8, generations=5, initial="every_word", crossover="one_point", repeat=True),
    Genetic(population=8, generations=5, parents="proportional", draw_words="uniform", repeat=True),
    ParticleSwarm(population=8, iterations=5),
    HardLabel(tries=40, population=6, generations=6, patience=3),
)


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 3), min_size=1, max_size=4),
    luck=st.floats(0.005, 0.3),
    seed=st.integers(0, 10_000),
    forbid=st.booleans(),
)
def test_exhaustive_search_bounds_every_other(sizes: list[int], luck: float, seed: int, forbid: bool) -> None:
    words = [f"w{i}" for i in range(len(sizes))]
    table = {word: [f"{word}x{k}" for k in range(size)] for word, size in zip(words, sizes, strict=True)}
    original = " ".join(words)

    def probability(string: str) -> float:  # a label flips with a chance of `luck`, unlike that of its neighbours
        draw = derive(seed, string) / 2**64
        return 0.1 + 0.3 * draw if string != original and draw < luck else 0.6 + 0.3 * draw

    def success(search: Search) -> int | None:
        constraints = (NoRepeat(), *([Without("w0x0 w1x0")] if forbid else []))
        scope = scope_for(original, probability, table, constraints, seed=seed)
        ended = run_search(search, scope)
        return ended.words_changed if probability(str(ended)) < 0.5 else None

    fewest = success(Exhaustive())
    for search in SEARCHES:
        changed = success(search)
        assert changed is None or (fewest is not None and fewest <= changed), search


@pytest.mark.parametrize("search", [*SEARCHES, Exhaustive(max_texts=300)], ids=repr)
def test_results_do_not_depend_on_how_many_searches_are_in_flight(search: Search) -> None:
    victim = ToyVictim(lean=6.0)
    chosen = examples(victim)[::4]
    attack = Attack(
        name="in flight",
        search=search,
        transformation=Synonyms(k=4),
        constraints=(NoStopwords(), NoRepeat()),
        goal=Untargeted(),
        query_budget=150,
    )

    def outcomes(in_flight: int, order: int) -> dict[str, object]:
        options = EngineOptions(in_flight=in_flight)
        return {o.example_id: o for o in run_attack(attack, victim, chosen[::order], seed=3, options=options)}

    alone = outcomes(1, 1)
    assert all(o.queries <= 150 and o.status != "error" for o in alone.values())
    assert outcomes(4, 1) == alone
    assert outcomes(64, -1) == alone
