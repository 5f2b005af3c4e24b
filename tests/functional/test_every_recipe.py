"""Every attack recipe for classifiers, in every language it is for, on the bundled model and 20 of its sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.recipe.load import load_attack, shipped
from tests.functional.command import robust

OTHER_TASKS = ("ner-", "qa-", "addsent", "seq2seq-")
"""Recipes for taggers and models that answer questions or write texts; their own tests run them."""
OTHER_FRAMEWORKS = ("textattack-", "openattack-")
"""Recipes that need the package of another framework; `make test-bridges` runs them."""
NEEDS_A_MODEL = ("bert-attack", "bae", "clare", "paraphrase", "back-translation")
"""Recipes with a model of their own; their own tests run them with tiny ones."""
BUDGET = 60
"""Queries an example at most: some recipes would ask thousands."""

CASES = [
    (recipe.name, lang)
    for recipe in shipped("attack")
    if recipe.name not in NEEDS_A_MODEL and not recipe.name.startswith(OTHER_TASKS + OTHER_FRAMEWORKS)
    for lang in load_attack(recipe.name).languages
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), CASES)
def test_it_runs_on_the_bundled_model(name: str, lang: str, tmp_path: Path) -> None:
    words = ["attack", "--recipe", name, "--model", f"starter-{lang}", "--data", f"starter-{lang}", "--limit", 20]
    budget = ["--set", f"attack.query_budget={BUDGET}"]
    ran = robust(*words, *budget, "--out", tmp_path / "run", "--examples", 0, "--device", "cpu", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["n"] == 20
    assert told["errors"] == 0
    assert told["clean_accuracy"]["k"] >= told["accuracy_under_attack"]["k"] >= 0
    assert told["attack_success_rate"]["n"] + told["skipped"] == 20
    assert told["queries_mean"] <= BUDGET
