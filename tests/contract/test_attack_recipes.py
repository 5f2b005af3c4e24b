"""Every shipped attack recipe loads, says what it is, and can be built in both languages, or its own."""

from __future__ import annotations

import pytest

from robust.core.types import LANGS
from robust.recipe.load import load_attack, shipped

RECIPES = {recipe.name: recipe.path for recipe in shipped("attack")}


ENGLISH = ("contractions",)
"""Recipes of what only English has."""


@pytest.mark.parametrize("name", RECIPES)
def test_recipe(name: str) -> None:
    recipe, text = load_attack(name), RECIPES[name].read_text("utf-8")
    header = [line for line in text.splitlines() if line.startswith("#")]
    assert recipe.name == name
    assert recipe.build().name == name
    assert recipe.description
    assert recipe.cites
    only = {"en"} if name in ENGLISH else {"es"} if name.endswith("-es") else set(LANGS)
    assert set(recipe.languages) == only
    assert recipe.deviations, "none of our attacks is its paper's to the letter"
    model = "starter-" if recipe.attack.goal.name not in ("tagging_drop", "answer_drop", "overlap_drop") else "path/to"
    assert any(f"robust attack --recipe {name} --model {model}" in line for line in header)
    assert all("source" in row and "data" in row for row in recipe.reported if isinstance(row, dict))


def test_the_control_differs_from_textfooler_in_the_order_alone() -> None:
    control, ranked = load_attack("random-order").resolved()["attack"], load_attack("textfooler").resolved()["attack"]
    assert control.pop("search") == {"greedy_word_ranking": {"rank_by": "random", "unk": "[UNK]"}}
    assert ranked.pop("search") == {"greedy_word_ranking": {"rank_by": "delete", "unk": "[UNK]"}}
    assert control == ranked


def test_fewer_queries_differs_from_textfooler_in_the_search_alone() -> None:
    fewer, ranked = load_attack("fewer-queries").resolved()["attack"], load_attack("textfooler").resolved()["attack"]
    assert fewer.pop("search").keys() == {"expected_improvement"}
    assert ranked.pop("search").keys() == {"greedy_word_ranking"}
    assert fewer == ranked


def test_the_sentence_encoder_can_be_added_as_the_header_says() -> None:
    added = '["no_stopwords", {"sentence_similarity": {"model": "DIR", "minimum": 0.84}}]'
    built = load_attack("textfooler", overrides=[f"attack.constraints={added}"]).build()
    assert type(built.constraints[1]).__name__ == "SentenceSimilarity"


def test_the_masked_lm_can_be_named_as_the_header_says() -> None:
    built = load_attack("bert-attack", overrides=["attack.transformation.masked_lm.model=DIR"]).build()
    assert built.transformation.model == "DIR"
