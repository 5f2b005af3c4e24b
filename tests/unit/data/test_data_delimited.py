"""Quotes of tsv files, and whether the first row names the columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from robust.data.source import DataSpec, Table, read


def table(tmp_path: Path, data: bytes | str, name: str = "d.csv", **options: object) -> Table:
    file = tmp_path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(DataSpec(source=str(file), **options))  # type: ignore[arg-type]


def pairs(read_table: Table) -> list[tuple[str, str | None]]:
    return [(row.fields[0], row.label) for row in read_table.rows]


# ------------------------------------------------------------------ tsv quotes
def test_tsv_quotes_in_a_plain_file_are_text(tmp_path: Path) -> None:
    rows = [('"quoted" start', "1"), ('ends "so"', "0"), ('"whole"', "1"), ('a " in the middle', "0"), ("plain", "1")]
    found = table(tmp_path, "".join(f"{text}\t{label}\n" for text, label in rows), "d.tsv")
    assert pairs(found) == rows
    assert found.columns["quotes"] == "no"


def test_tsv_a_quotation_over_two_lines_of_a_plain_file_is_text(tmp_path: Path) -> None:
    rows = [('"it begins', "1"), ('and ends"', "0"), ("more", "1")]
    assert pairs(table(tmp_path, "".join(f"{text}\t{label}\n" for text, label in rows), "d.tsv")) == rows


@pytest.mark.parametrize(
    "rows",
    [
        [('"whole"', "1"), ("plain", "0"), ('"again"', "1")],
        [('"it begins', "1"), ('and ends"', "0"), ('"a ""b"" c"', "1")],
    ],
)
def test_tsv_without_sure_signs_of_quoting_is_plain(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    assert pairs(table(tmp_path, "".join(f"{text}\t{label}\n" for text, label in rows), "d.tsv")) == rows


def test_tsv_line_ends(tmp_path: Path) -> None:
    for end in ("\r\n", "\n", "\r"):
        assert pairs(table(tmp_path, f"label\ttext{end}1\ta\u2028b{end}0\tc{end}", "d.tsv")) == [
            ("a\u2028b", "1"),
            ("c", "0"),
        ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('text\tlabel\n"he said ""no"""\t1\nplain\t0\n', 'he said "no"'),
        ('text\tlabel\n"one\ntwo"\t1\nplain\t0\n', "one\ntwo"),
        ('text\tlabel\n"one\ttwo"\t1\nplain\t0\n', "one\ttwo"),
        ('text\tlabel\n"all of"\t1\n"them"\t0\n', "all of"),
    ],
)
def test_tsv_written_with_quotes(tmp_path: Path, data: str, text: str) -> None:
    found = table(tmp_path, data, "d.tsv")
    assert found.rows[0].fields == (text,)
    assert len(found.rows) == 2
    assert found.columns["quotes"] == "yes"


# ------------------------------------------------------------------ header
def test_header_found_by_known_names(tmp_path: Path) -> None:
    assert pairs(table(tmp_path, "Stars , REVIEW\n1,good\n")) == [("good", "1")]


def test_header_found_by_the_names_asked_for(tmp_path: Path) -> None:
    found = table(tmp_path, "frasecita,nota\nbien,1\nmal,0\n", text="frasecita", label="Nota")
    assert pairs(found) == [("bien", "1"), ("mal", "0")]
    assert found.columns["header"] == "yes"


def test_numbers_for_columns_mean_no_header(tmp_path: Path) -> None:
    assert pairs(table(tmp_path, "x,1\nfine,0\n", text="0", label="1")) == [("x", "1"), ("fine", "0")]


@pytest.mark.parametrize(
    "data",
    [
        "a fine film\t1\na poor film\t0\n",
        "a fine film\tgood\na poor film\tbad\nanother one\tgood\n",
        "u1\ta fine film\t1\nu2\ta poor film\t0\nu3\tthe best film\t0\n",
    ],
)
def test_no_header_when_the_first_row_is_data(tmp_path: Path, data: str) -> None:
    found = table(tmp_path, data, "d.tsv")
    assert found.rows[0].fields == ("a fine film",)
    assert found.total == data.count("\n")
    assert found.columns["header"] == "no"


def test_header_said(tmp_path: Path) -> None:
    data = "text,label\nfine film,1\npoor film,0\n"
    assert len(table(tmp_path, data, header=False, text="0", label="1").rows) == 3
    assert len(table(tmp_path, "one,two\nfine,1\n", header=True, text="one", label="two").rows) == 1
