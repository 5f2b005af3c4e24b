"""The tables of queries say what the rows say."""

from __future__ import annotations

import pytest

from benchmarks.fewer_queries import Row, page, ratio

FIRST = [Row(row=at, success=at != 3, queries=40 + at, changed=2, words=10) for at in range(8)]
OTHER = [Row(row=at, success=at not in (3, 5), queries=20, changed=3, words=10) for at in range(8)]


def test_the_share_is_that_of_the_sums() -> None:
    found = ratio(OTHER, FIRST)
    assert found.value == pytest.approx(160 / 348)
    assert found.low is not None
    assert found.high is not None
    assert 20 / 47 < found.low < found.value < found.high < 20 / 40


def test_rows_behind_the_split_have_a_table_of_their_own() -> None:
    text = page({"en": {"first": FIRST, "other": OTHER}}, limit=8, split=4)
    behind, every = text.split("## ")[1:]
    assert behind.startswith("starter-en, rows 5 to 8")
    assert every.startswith("starter-en, all rows")
    line = next(line for line in behind.splitlines() if line.startswith("| other"))
    assert [cell.strip() for cell in line.split("|")][2:4] == ["4", "75.0 % [30.1, 95.4]"]
    assert "-25.0" in line
    assert "3.00 [3.00, 3.00]" in line
    assert "30.0 [30.0, 30.0]" in line
    assert "| first | 8 | 87.5 %" in every
