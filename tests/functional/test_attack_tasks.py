"""`robust attack` on pair classifiers, taggers and models that answer questions, all tiny and random."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.results.directory import open_finished
from tests import tiny_models as tiny
from tests.functional.command import robust

CONLL = """\
Ana B-PER
loved O
the O
soup O
in O
Santa B-LOC
Fe I-LOC
. O

the O
waiter O
was O
slow O
"""
PREMISE = "the waiter was slow and the soup was bad"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def run(*words: object) -> tuple[dict[str, object], list[dict[str, object]]]:
    ran = robust("attack", *words, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    return said, open_finished(Path(said["run"]))[1]


@pytest.mark.parametrize("edited", ["text", "pair"])
def test_a_pair_is_attacked_in_one_field(edited: str) -> None:
    tiny.classifier(Path("nli"), "bert")
    tiny.bert(Path("encoder"), head="Model")
    lines = [
        f"{PREMISE}\tthe food was {word}\t{label}" for word in ("good", "dull") for label in tiny.LABELS["label2id"]
    ]
    Path("pairs.tsv").write_text("\n".join(["premise\thypothesis\tlabel", *lines]) + "\n", encoding="utf-8")
    constraint = "attack.constraints=[no_repeat,{sentence_similarity: {model: encoder, minimum: 0.2}}]"
    said, rows = run(
        *("--recipe", "keyboard-typos", "--model", "nli", "--data", "pairs.tsv", "--lang", "en", "--set", constraint),
        *("--text", "premise", "--pair", "hypothesis", "--attack-field", edited),
    )
    assert (said["n"], said["errors"]) == (6, 0)
    assert any(row["status"] in ("success", "failure") for row in rows)
    for row in rows:
        frozen, empty = ("after", "before") if edited == "text" else ("before", "after")
        assert len(row[frozen]) == 1  # type: ignore[arg-type]
        assert row[empty] == []
        assert (row["original"] == PREMISE) == (edited == "text")


def test_a_field_that_is_not_there() -> None:
    tiny.classifier(Path("nli"), "bert")
    ran = robust("attack", "--recipe", "leet", "--model", "nli", "--data", "starter-en", "--attack-field", "premise")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: --attack-field premise: there is no such field")


def tagger(*labels: str) -> None:
    named = {"id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}
    sizes = {**tiny.SIZES, "max_position_embeddings": 64}
    tiny.save(Path("tagger"), tiny.wordpiece(48), "BertConfig", "BertForTokenClassification", **sizes, **named)


@pytest.mark.parametrize("recipe", ["ner-synonyms", "ner-typos", "checklist"])
def test_a_tagger(recipe: str) -> None:
    tagger("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    Path("x.conll").write_text(CONLL, encoding="utf-8")
    more = ["--set", "attack.goal=tagging_drop"] if recipe == "checklist" else []
    said, rows = run("--recipe", recipe, "--model", "tagger", "--data", "x.conll", "--lang", "en", *more)
    assert (said["n"], said["errors"]) == (2, 0)
    assert set(said) >= {"clean_f1", "f1_under_attack", "clean_accuracy"}
    assert rows[1]["status"] == "skipped"
    assert [row["clean_counts"][1] for row in rows] == [2, 0]  # type: ignore[index]
    manifest = open_finished(Path(str(said["run"])))[0]
    assert manifest["model"]["task"] == "tagging"
    shown = robust("report", said["run"])
    assert (shown.code, "clean F1" in shown.out) == (0, True)


def test_tags_that_the_tagger_lacks_and_a_goal_of_another_task() -> None:
    tagger("O", "B-X")
    Path("x.conll").write_text(CONLL, encoding="utf-8")
    common = ("--model", "tagger", "--data", "x.conll", "--lang", "en")
    ran = robust("attack", "--recipe", "ner-typos", *common)
    assert (ran.code, "has tags that the model lacks: 'B-PER' (1)" in ran.err) == (2, True)
    tagger("O", "B-PER", "B-LOC", "I-LOC")
    ran = robust("attack", "--recipe", "textfooler", *common)
    assert (ran.code, "--set attack.goal=tagging_drop" in ran.err) == (2, True)
    ran = robust("attack", "--recipe", "ner-typos", "--model", "tagger", "--data", "starter-en")
    assert (
        ran.err.splitlines()[0] == "error: starter-en are texts for classifiers, and the model is for the task tagging"
    )
    guarded = ["--set", "attack.constraints=[no_entities]", "--model", "starter-en", "--data", "starter-en"]
    ran = robust("attack", "--recipe", "leet", *guarded)
    assert ran.err.splitlines()[0] == "error: the constraint 'no_entities' needs a tag for each word"
    assert not Path("results").exists()


@pytest.mark.parametrize("recipe", ["qa-synonyms", "irrelevance"])
def test_a_model_that_answers_questions(recipe: str) -> None:
    sizes = {**tiny.SIZES, "max_position_embeddings": 64}
    tiny.save(Path("reader"), tiny.wordpiece(48), "BertConfig", "BertForQuestionAnswering", **sizes)
    context = "the old waiter was very slow but the food in this house was great and the soup was never cold"
    answers = [{"text": text, "answer_start": context.index(text)} for text in (context[4:60], context[50:])]
    questions = [
        {"id": str(at), "question": "what was great", "context": context, "answers": [answer]}
        for at, answer in enumerate(answers)
    ]
    Path("q.jsonl").write_text("".join(json.dumps(q) + "\n" for q in questions), encoding="utf-8")
    more = ["--set", "attack.goal=answer_drop"] if recipe == "irrelevance" else []
    said, rows = run("--recipe", recipe, "--model", "reader", "--data", "q.jsonl", "--lang", "en", *more)
    assert (said["n"], said["errors"]) == (2, 0)
    assert all(row["before"] == ["what was great"] for row in rows)
    assert any(row["clean_answer"] for row in rows)
    for row, answer in zip(rows, answers, strict=True):
        if recipe == "qa-synonyms" and row["adversarial"]:
            assert answer["text"] in str(row["adversarial"])
    assert said["clean_f1"]["value"] >= said["f1_under_attack"]["value"]  # type: ignore[index]


@pytest.mark.parametrize("recipe", ["paraphrase", "back-translation"])
def test_a_text_in_other_words(recipe: str) -> None:
    tiny.classifier(Path("model"), "bert")
    tiny.seq2seq(Path("writer"))
    lines = [f"the {thing} was nice,{label}" for thing in ("soup", "room") for label in tiny.LABELS["label2id"]]
    Path("x.csv").write_text("\n".join(["text,label", *lines]) + "\n", encoding="utf-8")
    common = ("--recipe", recipe, "--model", "model", "--data", "x.csv", "--lang", "en")
    if recipe == "paraphrase":
        ran = robust("attack", *common)
        assert (ran.code, ran.err.splitlines()[0]) == (2, "error: no such directory: path/to/paraphraser")
        more = ["--set", "attack.transformation.paraphrase.model=writer"]
    else:
        more = [f"attack.transformation.back_translation.{part}=writer" for part in ("there", "back")]
        more = ["--set", more[0], "--set", more[1]]
    said, rows = run(*common, *more)
    assert (said["n"], said["errors"]) == (6, 0)
    attacked = [row for row in rows if row["status"] in ("success", "failure")]
    assert attacked
    assert all(2 <= int(str(row["queries"])) <= 11 for row in attacked)
