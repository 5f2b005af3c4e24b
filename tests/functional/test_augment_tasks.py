"""`robust augment` on every kind of data, in and out, and with attacks."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from robust.data import questions, tagged
from robust.data.source import DataSpec, read
from tests.functional.command import robust

CONLL = "Ana B-PER\nDíaz I-PER\nvive O\nfeliz O\nen O\nQuito B-LOC\n. O\n\nEl O\nhotel O\nestaba O\nlimpio O\n\n"
CONTEXT = "The friendly waiter served a wonderful dinner in Boston. Everybody loved the dinner."
SQUAD = {"id": "q1", "question": "Where?", "answers": [{"text": "Boston", "answer_start": CONTEXT.index("Boston")}]}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def made(*words: object) -> dict[str, object]:
    ran = robust("augment", *words, "--json")
    assert ran.code == 0, ran.err
    found: dict[str, object] = json.loads(ran.out)
    return found


def test_any_number_of_workers_writes_the_same() -> None:
    words = ["--recipe", "noise", "--data", "starter-es", "--copies", 2, "--keep"]
    for name, workers in (("one.csv.gz", 1), ("two.csv.gz", 2)):
        made(*words, "--workers", workers, "--out", name)
    assert Path("one.csv.gz").read_bytes() == Path("two.csv.gz").read_bytes()
    with gzip.open("one.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows) == 720
    assert len(read(DataSpec(source="one.csv.gz")).rows) == 720, "what is written can be read, ids and all"


def test_from_each_format_to_each() -> None:
    made("--recipe", "typos", "--data", "starter-en", "--limit", 30, "--out", "a.parquet")
    expected = pq.read_table("a.parquet").to_pylist()
    made("--recipe", "typos", "--data", "starter-en", "--limit", 30, "--out", "hf:folder")
    assert pq.read_table("folder/train.parquet").to_pylist() == expected
    table = pq.read_table("a.parquet").drop_columns(["original", "operator"])
    Path("source").mkdir()
    pq.write_table(table.set_column(1, "text", [[row["original"] for row in expected]]), "source/train.parquet")
    pq.write_table(table.append_column("stars", [list(range(30))]), "in.parquet")
    made("--recipe", "typos", "--data", "in.parquet", "--out", "b.parquet")
    assert pq.read_table("b.parquet").schema.field("stars").type == "int64", "types stay"
    made("--recipe", "typos", "--data", "hf:source", "--limit", 9, "--out", "c.jsonl.xz")
    with lzma.open("c.jsonl.xz", "rt", encoding="utf-8") as file:
        assert [json.loads(line)["original"] for line in file] == [row["original"] for row in expected[:9]]


def test_tags_stay_with_their_words() -> None:
    Path("in.conll").write_text(CONLL, encoding="utf-8")
    words = ["--data", "in.conll", "--lang", "es", "--copies", 6, "--allow-changed-meaning"]
    for name in ("synonyms", "easy-data-augmentation", "noise"):
        for kind in ("conll", "conllu", "jsonl", "parquet"):
            made("--recipe", name, *words, "--out", f"{name}.{kind}")
        found = tagged.read(DataSpec(source=f"{name}.jsonl")).rows
        again = tagged.read(DataSpec(source=f"{name}.conll")).rows
        assert [(row.words, row.tags) for row in found] == [(row.words, row.tags) for row in again]
        for row in found:
            of = dict(zip(row.words, row.tags, strict=True))
            assert of.get("Quito", "B-LOC") == "B-LOC"
            assert of.get("vive", "O") == "O"
            assert sum(tag.startswith("B-") for tag in row.tags) <= 2


def test_answers_stay_and_move() -> None:
    text = json.dumps({"data": [{"paragraphs": [{"context": CONTEXT, "qas": [SQUAD]}]}]})
    Path("in.json").write_text(text, encoding="utf-8")
    words = ["--recipe", "synonyms", "--data", "in.json", "--task", "qa", "--lang", "en", "--copies", 5, "--keep"]
    for name in ("out.json", "out.jsonl", "out.parquet"):
        told = made(*words, "--out", name)
        rows = questions.read(DataSpec(source=name)).rows
        assert len(rows) == 1 + int(str(told["copies"])) > 2
        for row in rows:
            (answer,) = row.answers
            assert row.context[answer.start :].startswith("Boston")
        assert len({row.context for row in rows}) == len(rows)


def test_the_second_text_of_a_pair() -> None:
    Path("in.csv").write_text("premise,hypothesis,label\nA man sleeps.,Somebody rests quietly.,1\n", encoding="utf-8")
    for field, other in (("text", "hypothesis"), ("pair", "premise")):
        made("--recipe", "typos", "--data", "in.csv", "--lang", "en", "--field", field, "--out", f"{field}.csv")
        with Path(f"{field}.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        assert row[other] in ("A man sleeps.", "Somebody rests quietly.")
        assert row["original"] != row["premise" if field == "text" else "hypothesis"]


def test_an_attack_writes_what_fools_the_model() -> None:
    words = ["--recipe", "deepwordbug", "--model", "starter-en", "--data", "starter-en", "--limit", 12]
    told = made(*words, "--out", "adversarial.csv")
    ran = robust("attack", *words, "--out", "run", "--json")
    assert told["copies"] == json.loads(ran.out)["attack_success_rate"]["k"], "as many as the attack finds"
    scored = robust("evaluate", "--model", "starter-en", "--data", "adversarial.csv", "--json", "--out", "scored")
    assert json.loads(scored.out)["clean_accuracy"]["value"] == 0, "the labels are those of the originals"
    made("--from-run", "run", "--data", "starter-en", "--limit", 20, "--copies", 2, "--out", "more.csv")
    with Path("more.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["operator"] for row in rows} == {"character_edits"}
    assert len(rows) > 20


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--recipe", "deepwordbug"], "needs a model to fool"),
        (["--recipe", "typos", "--model", "starter-en"], "means nothing for the recipe"),
        (["--transformation", "typo"], "no transformation is called 'typo'"),
        (["--transformation", "[x"], "--transformation [x"),
        (["--transformation", "swap_words"], "--allow-changed-meaning"),
        (["--recipe", "typos", "--transformation", "ocr"], "leave one of them out"),
        ([], "what is to be changed?"),
        (["--recipe", "typos", "--task", "tag"], "did you mean 'tagging'"),
        (["--recipe", "typos", "--field", "pair"], "there is no second"),
        (["--recipe", "back-translation", "--workers", "2"], "leave --workers out"),
        (["--from-run", "nowhere"], "there is no run at nowhere"),
        (["--recipe", "typos", "--out", "x.parquet.gz"], "cannot write"),
    ],
)
def test_mistakes(words: list[str], said: str) -> None:
    ran = robust("augment", "--data", "starter-en", "--out", "x.csv", *words)
    assert ran.code == 2
    assert said in ran.err
    assert not list(Path().iterdir())
