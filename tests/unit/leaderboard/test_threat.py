"""Threat models are read off recipes; no transformation of the package is without a kind."""

from __future__ import annotations

import pytest

from robust import registry
from robust.leaderboard.threat import GRANULARITY, perturbation, threat_model
from robust.recipe.load import load_attack


def test_every_transformation_of_the_package_has_a_kind() -> None:
    known = registry.names("transformations")
    ours = {name for name in known if registry.origin("transformations", name).startswith("robust ")}
    assert ours - {"any_of", "nlpaug", "openattack", "textattack"} == set(GRANULARITY)


@pytest.mark.parametrize(
    ("recipe", "access", "granularity"),
    [
        ("textfooler", "score", ("word",)),
        ("hard-label", "decision", ("word",)),
        ("a2t", "gradient", ("word",)),
        ("hotflip-chars", "gradient", ("character",)),
        ("textbugger", "score", ("character", "word")),
        ("irrelevance", "score", ("sentence",)),
    ],
)
def test_what_an_attacker_may_see_and_do(recipe: str, access: str, granularity: tuple[str, ...]) -> None:
    found = threat_model([load_attack(recipe)])
    assert (found.access, found.granularity) == (access, granularity)


def test_a_suite_is_as_loose_as_its_loosest_attack() -> None:
    few, many = (load_attack("textfooler", overrides=[f"attack.query_budget={n}"]) for n in (10, 500))
    assert threat_model([few, many]).max_queries == 500
    assert threat_model([few, load_attack("textfooler")]).max_queries is None
    assert threat_model([few, load_attack("a2t")]).access == "gradient"


def test_searches_share_a_perturbation_and_constraints_do_not() -> None:
    plain, looser = load_attack("textfooler"), load_attack("textfooler", overrides=["attack.constraints=[]"])
    other_search = load_attack("textfooler", overrides=["attack.search=greedy"])
    assert perturbation(plain.resolved()) == perturbation(other_search.resolved())
    assert perturbation(plain.resolved()) != perturbation(looser.resolved())
