"""OpenAttack's attackers under our engine: as OpenAttack by itself, with the same words and synonyms."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

pytest.importorskip("OpenAttack", reason="OpenAttack is not installed: pip install 'robust[openattack]'")

from OpenAttack import Classifier
from OpenAttack.attackers import (
    DeepWordBugAttacker,
    GeneticAttacker,
    HotFlipAttacker,
    PSOAttacker,
    PWWSAttacker,
    TextBuggerAttacker,
    VIPERAttacker,
)

from robust import registry
from robust.adapters.openattack.parts import Words, given
from robust.adapters.openattack.search import OpenAttackCandidates, OpenAttackSearch
from robust.core.attack import Attack, Outcome
from robust.core.example import Example
from robust.core.seeds import derive
from robust.core.types import Lang
from robust.data.labels import to_examples
from robust.data.source import DataSpec, read
from robust.engine.run import EngineOptions, run_attack
from robust.errors import PluginError
from robust.goals.untargeted import Untargeted
from robust.lang.base import language
from robust.recipe.load import load_attack
from robust.testing import check_transformation
from robust.victims.load import load_victim

SMALL = {"pop_size": 4, "max_iters": 3}
ATTACKERS: dict[Any, tuple[dict[str, Any], int]] = {
    PWWSAttacker: ({}, 4),
    GeneticAttacker: (SMALL, 3),
    HotFlipAttacker: ({}, 3),
    PSOAttacker: (SMALL, 2),
    TextBuggerAttacker: ({}, 4),
    DeepWordBugAttacker: ({"power": 8}, 6),
    VIPERAttacker: ({"generations": 5}, 4),
}
"""Parameters, and on how many examples."""


def examples(lang: Lang, n: int) -> list[Example]:
    victim = load_victim(f"starter-{lang}", device="cpu", dtype="float32")
    return list(to_examples(read(DataSpec(source=f"starter-{lang}")), victim.meta.labels).examples[:n])


class Starter(Classifier):  # type: ignore[misc]
    """The starter in OpenAttack's own terms, and the number of texts it was asked for."""

    def __init__(self, lang: Lang) -> None:
        self.victim = load_victim(f"starter-{lang}", device="cpu", dtype="float32")
        self.asked = 0

    def get_prob(self, input_: list[str]) -> Any:
        self.asked += len(input_)
        logits = self.victim.logits([(string,) for string in input_]).astype(np.float64)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return np.round(chances, 6)

    def get_pred(self, input_: list[str]) -> Any:
        return self.get_prob(input_).argmax(axis=1)


def alone(cls: Any, lang: Lang, texts: list[Example]) -> dict[str, tuple[str | None, int]]:
    """The adversarial text and the queries of each example, one after the other."""
    parameters, found = ATTACKERS[cls][0], {}
    for example in texts:
        victim = Starter(lang)
        if victim.get_pred([str(example.text)])[0] != example.target:
            found[example.id] = (None, 1)
            continue
        victim.asked = 0
        drawn = int(np.random.default_rng(derive(0, "ours", example.id)).integers(2**32))
        random.seed(drawn)
        np.random.seed(drawn)  # noqa: NPY002 - OpenAttack draws from it
        ours = {} if cls is VIPERAttacker else given(lang)
        if cls is DeepWordBugAttacker:
            ours = {"tokenizer": ours["tokenizer"]}
        adversarial = cls(**ours, **parameters)(victim, {"x": str(example.text)})
        found[example.id] = (adversarial, victim.asked)
    return found


def ours(cls: Any, lang: Lang, texts: list[Example], **how: Any) -> dict[str, Outcome]:
    search = OpenAttackSearch(attacker=cls.__name__, parameters=ATTACKERS[cls][0])
    search.ready([lang])
    candidates = OpenAttackCandidates(attacker=cls.__name__)
    attack = Attack(name="ours", search=search, transformation=candidates, goal=Untargeted(), **how)
    victim = load_victim(f"starter-{lang}", device="cpu", dtype="float32")
    rows = {row.example_id: row for row in run_attack(attack, victim, texts)}
    assert not [row.error for row in rows.values() if row.error]
    return rows


@pytest.mark.parametrize("cls", ATTACKERS, ids=lambda cls: cls.__name__)
def test_as_by_itself(cls: Any) -> None:
    texts = examples("en", ATTACKERS[cls][1])
    rows = ours(cls, "en", texts)
    assert {key: (row.adversarial, row.queries) for key, row in rows.items()} == alone(cls, "en", texts)


@pytest.mark.parametrize("cls", [PWWSAttacker, TextBuggerAttacker])
def test_in_spanish(cls: Any) -> None:
    texts = examples("es", 4)
    rows = ours(cls, "es", texts)
    assert {key: (row.adversarial, row.queries) for key, row in rows.items()} == alone(cls, "es", texts)
    assert "success" in {row.status for row in rows.values()}


def test_no_example_depends_on_another() -> None:
    texts = examples("en", 4)
    search = OpenAttackSearch(attacker="GeneticAttacker", parameters=SMALL)
    attack = Attack(
        name="a",
        search=search,
        transformation=OpenAttackCandidates(attacker="GeneticAttacker"),
        goal=Untargeted(),
    )
    victim = load_victim("starter-en", device="cpu", dtype="float32")
    together = {row.example_id: (row.adversarial, row.queries) for row in run_attack(attack, victim, texts)}
    backwards = run_attack(attack, victim, texts[::-1], options=EngineOptions(in_flight=1))
    one = {row.example_id: (row.adversarial, row.queries) for row in backwards}
    assert together == one


def test_a_budget_ends_it() -> None:
    rows = ours(PWWSAttacker, "en", examples("en", 4), query_budget=20)
    assert {row.status for row in rows.values()} <= {"failure", "skipped"}
    assert max(row.queries for row in rows.values()) <= 20


def test_spaces_and_signs_are_kept() -> None:
    for lang, string in (("en", "  It isn't  bad, is it?!"), ("es", "«¡Qué año!», dijo él.")):
        words = Words(lang)  # type: ignore[arg-type]
        tokens = words.tokenize(string, pos_tagging=False)
        assert tokens == list(language(lang).text(string).words)
        assert words.detokenize(tokens) == string
        assert words.detokenize(words.tokenize(string)) == string
        assert words.detokenize(tokens[1:]) == " ".join(tokens[1:])


def test_in_a_recipe() -> None:
    built = load_attack("openattack-pwws").build()
    assert built.search == OpenAttackSearch(attacker="PWWSAttacker")
    assert built.transformation == OpenAttackCandidates(attacker="PWWSAttacker")
    assert built.goal == Untargeted()
    for family in ("searches", "transformations"):
        assert "openattack" in registry.names(family)  # type: ignore[arg-type]


def test_candidates_keep_the_contract() -> None:
    check_transformation(OpenAttackCandidates(attacker="PWWSAttacker"))


@pytest.mark.parametrize(
    ("given_", "lang", "says"),
    [
        ({"attacker": "PWSAttacker"}, "en", "did you mean 'PWWSAttacker'"),
        ({"attacker": "GeneticAttacker", "parameters": {"popsize": 3}}, "en", "did you mean 'pop_size'"),
        ({"attacker": "DeepWordBugAttacker"}, "es", "cannot be made for Spanish"),
        ({"attacker": "PWWSAttacker", "parameters": {"tokenizer": 3}}, "en", "tokenizer is 3, not an object"),
        ({"attacker": "GeneticAttacker", "parameters": {"pop_size": "many"}}, "es", "fails on a sentence"),
        ({"attacker": "FDAttacker"}, "en", "asks for gradients"),
        ({"attacker": "TextBuggerAttacker", "parameters": {"blackbox": False}}, "es", "asks for gradients"),
    ],
)
def test_mistakes(given_: dict[str, Any], lang: Lang, says: str) -> None:
    with pytest.raises(PluginError, match=says):
        OpenAttackSearch(**given_).ready([lang])
