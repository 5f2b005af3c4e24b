"""Exact adversarial texts and query counts of every recipe that needs no model, on the toy victim.

A difference means that results published before and after a change cannot be compared. If it is meant, write the files
anew with `ROBUST_UPDATE_GOLDEN=1 python -m pytest tests/golden` and say so in the changelog. The recipe `bert-attack`
is left out: its candidates come from floating-point scores, which differ between machines in the last digits.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest

from robust.core.attack import needs_gradients
from robust.engine.run import EngineOptions, run_attack
from robust.recipe.load import load_attack
from robust.testing import ToyNetwork, ToyVictim
from tests.golden.sentences import ASKING, CONTRACTED, NAMED, SENTENCES, examples

RECIPES = (
    *("a2t", "alzantot", "beam-synonyms", "checklist", "deepwordbug", "diacritics-es", "eda", "faster-alzantot"),
    "fewer-queries",
    *("hard-label", "hotflip", "hotflip-chars", "iga", "input-reduction", "irrelevance", "keyboard-typos"),
    *("kuleshov", "learned-typos", "leet", "morpheus", "ocr-errors", "pruthi", "pso", "pwws"),
    *(
        "random-order",
        "spacing",
        "spelling-es",
        "textbugger",
        "textfooler",
        "texting",
        "tone-es",
        "variety-es",
        "viper",
    ),
    *("textfooler-embeddings", "tfadjusted", "clitics-es", "inclusive-es", "marks-es", "code-switching"),
    "contractions",
)
UPDATE = "ROBUST_UPDATE_GOLDEN"
VICTIM = ToyVictim(lean=9.0)
LEAN = {
    **{
        "a2t": 6.0,
        "checklist": 4.0,
        "diacritics-es": 5.0,
        "eda": 5.0,
        "hotflip": 4.0,
        "hotflip-chars": 4.0,
        "irrelevance": 2.0,
        "keyboard-typos": 16.0,
        "learned-typos": 16.0,
        "leet": 12.0,
        "morpheus": 5.0,
        "pruthi": 2.0,
    },
    **{"textfooler-embeddings": 5.0, "tfadjusted": 3.0},
    **{"clitics-es": 1.0, "inclusive-es": 1.0, "marks-es": 1.0},
    **{"code-switching": 1.0, "contractions": 1.0, "texting": 1.0},
    **{"spelling-es": 3.0, "tone-es": 1.0, "variety-es": 1.0},
}
"""Where `VICTIM` falls to nearly every attack, or to nearly none: how much the victim leans instead."""
ADDRESSED = ("tone-es", "variety-es")
"""Recipes that get the sentences `ADDRESSED` as well."""


OWN_SENTENCES = {
    "checklist": NAMED,
    "contractions": CONTRACTED,
    **dict.fromkeys(("clitics-es", "inclusive-es", "marks-es"), ASKING),
}
"""Recipes that the usual sentences give nothing to do."""


@cache
def outcomes(recipe: str, *, in_flight: int = 64) -> dict[str, dict[str, object]]:
    loaded = load_attack(recipe)
    lean = LEAN.get(recipe, VICTIM.lean)
    victim = ToyNetwork(lean=lean) if needs_gradients(loaded.build().search) else ToyVictim(lean=lean)
    sentences = OWN_SENTENCES.get(recipe, SENTENCES)
    several = examples(victim, sentences, addressed=recipe in ADDRESSED)
    fitting = [example for example in several if example.lang in loaded.languages]
    run = run_attack(loaded.build(), victim, fitting, seed=0, options=EngineOptions(in_flight=in_flight))
    rows = {
        o.example_id: {
            "status": o.status,
            "adversarial": o.adversarial,
            "queries": o.queries,
            "unique_queries": o.unique_queries,
            "words_changed": o.words_changed,
        }
        for o in run
    }
    return dict(sorted(rows.items()))


@pytest.mark.parametrize("recipe", RECIPES)
def test_outcomes_are_what_they_were(recipe: str) -> None:
    path = Path(__file__).parent / f"{recipe}.json"
    found = outcomes(recipe)
    if os.environ.get(UPDATE):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert found == kept, f"{path.name}: if this is meant, run {UPDATE}=1 python -m pytest tests/golden"


@pytest.mark.parametrize("recipe", ["deepwordbug", "hotflip"])
def test_the_number_in_flight_changes_nothing(recipe: str) -> None:
    assert outcomes(recipe, in_flight=1) == outcomes(recipe, in_flight=5)


def test_every_recipe_succeeds_and_fails_somewhere() -> None:
    for recipe in RECIPES:
        if recipe == "input-reduction":  # every toy victim can be talked to in three words
            continue
        statuses = [row["status"] for row in outcomes(recipe).values()]
        assert 0.1 <= statuses.count("success") / len(statuses) <= 0.95, recipe
        assert set(statuses) <= {"success", "failure"}
