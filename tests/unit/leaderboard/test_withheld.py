"""Entries without texts: nothing of the benchmark is in the files, and whoever has it gets the very rows back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robust.data.source import DataSpec, read
from robust.errors import DataError
from robust.leaderboard import check, rerun
from robust.leaderboard.board import build
from robust.leaderboard.check import open_entry
from robust.leaderboard.flags import Evidence, flags
from robust.leaderboard.rows import write
from robust.leaderboard.site import site
from robust.leaderboard.store import ROWS, Folder
from robust.leaderboard.submit import submit
from robust.leaderboard.withheld import NOTHING, change, changed
from tests.unit.leaderboard.conftest import BY

TEXTS = {row.id: row.fields for row in read(DataSpec(source="starter-en", limit=20)).rows}


@pytest.fixture
def folder(runs: dict[str, Path], tmp_path: Path) -> Folder:
    out = Folder.at(str(tmp_path / "entries"))
    return submit([runs["textfooler"], runs["keyboard-typos"]], out, replace(BY, withhold=True))[1]


def failed(folder: Folder, texts: dict[str, tuple[str, ...]] | None = None) -> list[str]:
    return [finding.message for finding in check.check(folder, texts)[1] if finding.verdict == "failed"]


@settings(deadline=None)
@given(st.text(alphabet="ab ñé,.'\n\u0301", max_size=30), st.text(alphabet="ab ñé,.'\n\u0301", max_size=30))
def test_a_change_leads_from_one_text_to_the_other(one: str, two: str) -> None:
    assert changed(one, change(one, two)) == two
    assert (change(one, two) == NOTHING) == (one == two)


def test_a_change_is_of_whole_words() -> None:
    assert change("a perfect film, by far", "a spotless film, by far") == '[[2,9,"spotless"]]'
    with pytest.raises(ValueError, match="outside the text"):
        changed("short", '[[2,9,"spotless"]]')


def test_no_text_is_in_the_files_and_the_rows_come_back(folder: Folder, make) -> None:
    bare, found = open_entry(folder), open_entry(folder, TEXTS)
    folder.fs.rm(folder.path, recursive=True)
    whole = open_entry(make("textfooler", "keyboard-typos"))
    assert not bare.whole
    assert {row["original"] for row in bare.rows} == {None}
    for fields in TEXTS.values():
        words = fields[0].split()
        assert not any(" ".join(words[at : at + 4]) in str(row) for row in bare.rows for at in range(len(words) - 3))
    assert found.whole
    assert found.rows == whole.rows
    assert found.entry.results == whole.entry.results
    assert found.entry.entry_id == whole.entry.entry_id


def test_with_the_texts_everything_is_checked_and_without_them_it_says_what_is_not(folder: Folder) -> None:
    assert failed(folder) == []
    assert failed(folder, TEXTS) == []
    unchecked = {finding.check for finding in check.check(folder)[1] if finding.verdict == "not checked"}
    assert unchecked == {"constraints"}
    assert any(finding.check.startswith("constraint no_repeat") for finding in check.check(folder, TEXTS)[1])


def test_other_texts_are_refused(folder: Folder) -> None:
    other = {name: (f"{fields[0]} Really.",) for name, fields in TEXTS.items()}
    assert "its hash is not that of its content" in failed(folder, other)[0]
    assert "has no row" in failed(folder, {})[0]
    assert "not the text that was attacked" in failed(folder, dict.fromkeys(TEXTS, ("a",)))[0]


def test_changed_rows_are_refused_without_the_texts(folder: Folder) -> None:
    rows = open_entry(folder).rows
    forged = [{**row, "queries": row["queries"] + 1} if at == 3 else row for at, row in enumerate(rows)]
    folder.write(ROWS, write(forged))
    assert "was changed" in failed(folder)[0]


def test_the_board_takes_it_and_shows_no_text(folder: Folder) -> None:
    lines = build(Folder.at(folder.path.rpartition("/")[0]))
    files = site(lines, "en")
    page = next(data for name, data in files.items() if name.startswith("entries/")).decode("utf-8")
    assert "may not be passed on" in page
    assert not any(fields[0] in page for fields in TEXTS.values())
    assert {flag.why.said("es") for flag in flags(Evidence(open_entry(folder)))} >= {"la entrada no publica sus textos"}


def test_it_is_run_again_with_the_texts_alone(folder: Folder, toy: None) -> None:
    found = rerun.reproduce(open_entry(folder, TEXTS), share=0.2, seed=3)
    assert found.passed(0.0)
    with pytest.raises(DataError, match="withholds its texts"):
        rerun.reproduce(open_entry(folder), share=0.2, seed=3)


def test_texts_from_outside_cannot_stand_beside_it(folder: Folder, toy: None) -> None:
    name = next(iter(TEXTS))
    for texts in (None, TEXTS):
        with pytest.raises(DataError, match="withholds its texts"):
            rerun.try_texts(open_entry(folder, texts), [(name, "Something else.")], by="someone")
