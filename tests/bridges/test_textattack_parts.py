"""TextAttack's parts among ours, and what is said where something is missing or wrong."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from textattack.shared import AttackedText

from robust import registry
from robust.adapters.textattack.constraint import TextAttackConstraint
from robust.adapters.textattack.goal import TextAttackGoal
from robust.adapters.textattack.load import explain, part, recipe
from robust.adapters.textattack.search import TextAttackSearch
from robust.adapters.textattack.transformation import TextAttackTransformation
from robust.adapters.textattack.words import their_spans
from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.transformation import Site
from robust.errors import PluginError
from robust.lang.tokenise import spans
from robust.recipe.load import load_attack
from robust.testing import check_constraint, check_goal, check_transformation
from tests.bridges import alone as side

STRINGS = [
    "A don't-care film , n't it ?",
    "El niño dijo: «¡Qué año!»",
    "3,5 stars… it 's fine",
    "naïve\u0301 café 👍🏽 ok",
    "",
]


def text(string: str) -> Text:
    return Text(string, spans(string))


def test_the_plugins_are_registered() -> None:
    for family in set(registry.FAMILIES) - {"defences"}:
        assert "textattack" in registry.names(family)


@pytest.mark.parametrize("string", STRINGS)
def test_their_words_are_found_where_they_are(string: str) -> None:
    attacked = AttackedText(string)
    assert [string[lo:hi] for lo, hi in their_spans(attacked)] == attacked.words


@pytest.mark.parametrize("name", ["WordSwapQWERTY", "WordSwapRandomCharacterInsertion", "WordDeletion"])
def test_transformations_keep_the_contract(name: str) -> None:
    check_transformation(TextAttackTransformation(name=name))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("LevenshteinEditDistance", {"max_edit_distance": 3}), ("MaxWordsPerturbed", {"max_num_words": 1})],
)
def test_constraints_keep_the_contract(name: str, parameters: dict[str, Any]) -> None:
    check_constraint(TextAttackConstraint(name=name, parameters=parameters))


def test_goals_keep_the_contract() -> None:
    check_goal(TextAttackGoal(name="UntargetedClassification"))


def test_a_candidate_is_an_edit_of_the_word() -> None:
    start = text("A truly fine film, isn't it?")
    swaps = TextAttackTransformation(name="WordSwapNeighboringCharacterSwap", parameters={"random_one": False})
    (found,) = swaps([Site(start, 2, "en")])
    assert [t.words for t in found] == [start.replace(2, w).words for w in ("ifne", "fnie", "fien")]
    assert all(t.root is start and t.words_changed == 1 for t in found)
    (gone,) = TextAttackTransformation(name="WordDeletion")([Site(start, 2, "en")])
    assert [str(t) for t in gone] == ["A truly film, isn't it?"]
    assert gone[0].words_changed == 1


def test_a_constraint_that_chooses_words() -> None:
    start = text("The film isn't as fine as it was.")
    stopwords = TextAttackConstraint(name="StopwordModification")
    assert [w for w, ok in zip(start.words, stopwords.positions(start, "en"), strict=True) if ok] == [
        "The",
        "film",
        "fine",
    ]
    repeat, moved = TextAttackConstraint(name="RepeatModification"), start.replace(4, "good")
    assert [not ok for ok in repeat.positions(moved, "en")] == [at == 4 for at in range(len(moved))]


def test_a_constraint_that_judges_candidates() -> None:
    start = text("a fine film")
    pairs = [Pair(start, start.replace(1, w), "en") for w in ("fane", "magnificent")]
    assert TextAttackConstraint(name="LevenshteinEditDistance", parameters={"max_edit_distance": 3})(
        pairs
    ).tolist() == [
        True,
        False,
    ]


def test_a_recipe_of_ours_with_their_parts(tmp_path: Path) -> None:
    whole = yaml.safe_load(Path("recipes/attack/deepwordbug.yaml").read_text("utf-8"))
    whole["attack"]["transformation"] = {"textattack": {"name": "WordSwapQWERTY"}}
    whole["attack"]["constraints"] = [{"textattack": {"recipe": "DeepWordBugGao2018"}}]
    (tmp_path / "mixed.yaml").write_text(yaml.safe_dump(whole), "utf-8")
    built = load_attack(tmp_path / "mixed.yaml").build()
    assert built.transformation == TextAttackTransformation(name="WordSwapQWERTY")
    assert built.constraints == (TextAttackConstraint(recipe="DeepWordBugGao2018"),)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: part("attack_recipes", "DeepWordBugGao"), "did you mean 'DeepWordBugGao2018'"),
        (lambda: part("transformations", "Nothing"), "known: "),
        (lambda: recipe("Pruthi2019", {"max_words": 2}), "max_words"),
        (lambda: TextAttackTransformation(), "give either recipe or name"),
        (lambda: TextAttackGoal(name="MinimizeBleu").ready(["en"]), "not for classifiers"),
        (lambda: TextAttackSearch(recipe="PWWSRen2019").ready(["en"]), "NLTK's"),
    ],
)
def test_one_message_with_the_fix(make: Any, says: str) -> None:
    with pytest.raises(PluginError) as caught:
        make()
    assert says in str(caught.value)
    assert caught.value.fix


def test_downloads_and_packages_that_are_missing_are_explained() -> None:
    import requests

    network = explain(requests.exceptions.ConnectionError("host='textattack.s3.amazonaws.com'"), "TextFoolerJin2019")
    assert network is not None
    assert "downloaded" in str(network)
    package = explain(ModuleNotFoundError("No module named 'x'", name="x"), "A")
    assert package is not None
    assert package.fix == "pip install x"
    assert explain(KeyError("x"), "A") is None
    assert explain(ValueError("x"), "A") is None


def test_without_nltks_stopwords_the_message_says_so(tmp_path: Path) -> None:
    code = "from robust.adapters.textattack.load import library; library()"
    env = {**os.environ, "NLTK_DATA": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        pytest.skip("NLTK finds stopwords in a folder of the system")
    assert "TextAttack needs NLTK's stopwords" in ran.stderr
    assert "python -m nltk.downloader stopwords" in ran.stderr


def test_a_recipe_survives_pickling() -> None:
    attack = load_attack("textattack-deepwordbug").build()
    assert pickle.loads(pickle.dumps(attack.search)) == attack.search


def test_the_victim_of_a_pair_sees_the_frozen_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import dataclass

    from robust.core.attack import Attack
    from robust.core.example import Example
    from robust.engine.run import run_attack
    from robust.goals.untargeted import Untargeted
    from robust.testing import LetterSwaps, ToyVictim

    toy = ToyVictim()
    asked: list[tuple[str, ...]] = []

    @dataclass
    class Pairs:
        meta = toy.meta

        def logits(self, batch: Any, /) -> Any:
            asked.extend(batch)
            return toy.logits(batch)

    fields = ("A man plays the guitar outside.", "Somebody makes music in the open air.")
    target = int(toy.logits([fields])[0].argmax())
    example = Example(id="1", text=text(fields[1]), target=target, lang="en", before=fields[:1])
    attack = Attack(
        name="pair",
        search=TextAttackSearch(recipe="DeepWordBugGao2018"),
        transformation=LetterSwaps(),
        goal=Untargeted(),
    )
    (outcome,) = run_attack(attack, Pairs(), [example])
    assert outcome.error is None
    assert {first for first, _ in asked} == {fields[0]}
    assert len({second for _, second in asked}) == outcome.unique_queries > 5


def test_the_starter_wrapper_says_what_the_victim_says() -> None:
    strings = ["good", "a much longer text that is bad"]
    expected = side.victim().logits([(s,) for s in strings])
    assert abs(side.wrapper()(strings).numpy() - expected).max() < 2e-5
