"""`robust evaluate --suite behaviour`: tests in, failure rates out."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from robust.victims.load import load_victim
from tests.functional.command import robust

TESTS = """\
capability,test_name,type,case,text,label,expected_direction
Words,plain,MFT,1,A wonderful evening.,positive,
Words,plain,MFT,2,A wonderful evening.,negative,
Words,plain,MFT,3,A terrible evening.,negative,
Names,names,INV,1,Ann said it was wonderful.,,
Names,names,INV,1,Bob said it was wonderful.,,
Names,names,INV,2,It was wonderful.,,
Names,names,INV,2,It was terrible.,,
Praise,praise,DIR,1,We went there.,positive,up
Praise,praise,DIR,1,We went there. Wonderful!,positive,up
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tests.csv").write_text(TESTS, encoding="utf-8")


def test_tests_of_ones_own() -> None:
    words = (
        "evaluate",
        "--suite",
        "behaviour",
        "--model",
        "starter-en",
        "--tests",
        "tests.csv",
        "--out",
        "run",
        "--json",
    )
    ran = robust(*words)
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    rates = {test["name"]: (test["failure_rate"]["k"], test["failure_rate"]["n"]) for test in said["tests"]}
    assert rates == {"plain": (1, 3), "names": (1, 2), "praise": (0, 1)}
    assert said["failure_rate"]["INV"]["value"] == 0.5
    names = next(test for test in said["tests"] if test["name"] == "names")
    assert names["failed"] == [["It was wonderful.", "positive"], ["It was terrible.", "negative"]]
    rows = pq.read_table("run/examples.parquet").to_pylist()
    victim = load_victim("starter-en", dtype="float32")
    for row in rows:
        assert row["logits"] == pytest.approx(victim.logits([(row["text"],)])[0].tolist(), abs=1e-4)
    assert json.loads(robust("report", "run", "--json").out) == said
    assert "names" in robust("report", "run").out
    again = robust(*words)
    assert json.loads(again.out) == said
    other = robust("evaluate", "--suite", "behaviour", "--model", "starter-es", "--tests", "tests.csv", "--out", "two")
    assert other.code == 0
    (compared,) = json.loads(robust("compare", "run", "two", "--json").out)
    assert (compared["number"], compared["difference"]["n"]) == ("cases passed", 6)


def test_labels_are_matched_or_mapped() -> None:
    Path("tests.csv").write_text(TESTS.replace(",positive,", ",good,").replace(",negative,", ",bad,"), "utf-8")
    words = ("evaluate", "--suite", "behaviour", "--model", "starter-en", "--tests", "tests.csv", "--json")
    ran = robust(*words)
    assert (ran.code, "--label-map" in ran.err) == (2, True)
    ran = robust(*words, "--label-map", "good=positive,bad=negative")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["failure_rate"]["MFT"]["k"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tests", "nowhere.csv"], "nowhere.csv"),
        (["--tests", "nothing-es-v9"], "no behaviour recipe is called"),
        (["--data", "starter-en"], "--data: not for the suite behaviour"),
        (["--label-map", "good=positive"], "has no label 'good'"),
    ],
)
def test_mistakes(words: list[str], message: str) -> None:
    ran = robust("evaluate", "--suite", "behaviour", "--model", "starter-en", *words)
    assert (ran.code, message in ran.err) == (2, True), ran.err
    assert not Path("results").exists()
