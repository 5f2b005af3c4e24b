"""`robust augment`, run as a user runs it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from robust.core.seeds import derive
from robust.recipe.augment import AugmentRecipe
from robust.recipe.load import load, shipped
from robust.recipe.meaning import risks
from tests import tiny_models
from tests.functional.command import robust

ROWS = [
    {"n": "7", "texto": "Una actuación perfecta, de verdad.", "etiqueta": "pos", "otra": "ñandú, «comillas»"},
    {"n": "8", "texto": "El hotel era horrible y la comida estaba fría.", "etiqueta": "neg", "otra": ""},
    {"n": "9", "texto": "¿¡…!?", "etiqueta": "neg", "otra": "nothing to change here"},
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    return tmp_path


COMMAND = ["augment", "--recipe", "synonyms", "--lang", "es", "--data", "rows.csv", "--text", "texto"]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_copies_have_the_columns_of_the_data(data: Path) -> None:
    ran = robust(*COMMAND, "--label", "etiqueta", "--out", "made.csv", "--json")
    assert ran.code == 0, ran.err
    rows = read(data / "made.csv")
    assert [row["n"] for row in rows] == ["7", "8"]
    for made, source in zip(rows, ROWS, strict=False):
        assert made["original"] == source["texto"] != made["texto"]
        assert made["operator"] == "synonyms"
        assert (made["otra"], made["etiqueta"]) == (source["otra"], source["etiqueta"])
    told = json.loads(ran.out)
    assert (told["n"], told["copies"], told["unchanged"], told["words_changed_mean"]) == (3, 2, 1, 1.0)
    assert not list(data.glob(".made*")), "nothing half-written is left"


def test_rows_that_are_not_used_are_counted(data: Path) -> None:
    with (data / "rows.csv").open("a", encoding="utf-8") as file:
        file.write("10, ,pos,\n11,Un hotel precioso.,regular,\n")
    more = ["--label", "etiqueta", "--label-map", "pos=pos,neg=neg", "--out", "made.csv"]
    ran = robust(*COMMAND, *more, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["left_out"] == {"(empty text)": 1, "regular": 1}
    assert "left out of rows.csv: 1 (empty text), 1 labelled regular" in ran.err


def test_questions_that_are_not_used_are_counted(data: Path) -> None:
    asked = {"question": "who?", "context": "The wonderful film was by Ana.", "answers": {}}
    asked["answers"] = {"text": ["Ana"], "answer_start": [26]}
    none = asked | {"answers": {"text": [], "answer_start": []}}
    (data / "asked.jsonl").write_text(f"{json.dumps(asked)}\n{json.dumps(none)}\n", encoding="utf-8")
    words = ["augment", "--recipe", "synonyms", "--lang", "en", "--task", "qa", "--data", "asked.jsonl"]
    ran = robust(*words, "--out", "made.jsonl", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["left_out"] == {"(no answer)": 1}


def test_an_attack_reads_the_language_of_its_model(data: Path) -> None:
    words = ["augment", "--recipe", "deepwordbug", "--model", "starter-es", "--data", "rows.csv", "--text", "texto"]
    ran = robust(*words, "--label", "etiqueta", "--out", "made.csv", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["copies"] == len(read(data / "made.csv")) >= 1


def test_what_is_no_attack_and_what_is_no_text_is_said(data: Path) -> None:
    (data / "squad.json").write_text('{"data": [{"paragraphs": []}]}', encoding="utf-8")
    ran = robust("augment", "--recipe", "synonyms", "--lang", "en", "--data", "squad.json", "--out", "made.csv")
    assert ran.code == 2
    assert "--task qa" in ran.err
    (data / "suite").mkdir()
    (data / "suite" / "manifest.json").write_text('{"manifest_version": 1, "kind": "suite", "status": "finished"}')
    ran = robust(*COMMAND, "--label", "etiqueta", "--from-run", "suite", "--out", "made.csv")
    assert ran.code == 2
    assert "name one of its attacks" in ran.err


def test_the_seed_decides_and_nothing_else(data: Path) -> None:
    words = ["augment", "--recipe", "synonyms", "--data", "starter-es", "--copies", "2"]
    for name, seed, limit in (("a", 1, 40), ("b", 1, 40), ("c", 2, 40), ("d", 1, 10)):
        assert robust(*words, "--seed", seed, "--limit", limit, "--out", f"{name}.csv").code == 0
    same, again, other, fewer = (read(data / f"{name}.csv") for name in "abcd")
    assert same == again != other
    assert fewer == same[: len(fewer)], "a row's copies do not depend on the other rows"
    assert len(same) == len({(row["id"], row["text"]) for row in same}), "no copy twice"


def test_keep_writes_each_row_before_its_copies(data: Path) -> None:
    ran = robust(
        *COMMAND, "--label-map", "pos=positive,neg=negative", "--label", "etiqueta", "--keep", "--out", "m.jsonl"
    )
    assert ran.code == 0, ran.err
    rows = [json.loads(line) for line in (data / "m.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["n"], row["original"] is None) for row in rows] == [
        *(("7", True), ("7", False), ("8", True), ("8", False), ("9", True)),
    ]
    assert {row["etiqueta"] for row in rows} == {"positive", "negative"}


def test_share_and_parquet(data: Path) -> None:
    words = ["augment", "--recipe", "typos", "--data", "starter-en", "--limit", "5", "--set", "augment.share=1"]
    ran = robust(*words, "--out", "made.parquet", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["words_changed_mean"] > 5
    assert pq.read_table(data / "made.parquet").num_rows == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--recipe", "synonym"], "did you mean 'synonyms'?"),
        (["--recipe", "misspellings-es", "--lang", "en"], "is for es, the data are en"),
        (["--out", "made.xlsx"], "use .csv .tsv .jsonl .parquet"),
        (["--out", "nowhere/made.csv"], "mkdir -p nowhere"),
        (["--out", "rows.csv"], "--force"),
        (["--text", "text"], "no column 'text'"),
        (["--set", "augment.word=2"], "did you mean 'words'?"),
        (["--set", 'augment.constraints=["no_entities"]'], "take it out"),
        (["--data", "made-before.csv"], "a column 'original' of its own"),
    ],
)
def test_mistakes_are_said_and_nothing_is_written(data: Path, words: list[str], said: str) -> None:
    (data / "made-before.csv").write_text("texto,etiqueta,original\nhola buenos días,pos,hola\n", encoding="utf-8")
    given = [*COMMAND, "--label", "etiqueta", "--out", "made.csv"]
    before = sorted(path.name for path in data.iterdir())
    ran = robust(*given, *words)
    assert ran.code == 2, ran.out
    assert said in ran.err
    assert sorted(path.name for path in data.iterdir()) == before


@pytest.mark.parametrize("name", [recipe.name for recipe in shipped("augment")])
def test_every_recipe_makes_copies(name: str, data: Path) -> None:
    recipe = load(name, family="augment", schema=AugmentRecipe)
    rows = ["id,text,label", "1,Mary said the excellent film was long.,1"]
    rows.append("2,María dijo que la vieja película era larga.,1")
    (data / "named.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert recipe.description
    for lang in recipe.languages:
        words = ["augment", "--recipe", name, "--data", "named.csv", "--lang", lang, "--seed", derive(name) % 1000]
        words += ["--allow-changed-meaning"] * bool(risks(recipe.augment.step))
        if name == "back-translation":
            model = tiny_models.seq2seq(data / f"seq2seq-{lang}")
            words += [f"--set=augment.transformation.back_translation.{way}={model}" for way in ("there", "back")]
        ran = robust(*words, "--out", f"{lang}.csv")
        assert ran.code == 0, ran.err
        assert read(data / f"{lang}.csv"), (name, lang)
