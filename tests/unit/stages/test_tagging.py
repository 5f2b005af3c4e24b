from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from robust.data.tagged import Tagged, TaggedTable, pinned
from robust.errors import DataError, ModelError
from robust.recipe.finetune import FinetuneRecipe
from robust.stages.finetune import finetune
from robust.stages.tasks import task_of
from robust.stages.tasks.tagging import Tagging
from tests import tiny_models

PEOPLE = ("Ana", "Bob", "Nora López", "Íñigo Ruiz", "Tom")
PLACES = ("Lima", "Santa Fe", "Leeds", "A Coruña")
VERBS = ("visits", "leaves", "ve", "deja")


def table(rows: list[tuple[str, str]], name: str = "names.conll") -> TaggedTable:
    made = tuple(
        Tagged(id=f"s{at}", words=tuple(words.split()), tags=tuple(tags.split()))
        for at, (words, tags) in enumerate(rows)
    )
    return TaggedTable(name=name, rows=made, fingerprint=pinned(made), source_fingerprint="sha256:0", total=len(made))


def _spans(words: str, kind: str) -> str:
    return " ".join([f"B-{kind}", *[f"I-{kind}"] * words.count(" ")])


def _names(*, held_out: bool) -> list[tuple[str, str]]:
    triples = enumerate(itertools.product(PEOPLE, VERBS, PLACES))
    return [
        (f"today {one} {verb} {place} .", f"O {_spans(one, 'PER')} O {_spans(place, 'LOC')} O")
        for at, (one, verb, place) in triples
        if (at % 3 == 0) == held_out
    ]


@pytest.fixture
def names() -> TaggedTable:
    return table(_names(held_out=False))


@pytest.fixture
def others() -> TaggedTable:
    return table(_names(held_out=True), "dev.conll")


@pytest.fixture
def ner(recipe: FinetuneRecipe) -> FinetuneRecipe:
    return changed(recipe.model_copy(update={"task": "tagging"}), epochs=8, word_dropout=0.05)


def changed(recipe: FinetuneRecipe, **how: object) -> FinetuneRecipe:
    return recipe.model_copy(update={"train": recipe.train.model_copy(update=how)})


def test_learns_names_and_a_pipeline_finds_them(ner, names, others, out) -> None:
    result = finetune(ner, train=names, dev=others, out=out, tests={"twins": others}, device="cpu")
    assert result.labels == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    assert result.measure == "f1"
    assert result.scores["twins"].keys() == {"f1", "precision", "recall", "accuracy"}
    assert result.dev.value > 0.9
    assert result.dev == result.scores["dev"]["f1"] == result.tests["twins"]

    from transformers import pipeline

    find = pipeline("token-classification", model=str(out), device="cpu", aggregation_strategy="simple")
    found = {(part["entity_group"], part["word"]) for part in find("today Nora López leaves Santa Fe .")}
    assert found == {("PER", "nora lópez"), ("LOC", "santa fe")}

    card = (out / "README.md").read_text(encoding="utf-8")
    assert "pipeline_tag: token-classification" in card
    assert result.dev.percent() in card
    assert "1,000 bootstrap resamples" in card
    assert "chose the checkpoint by F1" in card


@pytest.mark.parametrize("kind", ["bert", "roberta", "gpt2"])
def test_scores_are_those_of_reading_sentences_one_by_one(tmp_path: Path, ner, kind: str) -> None:
    """Any kind of tokeniser: the tag of a word is that of the first token which lies in it."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    start = tiny_models.classifier(tmp_path / kind, kind)
    plan = {"model": {"checkpoint": start}, "tokenizer": None}
    recipe = changed(
        FinetuneRecipe.model_validate({**ner.model_dump(), **plan}), epochs=1, max_length=24, word_dropout=0
    )
    rows = [*_names(held_out=True), ("la niña vive en Lima muy cerca de Ana ,", "O O O O B-LOC O O O B-PER O")]
    result = finetune(recipe, train=table(rows), dev=table(rows[5:]), out=tmp_path / "out", device="cpu")

    model = AutoModelForTokenClassification.from_pretrained(tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    right = total = 0
    for words, tags in rows[5:]:
        read = tokenizer(words, return_offsets_mapping=True, return_tensors="pt", truncation=True, max_length=24)
        offsets = read.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            said = model(**read).logits[0].argmax(-1)
        for word, tag in enumerate(tags.split()):
            begin = sum(len(other) + 1 for other in words.split()[:word])
            inside = [
                at for at, (low, high) in enumerate(offsets) if high > begin and low < begin + len(words.split()[word])
            ]
            total += 1
            right += bool(inside) and model.config.id2label[int(said[inside[0]])] == tag  # words cut off are wrong
    assert result.scores["dev"]["accuracy"].value == pytest.approx(right / total)
    assert 0 < right < total


def test_words_of_long_sentences_that_are_cut_count_as_missed(ner) -> None:
    tokenizer = tiny_models.wordpiece()
    rows = table([("the old waiters loved Lima", "O O O O B-LOC"), ("Ana", "B-PER")])
    labels = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    encoded = Tagging().encode(rows, tokenizer, labels=labels, how=changed(ner, max_length=8).train, training=False)
    assert len(encoded[0]["input_ids"]) == 8
    assert encoded.places[0] == (1, 2, 3, 5, 6)
    assert encoded[0]["labels"] == [-100, 0, 0, 0, -100, 0, 1, -100], (
        "waiters has two pieces, Lima is cut in the middle"
    )
    short = Tagging().encode(rows, tokenizer, labels=labels, how=changed(ner, max_length=6).train, training=False)
    assert short.places[0] == (1, 2, 3, -1, -1)

    logits = np.full((2, 6, 5), -1.0)
    logits[..., labels.index("B-LOC")] = 1
    said = Tagging().tags(short, logits, labels=labels)
    assert said == [["B-LOC", "B-LOC", "B-LOC", "", ""], ["B-LOC"]]
    assert (encoded.cut, short.cut) == (1, 1)
    scores = Tagging().scores(rows, short, (logits, "states"), labels=labels)
    assert scores["recall"].value == 0
    assert scores["accuracy"].value == 0, "the O of a word that was not read is not credited"
    measured = Tagging().measures(rows, short, labels=labels)(SimpleNamespace(predictions=logits))
    assert measured == {name: score.value for name, score in scores.items()}


def test_words_that_a_tokeniser_drops_have_no_place(ner) -> None:
    rows = table([("the \u200b\u200d waiter", "O O O")])
    encoded = Tagging().encode(rows, tiny_models.wordpiece(), labels=("O", "B-X"), how=ner.train, training=False)
    assert encoded.places == [(1, -1, 2)]


def test_parts_of_speech_have_accuracy_and_macro_f1(ner, names, others, out) -> None:
    def pos(table: TaggedTable) -> TaggedTable:
        plain = {"O": "X", "B-PER": "PROPN", "I-PER": "PROPN", "B-LOC": "NOUN", "I-LOC": "NOUN"}
        return replace(
            table, rows=tuple(replace(row, tags=tuple(plain[tag] for tag in row.tags)) for row in table.rows)
        )

    how = changed(ner, metric="macro_f1", class_weights="balanced", early_stopping_patience=4)
    result = finetune(how, train=pos(names), dev=pos(others), out=out, device="cpu")
    assert result.labels == ("NOUN", "PROPN", "X")
    assert result.scores["dev"].keys() == {"accuracy", "macro_f1"}
    assert result.measure == "macro_f1"
    assert result.dev.value > 0.9
    with pytest.raises(DataError, match=r"train\.metric f1 .*mark words"):
        finetune(changed(ner, metric="f1"), train=pos(names), dev=None, out=out, device="cpu", force=True)
    with pytest.raises(DataError, match=r"train\.metric macro_f1 .*mark spans"):
        finetune(how, train=names, dev=None, out=out, device="cpu", force=True)


def test_a_tenth_is_held_out_by_seed(names) -> None:
    train, dev = Tagging().hold_out(names, seed=1)
    assert len(dev.rows) == round(len(names.rows) / 10)
    assert {row.id for row in train.rows}.isdisjoint(row.id for row in dev.rows)
    assert len(train.rows) + len(dev.rows) == len(names.rows)
    assert Tagging().hold_out(names, seed=1)[1] == dev
    assert Tagging().hold_out(names, seed=2)[1] != dev
    assert dev.fingerprint != train.fingerprint != names.fingerprint
    with pytest.raises(DataError, match="--dev"):
        Tagging().hold_out(replace(names, rows=names.rows[:1]), seed=1)


def test_tags_that_do_not_fit_are_told(ner, names, others, out) -> None:
    with pytest.raises(DataError, match=r"lack: 'PROPN' \(1\)"):
        finetune(ner, train=names, dev=table([("Ana", "PROPN")]), out=out, device="cpu")
    with pytest.raises(DataError, match="single tag, 'O'"):
        finetune(ner, train=table([("so it is", "O O O")]), dev=others, out=out, device="cpu")
    with pytest.raises(DataError, match="no sentences"):
        Tagging().check(replace(names, rows=()))
    long = " ".join(["so"] * 150)
    rare = table([(f"{long} Rex", " ".join(["O"] * 150 + ["B-PET"]))])
    Tagging().check(rare, labels=("O", "B-PER"))  # one word in a hundred is wrong, and nothing else
    how = ner.train
    encoded = Tagging().encode(rare, tiny_models.wordpiece(), labels=("O", "B-PER"), how=how, training=False)
    assert -100 in encoded[0]["labels"]


def test_a_model_without_a_mask_cannot_drop_words(ner, names) -> None:
    tokenizer = tiny_models.byte_bpe(special=False)
    with pytest.raises(ModelError, match="word_dropout"):
        Tagging().encode(names, tokenizer, labels=("O",), how=changed(ner, word_dropout=0.2).train, training=True)


def test_recipes_name_numbers_that_their_task_has(recipe, ner) -> None:
    assert isinstance(task_of(ner), Tagging)
    for task, metric in (("classification", "f1"), ("tagging", "matthews"), ("qa", "accuracy")):
        plan = {**recipe.model_dump(), "task": task}
        with pytest.raises(ValidationError, match=f"'{metric}' is no number of {task}"):
            FinetuneRecipe.model_validate({**plan, "train": {**plan["train"], "metric": metric}})


def test_a_checkpoint_keeps_its_order_of_tags(ner, names, others, tmp_path) -> None:
    finetune(changed(ner, epochs=1), train=names, dev=others, out=tmp_path / "one", device="cpu")
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    config["id2label"] = {"0": "I-LOC", "1": "O", "2": "B-LOC", "3": "I-PER", "4": "B-PER"}
    config["label2id"] = {tag: int(at) for at, tag in config["id2label"].items()}
    (tmp_path / "one" / "config.json").write_text(json.dumps(config))
    plan = {"model": {"checkpoint": str(tmp_path / "one")}, "tokenizer": None}
    again = changed(FinetuneRecipe.model_validate({**ner.model_dump(), **plan}), epochs=8)
    result = finetune(again, train=names, dev=others, out=tmp_path / "two", device="cpu")
    assert result.labels == ("I-LOC", "O", "B-LOC", "I-PER", "B-PER")
    assert result.dev.value > 0.9
