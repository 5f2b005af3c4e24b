"""nlpaug's augmenters as ours, with the real package."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

pytest.importorskip("nlpaug", reason="nlpaug is not installed: pip install 'robust[nlpaug]'")

from robust.adapters.nlpaug import NlpaugTransformation
from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.base import language
from robust.recipe.augment import AugmentRecipe
from robust.stages.augment import Item, copies_of
from robust.testing import check_transformation

KEYS: tuple[dict[str, Any], ...] = ({"KeyboardAug": {"aug_char_max": 1}},)
WORDS: tuple[dict[str, Any], ...] = ({"RandomWordAug": {"action": "swap", "aug_max": 1}},)
SENTENCE = "The waiters were friendly and the portions generous."


@pytest.mark.parametrize("augmenters", [KEYS, WORDS, (*KEYS, {"OcrAug": {}})])
def test_the_contract_holds(augmenters: tuple[dict[str, Any], ...]) -> None:
    check_transformation(NlpaugTransformation(augmenters=augmenters, k=2))


def test_global_generators_are_given_back() -> None:
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    expected = random.random(), np.random.random()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    text = language("en").text(SENTENCE)
    made = [NlpaugTransformation(augmenters=KEYS)([Site(text, at, "en", 7)]) for at in range(len(text))]
    assert any(candidates[0] for candidates in made)
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002


def test_letters_change_a_word_and_words_the_text() -> None:
    text = language("en").text(SENTENCE)
    keys, words = NlpaugTransformation(augmenters=KEYS), NlpaugTransformation(augmenters=WORDS)
    assert (keys.whole, words.whole) == (False, True)
    ((candidate,),) = keys([Site(text, 1, "en", 3)])
    assert candidate.edited == {1}
    ((candidate,),) = words([Site(text, 0, "en", 3)])
    assert sorted(str(candidate).lower().split()) != sorted(SENTENCE.split()) or str(candidate) != SENTENCE
    assert words([Site(text, 1, "en", 3)]) == [[]]


def test_as_an_augmenter() -> None:
    part = {"transformation": {"nlpaug": {"augmenters": list(KEYS)}}}
    plan = AugmentRecipe.model_validate_json(
        json.dumps({"schema_version": 1, "name": "n", "languages": ["en"], "augment": part})
    )
    items = [Item(id=str(at), text=language("en").text(SENTENCE), lang="en") for at in range(20)]
    made = [str(copy.text) for copy in copies_of(items, plan)]
    assert made == [str(copy.text) for copy in copies_of(items, plan)]
    assert len(set(made)) > 5


@pytest.mark.parametrize(
    ("augmenters", "said"),
    [
        (({"KeybordAug": {}},), "did you mean 'KeyboardAug'"),
        (({"KeyboardAug": {"aug_chars_max": 1}},), "did you mean 'aug_char_max'"),
        (({"RandomWordAug": {"action": "fly"}},), "cannot be made"),
    ],
)
def test_mistakes(augmenters: tuple[dict[str, Any], ...], said: str) -> None:
    with pytest.raises(PluginError, match=said):
        NlpaugTransformation(augmenters=augmenters).ready(["en"])
