"""spaCy as victim, tagger and tokeniser, with the real package and pipelines made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("spacy", reason="spaCy is not installed: pip install 'robust[spacy]'")

import spacy
from spacy.training import Example as Trained

from robust import registry
from robust.adapters.spacy import SpacyTags, text
from robust.core.attack import Attack
from robust.core.constraint import Pair
from robust.core.example import Example
from robust.engine.run import EngineOptions, run_attack
from robust.errors import ModelError, PluginError, UserError
from robust.goals.untargeted import Untargeted
from robust.lang.base import language
from robust.recipe.load import load_attack
from robust.testing import check_constraint
from robust.victims.load import load_victim
from robust.victims.spacy import SpacyVictim

SAID = {
    "good": ["a fine warm soup", "the waiters were kind", "we loved the fresh bread", "kind people and fine wine"],
    "bad": ["a cold dull soup", "the waiters were rude", "we hated the stale bread", "rude people and dull wine"],
}
TEXTS = ["the soup was fine and the waiters kind", "a dull place with rude people", "fresh bread", "", "xyz"]


def classifier(lang: str = "en", component: str = "textcat", labels: tuple[str, ...] = ("bad", "good")) -> Any:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank(lang)
    part = nlp.add_pipe(component)
    for label in labels:
        part.add_label(label)
    rows = [
        Trained.from_dict(nlp.make_doc(string), {"cats": {label: float(label == gold) for label in labels}})
        for gold in labels
        for string in SAID.get(gold, ["nothing"])
    ]
    optimizer = nlp.initialize(lambda: rows)
    for _ in range(15):
        nlp.update(rows, sgd=optimizer)
    return nlp


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spacy") / "classifier"
    classifier().to_disk(folder)
    return folder


# ------------------------------------------------------------------ victim
def test_logits_are_the_logarithms_of_what_spacy_says(trained: Path) -> None:
    victim, nlp = load_victim(f"spacy:{trained}"), spacy.load(trained)
    answer = victim.logits([(string,) for string in TEXTS])
    expected = [[nlp(string).cats[label] for label in ("bad", "good")] for string in TEXTS if string]
    full = [row for row, string in enumerate(TEXTS) if string]
    assert (answer.dtype, answer.shape) == (np.float32, (len(TEXTS), 2))
    np.testing.assert_allclose(np.exp(answer[full]), expected, rtol=1e-4)
    assert answer[0].argmax() == 1
    assert answer[1].argmax() == 0
    assert answer[3, 0] == answer[3, 1]  # a text without tokens
    assert victim.logits([]).shape == (0, 2)
    np.testing.assert_allclose(victim.logits([("",)]), answer[3:4])


def test_what_a_run_records(trained: Path, tmp_path: Path) -> None:
    meta = load_victim(f"spacy:{trained}").meta
    assert (meta.name, meta.labels, meta.langs) == (f"spacy:{trained}", ("bad", "good"), frozenset({"en"}))
    assert meta.revision.startswith("sha256:")
    other = tmp_path / "other"
    classifier(labels=("bad", "good", "so")).to_disk(other)
    assert load_victim(f"spacy:{other}").meta.revision != meta.revision


def test_it_is_attacked(trained: Path) -> None:
    victim = load_victim(f"spacy:{trained}")
    examples = [
        Example(id=f"{gold}{at}", text=language("en").text(string), target=int(gold == "good"), lang="en")
        for gold, strings in SAID.items()
        for at, string in enumerate(strings)
    ]
    attack = load_attack("deepwordbug").build()
    outcomes = {row.example_id: row for row in run_attack(attack, victim, examples)}
    assert not [row.error for row in outcomes.values() if row.error]
    assert sum(row.status == "success" for row in outcomes.values()) > 3
    nlp = spacy.load(trained)
    for example in examples:
        row = outcomes[example.id]
        if row.adversarial is not None:
            cats = nlp(row.adversarial).cats
            assert max(cats, key=cats.get) != ("bad", "good")[int(example.target)]  # type: ignore[call-overload]
    alone = run_attack(attack, victim, examples, options=EngineOptions(in_flight=1))
    assert {row.example_id: row.adversarial for row in alone} == {i: row.adversarial for i, row in outcomes.items()}


@pytest.mark.parametrize(
    ("nlp", "says"),
    [
        (lambda: spacy.blank("en"), "has 0 components textcat"),
        (lambda: classifier(component="textcat_multilabel"), "several labels"),
    ],
)
def test_other_pipelines_are_refused(nlp: Any, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        SpacyVictim.of(nlp())


def test_one_message_with_the_fix(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no spaCy pipeline en_core_nothing_sm") as caught:
        load_victim("spacy:en_core_nothing_sm")
    assert caught.value.fix == "python -m spacy download en_core_nothing_sm"
    with pytest.raises(ModelError, match="no spaCy pipeline") as caught:
        load_victim(f"spacy:{tmp_path / 'nowhere'}")
    assert caught.value.fix == "check the path"
    (tmp_path / "broken").mkdir()
    with pytest.raises(ModelError, match="spaCy cannot read the pipeline"):
        load_victim(f"spacy:{tmp_path / 'broken'}")
    with pytest.raises(UserError, match="--max-length means nothing"):
        load_victim(f"spacy:{trained}", max_length=64)
    with pytest.raises(ModelError, match="takes one text and got 2"):
        load_victim(f"spacy:{trained}").logits([("a", "b")])


# ------------------------------------------------------------------ tagger
def tagger(folder: Path, lang: str, words: dict[str, tuple[str, str]]) -> str:
    """A pipeline that tags by rule: word → part of speech and features; `light` is a noun behind `the`."""
    nlp = spacy.blank(lang)
    ruler = nlp.add_pipe("attribute_ruler")
    for word, (pos, morph) in words.items():
        ruler.add(patterns=[[{"LOWER": word}]], attrs={"POS": pos, "TAG": f"{pos}-{word[-1]}", "MORPH": morph})
    ruler.add(patterns=[[{"LOWER": "the"}, {"LOWER": "light"}]], attrs={"POS": "NOUN"}, index=1)
    nlp.to_disk(folder)
    return str(folder)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> str:
    nouns = dict.fromkeys(["house", "lamp", "film"], ("NOUN", "Number=Sing"))
    others = {"light": ("ADJ", ""), "old": ("ADJ", ""), "is": ("VERB", ""), "runs": ("VERB", ""), "the": ("DET", "")}
    return tagger(tmp_path_factory.mktemp("tags") / "en", "en", {**nouns, **others})


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> str:
    words = {
        "la": ("DET", "Gender=Fem|Number=Sing"),
        "casa": ("NOUN", "Gender=Fem|Number=Sing"),
        "casas": ("NOUN", "Gender=Fem|Number=Plur"),
        "vieja": ("ADJ", "Gender=Fem|Number=Sing"),
        "antigua": ("ADJ", "Gender=Fem|Number=Sing"),
        "viejo": ("ADJ", "Gender=Masc|Number=Sing"),
    }
    return tagger(tmp_path_factory.mktemp("tags") / "es", "es", words)


def kept(constraint: SpacyTags, string: str, index: int, words: list[str], lang: Any = "en") -> list[bool]:
    start = language(lang).text(string)
    found: list[bool] = constraint([Pair(start, start.replace(index, word), lang) for word in words]).tolist()
    return found


def test_words_are_tagged_in_their_sentence(english: str) -> None:
    constraint = SpacyTags(model=english)
    constraint.ready(["en"])
    assert kept(constraint, "the light is old", 1, ["lamp", "house", "old"]) == [True, True, False]
    assert kept(constraint, "a light house", 1, ["lamp", "old"]) == [False, True]
    assert constraint([]).tolist() == []


def test_nouns_for_verbs_only_where_that_is_asked_for(english: str) -> None:
    assert kept(SpacyTags(model=english), "the film runs", 2, ["lamp", "is"]) == [False, True]
    loose = SpacyTags(model=english, noun_for_verb=True)
    assert kept(loose, "the film runs", 2, ["lamp", "is", "old"]) == [True, True, False]


def test_features_are_agreement(spanish: str) -> None:
    string, words = "la casa vieja", ["antigua", "viejo"]
    assert kept(SpacyTags(model=spanish), string, 2, words, "es") == [True, True]
    assert kept(SpacyTags(model=spanish, attribute="morph"), string, 2, words, "es") == [True, False]
    assert kept(SpacyTags(model=spanish, attribute="tag"), string, 1, ["casas", "casa"], "es") == [False, True]


def test_the_contract_holds(english: str) -> None:
    check_constraint(SpacyTags(model=english))


def test_it_is_a_plugin(english: str) -> None:
    assert "spacy" in registry.names("constraints")
    assert registry.identify(SpacyTags(model=english)) != registry.identify(SpacyTags(model=english + "/."))
    assert "sha256:" in registry.identify(SpacyTags(model=english))


def test_a_tagger_that_does_not_fit(english: str, trained: Path) -> None:
    with pytest.raises(ModelError, match="is for en, and the texts are es"):
        SpacyTags(model=english).ready(["es"])
    with pytest.raises(ModelError, match="nothing that sets `pos`"):
        SpacyTags(model=str(trained)).ready(["en"])
    with pytest.raises(PluginError, match="no attribute"):
        SpacyTags(model=english, attribute="dep")  # type: ignore[arg-type]
    with pytest.raises(PluginError, match="parts of speech"):
        SpacyTags(model=english, attribute="morph", noun_for_verb=True)


# ------------------------------------------------------------------ tokeniser
def test_its_tokens_as_words(trained: Path) -> None:
    string = "  It isn't a film,\nis it?"
    made = text(string, str(trained))
    assert str(made) == string
    assert made.words == ("It", "is", "n't", "a", "film", "is", "it")
    assert str(made.replace(4, "movie")) == "  It isn't a movie,\nis it?"
    target = int(load_victim(f"spacy:{trained}").logits([(string,)])[0].argmax())
    example = Example(id="1", text=made, target=target, lang="en")
    parts = load_attack("deepwordbug").build()
    attack = Attack(name="a", search=parts.search, transformation=parts.transformation, goal=Untargeted())
    (outcome,) = run_attack(attack, load_victim(f"spacy:{trained}"), [example])
    assert (outcome.error, outcome.words) == (None, 7)
