"""Public data sets as their authors wrote them."""

from __future__ import annotations

from collections import Counter

import pytest

from robust.data.labels import to_examples
from robust.data.source import DataSpec, Table, read
from tests.realdata import path

pytestmark = pytest.mark.realdata


def counts(table: Table) -> Counter[str | None]:
    return Counter(row.label for row in table.rows)


def test_sst2_dev_without_header_and_with_quotes_in_the_text() -> None:
    file = path("en", "sst2", "dev.tsv")
    table = read(DataSpec(source=str(file)))
    assert (len(table.rows), table.total, counts(table)) == (872, 872, {"1": 444, "0": 428})
    lines = file.read_text(encoding="utf-8").split("\n")
    assert [f"{row.fields[0]}\t{row.label}" for row in table.rows] == [line for line in lines if line]
    aligned = to_examples(table, ("negative", "positive"), lang="en")
    assert (aligned.matched, aligned.mapping) == ("by position", {"0": 0, "1": 1})


def test_spanish_reviews_with_stars_as_sentiment() -> None:
    stars = {"1": "negative", "2": "negative", "4": "positive", "5": "positive"}
    table = read(DataSpec(source=str(path("es", "reviews", "train.jsonl")), label_map=stars, lang="es"))
    assert (table.total, table.left_out) == (4000, {"3": 800})
    assert counts(table) == {"positive": 1840, "negative": 1360}
    assert to_examples(table, ("NEG", "POS")).mapping == {"negative": 0, "positive": 1}


def test_tass() -> None:
    table = read(DataSpec(source=str(path("es", "tass", "general_train.jsonl")), lang="es"))
    assert counts(table) == {"P": 2884, "N": 2182, "NONE": 1483, "NEU": 670}
    polar = read(
        DataSpec(source=str(path("es", "tass", "inter_dev.jsonl")), label_map={"P": "positive", "N": "negative"})
    )
    assert polar.left_out == {"NONE": 62, "NEU": 69}


@pytest.mark.parametrize(
    ("parts", "rows", "fields", "quotes"),
    [
        (("en", "rte", "dev.tsv"), 277, 2, "no"),
        (("en", "agnews", "dev.tsv"), 10_001, 1, "yes"),
        (("en", "imdb_cad", "train.tsv"), 3414, 1, "yes"),
        (("en", "sst2_phrases", "dev.tsv"), 6735, 1, "no"),
    ],
)
def test_tsv_with_and_without_quotes(parts: tuple[str, ...], rows: int, fields: int, quotes: str) -> None:
    table = read(DataSpec(source=str(path(*parts))))
    assert (len(table.rows), len(table.rows[0].fields), table.columns["quotes"]) == (rows, fields, quotes)
