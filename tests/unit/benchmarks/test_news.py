"""Files of AG News: written like the test texts, without what is in these."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.defences.news import main, spaced


def test_training_texts_are_written_like_the_test_texts() -> None:
    assert spaced("Oil Falls -- Below $50, it's said (AP)") == "oil falls - - below $ 50 , it's said ( ap )"


def test_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news, old = tmp_path / "en" / "agnews", tmp_path / "en" / "textfooler_eval"
    news.mkdir(parents=True)
    old.mkdir()
    shared = "the council of the old port has voted for a new bridge"
    several = [f"Team number {n} wins.\tSports" for n in range(19)]
    (news / "dev.tsv").write_text("\n".join([f"{shared.upper()}!\tWorld", *several, "no topic here"]) + "\n")
    (old / "ag").write_text(f'0 "{shared} , again ."\n3 chips get smaller .\n')
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == "17 rows of train, 2 rows of dev, 2 rows of test\n"
    rows = [json.loads(line) for line in (tmp_path / "out" / "test.jsonl").read_text().splitlines()]
    assert [row["label"] for row in rows] == ["World", "Sci/Tech"]
    assert rows[0]["text"] == f"{shared} , again ."
    assert main(["--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 2
    assert "--data names the folder" in capsys.readouterr().err
