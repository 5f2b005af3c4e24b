"""Our victims and attacks in TextAttack's own code."""

from __future__ import annotations

import pytest
import textattack
from textattack.attack_results import FailedAttackResult, SkippedAttackResult, SuccessfulAttackResult

from robust.adapters.textattack import robust_attack, victim_wrapper
from robust.core.attack import Attack
from robust.engine.run import run_attack
from robust.errors import PluginError
from robust.recipe.load import load_attack
from tests.bridges import alone as side

KINDS = {SuccessfulAttackResult: "success", FailedAttackResult: "failure", SkippedAttackResult: "skipped"}


def test_an_attacker_of_theirs_runs_an_attack_of_ours_on_a_victim_of_ours() -> None:
    examples = side.starter(6)
    attack = robust_attack("textfooler", victim_wrapper(side.victim()), lang="en")
    data = textattack.datasets.Dataset([(str(e.text), e.target) for e in examples])
    settings = textattack.AttackArgs(num_examples=len(examples), disable_stdout=True, silent=True)
    results = textattack.Attacker(attack, data, settings).attack_dataset()
    alone = {o.example_id: o for o in run_attack(load_attack("textfooler").build(), side.victim(), examples)}
    for example, result in zip(examples, results, strict=True):
        outcome = alone[example.id]
        assert KINDS[type(result)] == outcome.status
        if outcome.status != "skipped":
            assert result.num_queries == outcome.unique_queries
        if outcome.adversarial is not None:
            assert result.perturbed_text() == outcome.adversarial


def test_their_budget_ends_our_search() -> None:
    attack = robust_attack("textfooler", victim_wrapper(side.victim()), query_budget=5)
    example = side.starter(1)[0]
    result = attack.attack(str(example.text), example.target)
    assert isinstance(result, FailedAttackResult)
    assert result.num_queries <= 5


def test_what_cannot_run_there_is_refused() -> None:
    wrapper = victim_wrapper(side.victim())
    with pytest.raises(PluginError, match="untargeted"):
        robust_attack("input-reduction", wrapper)
    with pytest.raises(PluginError, match="gradients"):
        robust_attack("a2t", wrapper)
    assert isinstance(load_attack("textfooler").build(), Attack)
