"""What broke is drawn more often, by the formula that the documentation gives."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from robust.errors import UserError
from robust.lang.base import language
from robust.recipe.augment import AugmentRecipe
from robust.stages.augment import Item, copies_of
from robust.stages.augment.weights import Count, Weights, smoothed, weigh


def test_the_formula_by_hand() -> None:
    # p = (3 + 1) / (10 + 30) = 0.1; (3 + 10 * 0.1) / (10 + 10) = 0.2; (1 + 1) / (30 + 10) = 0.05
    words = {"good": Count(3, 10), "bad": Count(1, 30)}
    # p = 8 / 20 = 0.4; (6 + 4) / 20 = 0.5; (2 + 4) / 20 = 0.3; mean over the texts 0.4
    found = weigh(words, {"Positive": Count(6, 10), "negative": Count(2, 10)})
    assert found.words == pytest.approx({"good": 0.2, "bad": 0.05})
    assert found.other_words == pytest.approx(0.1)
    assert found.classes == pytest.approx({"positive": 1.25, "negative": 0.75})
    assert found.of_class("NEGATIVE") == pytest.approx(0.75)
    with pytest.raises(UserError, match=r"no class of the model .*positive, negative"):
        found.of_class("neutral")


def test_nothing_broke_nothing_weighs() -> None:
    found = weigh({"good": Count(0, 5)}, {"a": Count(0, 3), "b": Count(0, 9)})
    assert (found.words, found.other_words, found.classes) == ({"good": 1.0}, 1.0, {"a": 1.0, "b": 1.0})
    assert smoothed(Count(), 0.3) == pytest.approx(0.3), "what was never tried weighs the mean"


def recipe(**augment: object) -> AugmentRecipe:
    return AugmentRecipe.model_validate_json(
        json.dumps({"schema_version": 1, "name": "x", "languages": ["en"], "augment": augment})
    )


def items(n: int, text: str = "red blue", **more: str) -> list[Item]:
    return [Item(id=str(at), text=language("en").text(text), lang="en", **more) for at in range(n)]


def test_words_are_drawn_by_weight() -> None:
    weights = Weights(words={"red": 3.0}, other_words=1.0)
    plan = recipe(transformation={"casing": {"style": "upper"}})
    drawn = Counter(str(copy.text) for copy in copies_of(items(2000), plan, weights=weights))
    assert drawn["RED blue"] / 2000 == pytest.approx(0.75, abs=0.04)
    assert drawn["RED blue"] + drawn["red BLUE"] == 2000


def test_copies_go_by_class() -> None:
    weights = Weights(classes={"a": 1.3, "b": 0.5})
    plan = recipe(transformation={"casing": {"style": "upper"}}, copies=2)
    words = " ".join(f"w{at}" for at in range(60))
    made = {label: len(list(copies_of(items(600, words, label=label), plan, weights=weights))) for label in "ab"}
    assert made["a"] / 600 == pytest.approx(2.6, abs=0.1)  # a copy may come twice, and then counts once
    assert made["b"] / 600 == pytest.approx(1.0, abs=0.05)


def test_flows() -> None:
    upper, title = ({"transformation": {"casing": {"style": style}}} for style in ("upper", "title"))
    drawn_step, seldom = {"one_of": [upper, title], "weights": [3, 1]}, {"sometimes": "delete_word", "p": 0.3}
    made = list(copies_of(items(2000), recipe(flow={"sequence": [drawn_step, seldom]})))
    drawn = Counter(copy.operators for copy in made)
    assert sum(n for names, n in drawn.items() if "delete_word" in names) / 2000 == pytest.approx(0.3, abs=0.04)
    alone = [str(copy.text) for copy in made if copy.operators == ("casing",)]
    assert sum("RED" in string or "BLUE" in string for string in alone) / len(alone) == pytest.approx(0.75, abs=0.04)


def test_a_copy_depends_on_its_item_alone() -> None:
    plan = recipe(transformation="keyboard_typos", copies=2)
    text = "The waiters were friendly and the portions generous."
    many = [(copy.item.id, str(copy.text)) for copy in copies_of(items(700, text), plan, seed=3)]
    alone = [(copy.item.id, str(copy.text)) for copy in copies_of(items(700, text)[511:512], plan, seed=3)]
    assert alone == [made for made in many if made[0] == "511"]
    assert len({string for _, string in many}) > 150
