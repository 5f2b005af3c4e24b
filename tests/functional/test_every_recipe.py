"""Every attack recipe for classifiers, in every language it is for, on the bundled model and 20 of its sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.recipe.load import load_attack, shipped
from tests import tiny_models as tiny
from tests.functional.command import robust

OTHER_TASKS = ("ner-", "qa-", "addsent", "seq2seq-")
"""Recipes for taggers and models that answer questions or write texts; their own tests run them."""
OTHER_FRAMEWORKS = ("textattack-", "openattack-")
"""Recipes that need the package of another framework; `make test-bridges` runs them."""
MODELS = {
    "bert-attack": {"masked_lm.model": "masked"},
    "bae": {"masked_lm_edits.model": "masked"},
    "clare": {"masked_lm_edits.model": "masked"},
    "paraphrase": {"paraphrase.model": "writer"},
    "back-translation": {"back_translation.there": "writer", "back_translation.back": "writer"},
}
"""Recipes with a model of their own, and the tiny one that each field gets here."""
BUDGET = 60
"""Queries an example at most: some recipes would ask thousands."""

CASES = [
    (recipe.name, lang)
    for recipe in shipped("attack")
    if not recipe.name.startswith(OTHER_TASKS + OTHER_FRAMEWORKS)
    for lang in load_attack(recipe.name).languages
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("models")
    return {"masked": tiny.bert(folder / "masked", head="MaskedLM"), "writer": tiny.seq2seq(folder / "writer")}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), CASES)
def test_it_runs_on_the_bundled_model(name: str, lang: str, models: dict[str, str], tmp_path: Path) -> None:
    words = ["attack", "--recipe", name, "--model", f"starter-{lang}", "--data", f"starter-{lang}", "--limit", 20]
    budget = ["--set", f"attack.query_budget={BUDGET}"]
    for field, kind in MODELS.get(name, {}).items():
        budget += ["--set", f"attack.transformation.{field}={models[kind]}"]
    ran = robust(*words, *budget, "--out", tmp_path / "run", "--examples", 0, "--device", "cpu", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["n"] == 20
    assert told["errors"] == 0
    assert told["clean_accuracy"]["k"] >= told["accuracy_under_attack"]["k"] >= 0
    assert told["attack_success_rate"]["n"] + told["skipped"] == 20
    assert told["queries_mean"] <= BUDGET
