"""Each mistake gets one message with the place and the fix."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from robust.data.source import DataSpec, read
from robust.errors import DataError


def fault(tmp_path: Path, data: bytes | str, name: str = "d.csv", **options: object) -> str:
    file = tmp_path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(DataError) as caught:
        read(DataSpec(source=str(file), **options))  # type: ignore[arg-type]
    assert caught.value.fix
    return str(caught.value)


CASES = {
    "empty": ("", "d.csv", {}, ["d.csv", "empty"]),
    "blank": ("\n \n", "d.csv", {}, ["empty"]),
    "empty_tsv": ("\n\n", "d.tsv", {}, ["empty"]),
    "header_only": ("text,label\n", "d.csv", {}, ["header but no rows"]),
    "no_rows_json": ("[]", "d.json", {}, ["no rows"]),
    "extension": ("text,label\na,1\n", "d.txt", {}, ["'.txt'", ".csv"]),
    "no_extension": ("x", "data", {}, ["no extension"]),
    "extension_gz": ("x", "d.txt.gz", {}, ["'.txt.gz'"]),
    "encoding": (
        "text,label\nok,1\nni\xf1o,1\n".encode("latin-1"),
        "d.csv",
        {},
        ["d.csv:3", "0xf1", "offset 18", "latin-1"],
    ),
    "encoding_windows": ("text,label\nok,1\n“film”,1\n".encode("cp1252"), "d.csv", {}, ["d.csv:3", "0x93", "cp1252"]),
    "encoding_16": ("text,label\nok,1\n".encode("utf-16"), "d.csv", {}, ["--encoding utf-16"]),
    "encoding_name": ("text,label\nok,1\n", "d.csv", {"encoding": "uft-8"}, ["uft-8", "'utf-8'"]),
    "encoding_not_text": ("text,label\nok,1\n", "d.csv", {"encoding": "hex"}, ["hex", "no such text encoding"]),
    "few": ('text,label\n"a\nb",1\nonly\n', "d.csv", {}, ["d.csv:4", "too few", "1 where the first row has 2"]),
    "many": ("text,label\na,1\na, b,1\n", "d.csv", {}, ["d.csv:3", "too many", "quotes"]),
    "many_tsv": ("text\tlabel\na\t1\nb\tc\t1\n", "d.tsv", {}, ["d.tsv:3", "too many"]),
    "quotes": ('text,label\nfine,1\n"so" it goes,1\n', "d.csv", {}, ["d.csv:3", "not valid csv", '""no""']),
    "open_quote": ('text,label\n"never\nends,1\n', "d.csv", {}, ["d.csv:2", "not valid csv"]),
    "twice": ("text,label,text\na,1,b\n", "d.csv", {}, ["two columns", "'text'"]),
    "undecidable": ("eins,zwei\nfoo bar,baz\n", "d.csv", {}, ["d.csv:1", "eins | zwei", "--no-header", "--text"]),
    "json_line": ('{"text": "a", "label": 1}\n\n{"text": \n', "d.jsonl", {}, ["d.jsonl:3", "not valid JSON"]),
    "json_not_object": ('{"text": "a", "label": 1}\n[1]\n', "d.jsonl", {}, ["d.jsonl:2", "a list"]),
    "json_object": ('{"data": []}', "d.json", {}, ["an object", "list of objects"]),
    "json_item": ('[{"text": "a", "label": 1}, 3]', "d.json", {}, ["item 1", "a number"]),
    "json_broken": ('[{"text": "a"},\n oops]', "d.json", {}, ["d.json:2", "not valid JSON"]),
    "json_deep": ("[" * 100_000, "d.json", {}, ["not readable as JSON"]),
    "json_missing": ('{"text": "a", "label": 1}\n{"text": "b"}\n', "d.jsonl", {}, ["d.jsonl:2", "no 'label'"]),
    "half_character": ('{"text": "a\\ud83d", "label": 1}\n', "d.jsonl", {}, ["d.jsonl:1", "U+D83D"]),
    "list": ('{"text": ["a", "b"], "label": 1}\n', "d.jsonl", {}, ["d.jsonl:1", "holds a list"]),
    "column": ("text,label\na,1\n", "d.csv", {"text": "txet"}, ["'txet'", "text, label", "did you mean 'text'"]),
    "column_unknown": ("text,label\na,1\n", "d.csv", {"label": "zzz"}, ["--label", "--no-header"]),
    "column_number": ("a fine film,1\n", "d.csv", {"text": "0", "label": "5"}, ["'5'", "0, 1"]),
    "no_text": ("blurb,label\na,1\n", "d.csv", {}, ["no column is known as a text", "blurb, label", "--text"]),
    "no_label": ("text,x\na,1\n", "d.csv", {}, ["no column is known as a label", "--label"]),
    "texts": ("review,content,label\na,b,1\n", "d.csv", {}, ["several", "review, content", "--text"]),
    "labels": ("text,stars,sentiment\na,1,2\n", "d.csv", {}, ["several", "stars, sentiment", "--label"]),
    "texts_no_header": ("one text\tother text\t1\nc d\te f\t0\n", "d.tsv", {}, ["which column is the text", "--pair"]),
    "same_column": ("text,label\na,1\n", "d.csv", {"label": "text"}, ["used twice"]),
    "one_text": ("text,label\na,1\n", "d.csv", {"attack_field": 1}, ["--pair"]),
    "unlabelled": ("text,label\na,1\nb,\nc,\n", "d.csv", {}, ["d.csv:3", "2 of 3 rows", "--label-map"]),
    "ids": ("text,label,id\na,1,x\nb,1,y\nc,1,x\n", "d.csv", {}, ["d.csv:4", "'x'", "d.csv:2", "--id ''"]),
    "id_empty": ("text,label,id\na,1,x\nb,1,\n", "d.csv", {}, ["d.csv:3", "id is empty"]),
    "all_empty": ("text,label\n ,1\n", "d.csv", {}, ["no row remains", "(empty text)"]),
    "map_misses": ("text,label\na,1\n", "d.csv", {"label_map": {"x": "y"}}, ["no row remains", "'1': 1"]),
    "map_typo": (
        "text,label\na,positive\nb,negative\n",
        "d.csv",
        {"label_map": {"positve": "P", "negative": "N"}},
        ["'positve'", "did you mean 'positive'"],
    ),
    "parquet": ("text,label\na,1\n", "d.parquet", {}, ["not a readable parquet file"]),
    "gz": ("text,label\na,1\n", "d.csv.gz", {}, [".gz"]),
    "gz_cut": (gzip.compress(b"text,label\na,1\n" * 99)[:-12], "d.csv.gz", {}, ["broken"]),
    "gz_bad": (gzip.compress(b"text,label\na,1\n")[:12] + b"????????", "d.csv.gz", {}, ["broken"]),
    "xz": ("text,label\na,1\n", "d.csv.xz", {}, [".xz"]),
    "xz_cut": (lzma.compress(b"text,label\na,1\n")[:-4], "d.csv.xz", {}, ["broken"]),
    "bz2": ("text,label\na,1\n", "d.csv.bz2", {}, [".bz2"]),
    "split": ("text,label\na,1\n", "d.csv", {"split": "test"}, ["--split test", "hub"]),
    "header_json": ('{"text": "a", "label": 1}', "d.jsonl", {"header": True}, ["--header"]),
    "limit": ("text,label\na,1\n", "d.csv", {"limit": 0}, ["--limit 0"]),
}


@pytest.mark.parametrize("case", CASES)
def test_fault(tmp_path: Path, case: str) -> None:
    data, name, options, parts = CASES[case]
    message = fault(tmp_path, data, name, **options)
    for part in parts:
        assert part in message, message


def test_missing_file_names_the_nearest_sibling(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").touch()
    with pytest.raises(DataError, match=r"no such file\n  fix: did you mean 'reviews.csv'"):
        read(DataSpec(source=str(tmp_path / "review.csv")))
    with pytest.raises(DataError, match="check the path"):
        read(DataSpec(source=str(tmp_path / "none" / "review.csv")))


def test_missing_bare_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="did you mean 'starter-en'"):
        read(DataSpec(source="starter_en"))
    with pytest.raises(DataError, match="hf:imdb"):
        read(DataSpec(source="imdb"))
    with pytest.raises(DataError, match="--data is empty"):
        read(DataSpec(source=""))
    with pytest.raises(DataError, match="download the file"):
        read(DataSpec(source="https://example.org/x.csv"))


def test_directory(tmp_path: Path) -> None:
    (tmp_path / "train.csv").touch()
    with pytest.raises(DataError, match=r"is a directory[\s\S]*train\.csv"):
        read(DataSpec(source=str(tmp_path)))
