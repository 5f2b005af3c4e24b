"""Question data of every shape give the same rows; an answer always stands where its row says."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from robust.data.questions import MISPLACED, NEAR, UNANSWERABLE, QuestionTable, read
from robust.data.table import DataSpec
from robust.errors import DataError
from tests.realdata import path

CONTEXT = "¿Quién vive aquí? La cigüeña vive en el tejado; el niño, abajo. El tejado es rojo."
STORK = {"text": "La cigüeña", "answer_start": CONTEXT.index("La cigüeña")}
BOY = {"text": "el niño", "answer_start": CONTEXT.index("el niño")}


def question(number: int, text: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": f"q{number}", "question": text, "answers": list(answers), **more}


QUESTIONS = [question(1, "¿Quién vive en el tejado?", STORK), question(2, "Who lives below?", BOY, BOY)]


def nested(*questions: dict[str, Any], context: str = CONTEXT) -> dict[str, Any]:
    return {"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": context, "qas": list(questions)}]}]}


def load(tmp_path: Path, value: object, name: str = "q.json", **options: Any) -> QuestionTable:
    file = tmp_path / name
    if isinstance(value, list) and ".jsonl" in name:
        data = "\n\n".join(json.dumps(row, ensure_ascii=False) for row in value).encode()
    else:
        data = value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode()
    pack = {".gz": gzip.compress, ".xz": lzma.compress}.get(file.suffix, bytes)
    file.write_bytes(pack(data))
    return read(DataSpec(source=str(file), **options))


def flat(row: dict[str, Any], *, as_hub: bool = False) -> dict[str, Any]:
    answers = row["answers"]
    if as_hub:
        answers = {name: [one[name] for one in answers] for name in ("text", "answer_start")}
    return {**row, "context": CONTEXT, "answers": answers, "data": "a column of any name"}


def test_every_shape_gives_the_same_rows(tmp_path: Path) -> None:
    first = load(tmp_path, nested(*QUESTIONS))
    assert [(row.id, row.fields) for row in first.rows] == [(q["id"], (q["question"], CONTEXT)) for q in QUESTIONS]
    assert first.rows[1].answers == (("el niño", BOY["answer_start"]),), "marked twice, kept once"
    assert (first.total, first.left_out, first.moved, first.lost) == (2, {}, 0, 0)
    others = [
        load(tmp_path, nested(*QUESTIONS), "q.json.xz"),
        load(tmp_path, [flat(row) for row in QUESTIONS], "rows.json"),
        load(tmp_path, [flat(row) for row in QUESTIONS], "rows.jsonl"),
        load(tmp_path, [flat(row, as_hub=True) for row in QUESTIONS], "rows.jsonl.gz"),
        load(tmp_path, [nested(QUESTIONS[0]), nested(QUESTIONS[1])], "articles.jsonl"),
    ]
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([flat(row, as_hub=True) for row in QUESTIONS]), tmp_path / "q.parquet")
    others.append(read(DataSpec(source=str(tmp_path / "q.parquet"))))
    for other in others:
        assert other.rows == first.rows
        assert other.fingerprint == first.fingerprint
    changed = [QUESTIONS[0], question(2, "Who lives below?", STORK)]
    assert load(tmp_path, nested(*changed)).fingerprint != first.fingerprint


@pytest.mark.parametrize(
    ("said", "text", "where"),
    [
        (BOY["answer_start"] + 3, "el niño", "moved"),
        (BOY["answer_start"] - 9, "el niño", "moved"),
        (0, "el tejado", "moved"),  # once near the start in this spelling
        (CONTEXT.index("tejado") + 1, "tejado", "lost"),  # twice nearby: which one?
        (3, "la cigüeña", "lost"),
        (-5, "  ", "lost"),
    ],
)
def test_an_answer_out_of_place(tmp_path: Path, said: int, text: str, where: str) -> None:
    table = load(tmp_path, nested(QUESTIONS[0], question(2, "?", {"text": text, "answer_start": said})))
    if where == "moved":
        ((answer,),) = [row.answers for row in table.rows[1:]]
        assert answer == (text, CONTEXT.index(text))
        assert (table.moved, table.lost, table.left_out) == (1, 0, {})
    else:
        assert len(table.rows) == 1
        assert (table.moved, table.lost, table.left_out) == (0, 1, {MISPLACED: 1})


def test_far_away_is_not_near(tmp_path: Path) -> None:
    context = "x" * 10 + "ñu" + "y" * 200
    answers = [{"text": "ñu", "answer_start": 10 + NEAR + 5}, {"text": "yy", "answer_start": 20}]
    table = load(tmp_path, nested(question(1, "?", *answers), context=context))
    assert table.rows[0].answers == (("yy", 20),)
    assert (table.lost, table.left_out) == (1, {}), "the question keeps its other answer"


def test_questions_without_an_answer_are_left_out_and_counted(tmp_path: Path) -> None:
    none = question(3, "Who paints?", is_impossible=True, plausible_answers=[BOY])
    table = load(tmp_path, nested(QUESTIONS[0], none, question(4, "Why?")))
    assert [row.id for row in table.rows] == ["q1"]
    assert (table.left_out, table.total) == ({UNANSWERABLE: 2}, 3)


def test_ids_languages_and_limits(tmp_path: Path) -> None:
    bare = [{key: value for key, value in flat(row).items() if key != "id"} for row in QUESTIONS]
    table = load(tmp_path, bare, "own.jsonl", lang="es")
    assert [row.id for row in table.rows] == ["own.jsonl/0", "own.jsonl/1"]
    assert table.lang == table.rows[0].lang == "es"
    assert len(load(tmp_path, bare, "own.jsonl", limit=1).rows) == 1
    renamed = load(tmp_path, bare, "other.jsonl")
    assert renamed.fingerprint == table.fingerprint
    assert load(tmp_path, [{**flat(QUESTIONS[0]), "id": 7}], "n.jsonl").rows[0].id == "7"


FAULTS: dict[str, tuple[object, str, dict[str, Any], list[str]]] = {
    "truncated": ('{"data": [{"paragraphs": [', "q.json", {}, ["q.json:1", "not valid JSON"]),
    "other": ({"rows": []}, "q.json", {}, ["no 'question'", "rows"]),
    "number": ("3", "q.json", {}, ["a number"]),
    "list": ({"data": {}}, "q.json", {}, ["'data' is no list"]),
    "item": ({"data": [3]}, "q.json", {}, ["data[0]", "no object"]),
    "question": (
        nested(*QUESTIONS, {"id": "q3", "answers": []}),
        "q.json",
        {},
        ["data[0] paragraphs[0] qas[2]", "no 'question'"],
    ),
    "context": ({"data": [{"paragraphs": [{"qas": QUESTIONS}]}]}, "q.json", {}, ["qas[0]", "no 'context'"]),
    "answers": ([{"question": "?", "context": "a b"}], "q.jsonl", {}, ["q.jsonl:1", "no 'answers'"]),
    "start": (nested(question(1, "?", {"text": "La", "answer_start": "3"})), "q.json", {}, ["whole number"]),
    "starts": (
        [{"question": "?", "context": "a", "answers": {"text": ["a"], "answer_start": []}}],
        "q.jsonl",
        {},
        ["answer_start"],
    ),
    "twice": (nested(QUESTIONS[0], QUESTIONS[0]), "q.json", {}, ["qas[1]", "'q1'", "qas[0]"]),
    "none": (nested(question(1, "?")), "q.json", {}, ["no question remains", UNANSWERABLE]),
    "half": (nested(question(1, "\ud83d?", STORK)), "half.json", {}, ["U+D83D"]),
    "csv": ("question,context\na,b\n", "q.csv", {}, [".csv", ".json"]),
    "label": (nested(*QUESTIONS), "q.json", {"label": "x"}, ["--label", "fixed names"]),
    "limit": (nested(*QUESTIONS), "q.json", {"limit": 0}, ["--limit 0"]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_mistakes_are_one_message(tmp_path: Path, case: str) -> None:
    value, name, options, told = FAULTS[case]
    if case == "half":
        value = json.dumps(value)  # written as an escape, as json allows
    with pytest.raises(DataError) as caught:
        load(tmp_path, value, name, **options)
    assert caught.value.fix
    for part in told:
        assert part in str(caught.value)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("parts", "count"),
    [
        (("es", "squad_dev", "v1.1.no_xquad.json"), 5851),
        (("enes", "xquad", "xquad.es.json"), 1190),
        (("enes", "mlqa", "dev-context-en-question-en.json"), 1148),
        (("enes", "mlqa", "dev-context-es-question-es.json"), 500),
    ],
)
def test_public_sets(parts: tuple[str, ...], count: int) -> None:
    table = read(DataSpec(source=str(path(*parts))))
    assert len(table.rows) == table.total == count
    assert table.moved == 0
    assert table.lost == (3643 if "squad_dev" in parts else 0), "its translation left answers empty"
    for row in table.rows:
        for text, start in row.answers:
            assert row.context[start : start + len(text)] == text
