"""`robust evaluate`: a model and labelled data in, numbers with intervals out."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from robust.core.types import Fields
from robust.data.source import DataSpec, read
from robust.victims.load import load_victim
from tests import tiny_models
from tests.functional.command import robust

KEYS = {
    *("suite", "model", "data", "run", "n", "clean_accuracy", "macro_f1", "matthews", "recall", "errors", "baseline"),
    *("seconds", "examples_per_second"),
}
REVIEWS = """\
texto,etiqueta
¡Qué piña más rica! ¿Volvemos mañana?,positivo
"El niño lloró, la sopa fría",negativo
La cigüeña y el pingüino encantaron a todos,positivo
Una habitación pequeña y sucia,negativo
"""
ENGLISH = "text,label\nA lovely warm evening.,positive\nA dull cold evening.,negative\nLovely soup.,positive\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    Path("reseñas.csv").write_text(REVIEWS, encoding="utf-8")
    Path("english.csv").write_text(ENGLISH, encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_starter_model_has_data_of_its_own(lang: str) -> None:
    name = f"starter-{lang}"
    ran = robust("evaluate", "--suite", "clean", "--model", name, "--limit", 40, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert set(said) == KEYS
    assert (said["suite"], said["model"], said["data"], said["n"], said["errors"]) == ("clean", name, name, 40, 0)
    assert set(said["clean_accuracy"]) >= {"value", "k", "n", "low", "high"}
    assert said["clean_accuracy"]["value"] > 0.7
    assert said["macro_f1"]["low"] <= said["macro_f1"]["value"] <= said["macro_f1"]["high"]
    assert said["run"].startswith(f"results/runs/clean_{name}_{name}_")


def test_every_row_is_kept_with_what_the_model_says_of_it() -> None:
    ran = robust("evaluate", "--model", "starter-es", "--data", "reseñas.csv", "--out", "run", "--json")
    assert ran.code == 0, ran.err
    rows = pq.read_table("run/examples.parquet").to_pylist()
    table = read(DataSpec(source="reseñas.csv"))
    texts: list[Fields] = [row.fields for row in table.rows]
    assert "¿Volvemos mañana?" in texts[0][0]
    victim = load_victim("starter-es", dtype="float32")
    for row, fields in zip(rows, texts, strict=True):
        logits = victim.logits([fields])[0]
        assert row["logits"] == pytest.approx(logits.tolist(), abs=1e-5)
        assert row["predicted"] == int(logits.argmax())
    assert [row["label"] for row in rows] == [1, 0, 1, 0]
    assert json.loads(ran.out)["clean_accuracy"]["k"] == sum(row["label"] == row["predicted"] for row in rows)


def test_batches_do_not_change_what_is_said() -> None:
    runs = []
    for size in (1, 7, 300):
        words = ("--limit", 50, "--batch-size", size, "--out", f"run{size}", "--json")
        assert robust("evaluate", "--model", "starter-en", *words).code == 0
        runs.append(pq.read_table(f"run{size}/examples.parquet").to_pylist())
    for other in runs[1:]:
        for one, same in zip(runs[0], other, strict=True):
            assert (one["example_id"], one["predicted"]) == (same["example_id"], same["predicted"])
            assert one["logits"] == pytest.approx(same["logits"], abs=1e-5)


def test_several_sets_and_a_baseline_make_a_table() -> None:
    command = ["evaluate", "--model", "starter-en", "--data", "starter-en", "--data", "english.csv", "--limit", 30]
    ran = robust(*command, "--baseline", "english.csv", "--out", "run")
    assert ran.code == 0, ran.err
    for part in ("macro-F1", "Matthews", "bag of words", "McNemar p", "recall", "starter-en", "english.csv"):
        assert part in ran.out
    assert "3 of 3 rows of english.csv are also in what the bag of words was trained on" in ran.out
    again = robust("report", "run", "--json")
    said = json.loads(again.out)
    assert set(said) == {"suite", "model", "run", "data", "sets", "errors", "seconds", "examples_per_second"}
    assert [each["data"] for each in said["sets"]] == ["starter-en", "english.csv"]
    for each in said["sets"]:
        beside = each["baseline"]
        assert set(beside["difference"]) >= {"value", "low", "high", "p_value", "first_only", "second_only"}
        gap = each["clean_accuracy"]["value"] - beside["clean_accuracy"]["value"]
        assert beside["difference"]["value"] == pytest.approx(gap)
    shown = robust("report", "run")
    assert (shown.code, shown.out.splitlines()[0]) == (0, ran.out.splitlines()[0])


def test_label_maps_for_each_file() -> None:
    Path("stars.csv").write_text("text,label\nAwful food.,1\nFine.,3\nWonderful food.,5\n", encoding="utf-8")
    command = ["evaluate", "--model", "starter-en", "-d", "stars.csv", "-d", "english.csv", "--json"]
    ran = robust(*command, "--label-map", "1=negative,5=positive", "--label-map", "negative=negative")
    assert ran.code == 0, ran.err
    assert [each["n"] for each in json.loads(ran.out)["sets"]] == [2, 1]
    assert "left out of stars.csv: 1 labelled 3" in ran.err
    many = robust(*command, *(["--label-map", "1=negative"] * 3))
    assert (many.code, "3 times for 2 files" in many.err) == (2, True)


def test_a_tiny_model_that_reads_pairs(tmp_path: Path) -> None:
    tiny_models.classifier(tmp_path / "bert", "bert")
    Path("pairs.csv").write_text(
        "premise,hypothesis,label\nthe soup was warm,it was warm,good\nel niño comió,no comió,bad\n", encoding="utf-8"
    )
    ran = robust("evaluate", "-m", "bert", "-d", "pairs.csv", "--baseline", "pairs.csv", "--max-length", 12, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert (said["n"], sorted(said["recall"])) == (2, ["bad", "good"])
    victim = load_victim("bert", max_length=12)
    rows = pq.read_table(f"{said['run']}/examples.parquet").to_pylist()
    whole = victim.logits([("el niño comió", "no comió")])[0]
    assert rows[1]["logits"] == pytest.approx(whole.tolist(), abs=1e-5)


def test_a_scikit_learn_model_and_a_server(tmp_path: Path, server: str) -> None:
    skops = pytest.importorskip("skops.io")
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = [line.rpartition(",")[0] for line in ENGLISH.splitlines()[1:]]
    labels = [line.rpartition(",")[2] for line in ENGLISH.splitlines()[1:]]
    skops.dump(make_pipeline(TfidfVectorizer(), LogisticRegression(C=100)).fit(texts, labels), "model.skops")
    for model in ("model.skops", server):
        ran = robust("evaluate", "--model", model, "--data", "english.csv", "--json")
        assert ran.code == 0, ran.err
        assert json.loads(ran.out)["clean_accuracy"]["k"] == 3


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            texts = [fields[0].lower() for fields in json.loads(body)["inputs"]]
            logits = [[text.count("dull"), text.count("lovely")] for text in texts]
            answer = json.dumps({"labels": ["negative", "positive"], "logits": logits}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--model", "starter-en", "--data", "englsh.csv"], ["englsh.csv", "did you mean 'english.csv'"]),
        (["--model", "starter-en", "--data", "empty.csv"], ["empty.csv", "no rows"]),
        (["--model", "starter-en", "--data", "joy.csv"], ["joy", "anger", "positive", "--label-map"]),
        (["--model", "starter-en", "--data", "english.csv", "--text", "txt"], ["'txt'", "did you mean 'text'"]),
        (["--model", "starter-en", "--suite", "cleen"], ["'cleen'", "did you mean 'clean'"]),
        (["--model", "starter-en", "--baseline", "joy.csv"], ["joy.csv", "--label-map"]),
        (["--model", "starter-en", "--max-length", "5000"], ["5000", "256"]),
        (["--model", "starter-en", "--lang", "fr"], ["'fr'"]),
        (["--model", "nowhere"], ["--data"]),
        (["--model", "./nowhere", "--data", "english.csv"], ["./nowhere"]),
        (["--model", "starter-en", "--split", "test"], ["--split"]),
        (["--model", "starter-en", "--out", "full"], ["full", "notes.txt"]),
    ],
)
def test_mistakes_are_one_message_and_write_nothing(words: list[str], told: list[str]) -> None:
    Path("empty.csv").write_text("text,label\n")
    Path("joy.csv").write_text("text,label\nfine,joy\ndull,anger\n")
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine")
    before = sorted(os.listdir())
    ran = robust("evaluate", *words)
    assert (ran.code, ran.err.count("error:")) == (2, 1), ran.err
    for part in told:
        assert part in ran.err, ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert sorted(os.listdir()) == before


def test_contrast_sets_beside_a_bag_of_words() -> None:
    twins = ["text,label,twin"]
    for at, thing in enumerate(("soup", "film", "room", "play")):
        twins += [f"The {thing} was wonderful.,positive,{at}", f"The {thing} was not wonderful.,negative,{at}"]
    Path("twins.csv").write_text("\n".join(twins) + "\nLovely soup.,positive,\n", encoding="utf-8")
    words = ("--data", "twins.csv", "--pairs", "twin", "--baseline", "english.csv", "--out", "run")
    ran = robust("evaluate", "--model", "starter-en", *words, "--json")
    assert ran.code == 0, ran.err
    (said,) = json.loads(ran.out)["pairs"]
    assert (said["original"]["n"], said["revised"]["n"], said["consistency"]["n"], said["unpaired"]) == (4, 4, 4, 1)
    assert said["original"]["value"] == 1.0
    assert said["consistency"]["k"] <= min(said["original"]["k"], said["revised"]["k"])
    assert said["baseline"]["consistency"]["n"] == said["against_baseline"]["n"] == 4
    for shown in ("originals", "revisions", "pairs right", "bag of words", "rows in no pair: 1"):
        assert shown in " ".join(ran.err.split())
    assert json.loads(robust("report", "run", "--json").out)["pairs"] == [said]
    missing = robust("evaluate", "--model", "starter-en", "--data", "twins.csv", "--pairs", "twins")
    assert missing.code == 2
    assert "twin" in missing.err
