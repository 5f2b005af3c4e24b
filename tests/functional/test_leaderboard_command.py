"""A run becomes an entry, is checked, marked, attacked, asked and shown by commands; mistakes are said plainly."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from robust.leaderboard.check import open_entry
from robust.leaderboard.store import ENTRY, Folder
from tests.functional.command import robust
from tests.unit.leaderboard.conftest import copied, runs, toy  # noqa: F401 - fixtures
from tests.unit.leaderboard.test_check import forget_a_success


@pytest.fixture
def entry(runs: dict[str, Path], tmp_path: Path) -> str:  # noqa: F811
    ran = robust("leaderboard", "submit", runs["keyboard-typos"], "--out", tmp_path / "entries", "--by", "ana")
    assert ran.code == 0, ran.err
    return ran.out.splitlines()[0]


def test_from_a_run_to_a_board(entry: str, tmp_path: Path) -> None:
    checked = robust("leaderboard", "check", entry, "--record", "--by", "bea")
    assert checked.code == 0, checked.err
    assert "every number follows from the rows" in checked.out
    assert "contamination" in checked.out
    marked = robust("leaderboard", "mark", entry, "flagged", "--by", "bea", "--note", "labels look odd")
    assert [line.split()[1] for line in marked.out.splitlines()] == ["claimed", "recomputed", "flagged"]
    built = robust("leaderboard", "build", tmp_path / "entries", "--out", tmp_path / "site", "--lang", "es")
    assert built.code == 0, built.err
    assert "1 entries" in built.out
    assert '<html lang="es">' in (tmp_path / "site/index.html").read_text("utf-8")
    asked = robust("leaderboard", "query", tmp_path / "entries", "select model, state from entries", "--json")
    assert json.loads(asked.out) == [{"model": "toy", "state": "flagged"}]
    assert "model-index:" in robust("leaderboard", "model-index", entry).out
    assert json.loads(robust("leaderboard", "schema").out)["title"] == "Entry"


@pytest.mark.usefixtures("toy")
def test_reproducing_and_attacking_from_outside(entry: str, tmp_path: Path) -> None:
    robust("leaderboard", "check", entry, "--record", "--by", "bea")
    again = robust("leaderboard", "reproduce", entry, "--share", "0.2", "--seed", "1", "--record", "--by", "bea")
    assert again.code == 0, again.err
    assert "seed 1: 4 attacks again" in again.out
    assert open_entry(Folder.at(entry)).events[-1].state == "reproduced"

    row = forget_a_success(Folder.at(entry))
    forged = robust("leaderboard", "reproduce", entry, "--share", "1", "--seed", "1")
    assert forged.code == 2
    assert f"keyboard-typos/{row['example_id']}: claimed failure, found success" in forged.out
    texts = tmp_path / "texts.csv"
    with texts.open("w", newline="") as handle:
        csv.writer(handle).writerows(
            [("example_id", "adversarial"), (row["example_id"], row["adversarial"]), ("nobody", "x")]
        )
    attacked = robust("leaderboard", "attack", entry, texts, "--by", "eve")
    assert "1 of 2 texts count" in attacked.out
    assert robust("leaderboard", "check", entry).code == 0


def test_contaminated_entries_are_flagged(entry: str, tmp_path: Path) -> None:
    texts = [row["original"] for row in open_entry(Folder.at(entry)).rows][:3]
    training = tmp_path / "train.txt"
    training.write_text("\n".join(texts), "utf-8")
    checked = robust("leaderboard", "check", entry, "--training", training, "--record", "--by", "bea")
    assert checked.code == 2
    assert "3 of 20 texts share 8 words in a row" in checked.out
    assert open_entry(Folder.at(entry)).events[-1].state == "flagged"
    robust("leaderboard", "build", tmp_path / "entries", "--out", tmp_path / "site")
    (line,) = csv.DictReader((tmp_path / "site/board.csv").read_text().splitlines())
    assert "contamination" in line["flags"].split()


def test_a_page_of_a_run(runs: dict[str, Path], tmp_path: Path) -> None:  # noqa: F811
    written = robust("report", runs["textfooler"], "--html", tmp_path / "deep/run.html", "--lang", "es")
    assert written.code == 0, written.err
    assert "Ejecución" in (tmp_path / "deep/run.html").read_text("utf-8")
    assert robust("report", runs["textfooler"], "--html", tmp_path / "x.html", "--lang", "fr").code == 2


def test_hidden_texts_are_drawn(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    words = ("leaderboard", "hidden", "starter-en", "--secret", tmp_path / "secret", "--n", 10)
    ran = robust(*words, "--weights", "sha256:0", "--out", tmp_path / "h.csv")
    assert ran.code == 0, ran.err
    rows = list(csv.DictReader((tmp_path / "h.csv").read_text("utf-8").splitlines()))
    assert sorted(row["label"] for row in rows) == ["negative"] * 5 + ["positive"] * 5
    assert robust(*words, "--weights", "unpinned", "--out", tmp_path / "h.csv").code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check", "nowhere"), "has no entry.json"),
        (("build", "nowhere", "--out", "x"), "there is no folder"),
        (("check", "nosuch://x"), "cannot be opened"),
        (("submit", "nowhere", "--out", "x", "--by", "ana"), "there is no run"),
        (("submit", "nowhere", "--out", "x", "--by", "ana", "--split", "secret"), "there is no such split"),
    ],
)
def test_mistakes_get_one_plain_message(words: tuple[str, ...], message: str) -> None:
    ran = robust("leaderboard", *words)
    assert ran.code == 2
    assert message in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_what_cannot_be_submitted(
    entry: str,
    runs: dict[str, Path],  # noqa: F811
    copied: object,  # noqa: F811
    tmp_path: Path,
) -> None:
    out = ("--out", tmp_path / "entries", "--by", "ana")
    assert "is there already" in robust("leaderboard", "submit", runs["keyboard-typos"], *out).err
    assert "not of the same model" in robust("leaderboard", "submit", runs["other"], runs["textfooler"], *out).err
    assert "is there twice" in robust("leaderboard", "submit", runs["textfooler"], runs["textfooler"], *out).err
    assert callable(copied)
    bad = copied("textfooler")
    manifest = json.loads((bad / "manifest.json").read_text())
    manifest["recipe"]["resolved"]["attack"]["search"] = {"no_such_search": {}}
    (bad / "manifest.json").write_text(json.dumps(manifest))
    ran = robust("leaderboard", "submit", bad, *out)
    assert ran.code == 2
    assert "no_such_search" in ran.err


def test_a_false_entry_is_refused_by_check_and_build(entry: str, tmp_path: Path) -> None:
    path = Path(entry) / ENTRY
    said = json.loads(path.read_text())
    said["results"]["robust"]["k"] += 1
    path.write_text(json.dumps(said))
    assert robust("leaderboard", "check", entry).code == 2
    built = robust("leaderboard", "build", tmp_path / "entries", "--out", tmp_path / "site")
    assert built.code == 2
    assert "aggregates" in built.err
    left = robust("leaderboard", "build", tmp_path / "entries", "--out", tmp_path / "site", "--leave-out")
    assert left.code == 0
    assert "left out: " in left.err
