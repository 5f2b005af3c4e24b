"""`robust evaluate --suite certified`: votes over random copies, and what they bear."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from robust.starter import model_path
from tests.functional.command import robust


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("reviews.csv").write_text(
        "text,label\nA lovely warm evening with lovely food.,positive\nA dull cold evening.,negative\n", "utf-8"
    )


@pytest.mark.parametrize("method", ["ranmask", "safer"])
def test_it_certifies_and_repeats_itself(method: str) -> None:
    words = ("evaluate", "--suite", "certified", "--method", method, "--draws", 60, "--model", "starter-en")
    ran = robust(*words, "--data", "reviews.csv", "--out", "run", "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    rows = pq.read_table("run/examples.parquet").to_pylist()
    assert (said["n"], said["errors"]) == (2, 0)
    for at in said["certified_accuracy"]:
        right = sum(r["predicted"] == r["label"] and r["radius"] >= at["words_changed"] for r in rows)
        assert (at["k"], at["method"]) == (right, "clopper-pearson")
    for row in rows:
        assert row["draws"] == 60
        assert row["lower"] < row["votes"] / 60 or row["votes"] == 0
        assert -1 <= row["radius"] <= row["words"]
    assert json.loads(robust("report", "run", "--json").out) == said
    again = robust(*words, "--data", "reviews.csv", "--out", "again", "--json")
    assert pq.read_table("again/examples.parquet").to_pylist() == rows
    assert again.code == 0


def test_a_model_that_votes_already_is_certified_by_one_vote() -> None:
    """The copies are read by the model itself: a vote over votes would ask 100 times as much, for another one."""
    words = ("evaluate", "--suite", "certified", "--draws", 60, "--data", "reviews.csv", "--json")
    shutil.copytree(model_path("starter-en"), "plain")
    shutil.copytree("plain", "voting")
    told = {"kernel": {"ranmask": {"share": 0.8}}, "draws": 100, "languages": ["en"]}
    Path("voting/smoothing.json").write_text(json.dumps(told), "utf-8")
    rows = []
    for name in ("plain", "voting"):
        ran = robust(*words, "--model", name, "--out", f"run-{name}")
        assert ran.code == 0, ran.err
        rows.append(pq.read_table(f"run-{name}/examples.parquet").to_pylist())
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--suite", "certified", "--method", "safr"], "did you mean 'safer'"),
        (["--suite", "certified", "--mask-rate", "0.3"], "certifies nothing"),
        (["--suite", "clean", "--draws", "5"], "--draws: not for the suite clean"),
        (["--suite", "certified", "--method", "ibp", "--draws", "5"], "--draws: not for the method ibp"),
        (["--suite", "certified", "--synonyms", "5"], "--synonyms: not for the method ranmask"),
        (["--suite", "certified", "--method", "ibp"], "intervals cannot be carried through starter-en"),
        (["--suite", "certified", "--each"], "--each: not for the suite certified"),
    ],
)
def test_mistakes(words: list[str], message: str) -> None:
    ran = robust("evaluate", "--model", "starter-en", *words)
    assert (ran.code, message in ran.err) == (2, True), ran.err
    assert not Path("results").exists()
