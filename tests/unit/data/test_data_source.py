"""Every kind of source is read to the same rows; nothing in a text changes on the way."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Literal

import pytest

from robust.data import source as source_module
from robust.data.source import DataSpec, Table, read
from robust.errors import DataError

ROWS = [
    ("el niño comió piña, ¿no?", "1"),
    ('she said "no" — twice', "0"),
    ("👩‍👩‍👧 ¡genial! \u2028 next", "1"),
    (unicodedata.normalize("NFD", "canción rápida"), "0"),
    ("  spaces stay  ", "1"),
]
TEXTS = [text for text, _ in ROWS]


def _csv(delimiter: str = ",", end: str = "\n") -> bytes:
    quoted = ('"' + text.replace('"', '""') + '"' for text in TEXTS)
    lines = [f"text{delimiter}label"]
    lines += [f"{text}{delimiter}{label}" for text, (_, label) in zip(quoted, ROWS, strict=True)]
    return (end.join(lines) + end).encode()


def _tsv() -> bytes:
    return "".join(f"{text}\t{label}\n" for text, label in [("text", "label"), *ROWS]).encode()


def _jsonl() -> bytes:
    lines = [json.dumps({"text": text, "label": int(label)}, ensure_ascii=False) for text, label in ROWS]
    return "\n\n".join(lines).encode()


def _json() -> bytes:
    return json.dumps([{"label": float(label), "text": text} for text, label in ROWS]).encode()


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": TEXTS, "label": [int(label) for _, label in ROWS]}), sink)
    return bytes(sink.getvalue())


KINDS = {".csv": _csv, ".tsv": _tsv, ".jsonl": _jsonl, ".json": _json, ".parquet": _parquet}
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}


def table(tmp_path: Path, data: bytes | str, name: str = "d.csv", **options: object) -> Table:
    file = tmp_path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(DataSpec(source=str(file), **options))  # type: ignore[arg-type]


def pairs(read_table: Table) -> list[tuple[str, str | None]]:
    return [(row.fields[0], row.label) for row in read_table.rows]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_same_rows(tmp_path: Path, kind: str, packing: str) -> None:
    found = table(tmp_path, PACKINGS[packing](KINDS[kind]()), f"d{kind}{packing}")
    assert pairs(found) == ROWS
    assert found.name == f"d{kind}{packing}"
    assert [row.id for row in found.rows] == [f"d{kind}{packing}/{n}" for n in range(5)]
    assert (found.total, found.left_out, found.lang) == (5, {}, None)
    assert {key: found.columns[key] for key in ("text", "label", "id")} == {
        "text": "text",
        "label": "label",
        "id": "(row number)",
    }


def test_fingerprint_is_of_the_rows_not_of_the_file(tmp_path: Path) -> None:
    found = [table(tmp_path, make(), f"any{n}{kind}") for n, (kind, make) in enumerate(KINDS.items())]
    assert len({one.fingerprint for one in found}) == 1
    assert len({one.source_fingerprint for one in found}) == len(KINDS)
    assert found[0].fingerprint.startswith("sha256:")
    assert len(found[0].fingerprint) == len("sha256:") + 16


@pytest.mark.parametrize(
    "change",
    ["text,label\na,1\nb,1\n", "text,label\na,1\nB,0\n", "text,label\nb,0\na,1\n", "text,label,id\na,1,x\nb,0,y\n"],
)
def test_fingerprint_changes_with_a_label_a_text_an_id_or_the_order(tmp_path: Path, change: str) -> None:
    assert table(tmp_path, "text,label\na,1\nb,0\n").fingerprint != table(tmp_path, change).fingerprint


def test_source_fingerprint_is_of_the_bytes_on_disk(tmp_path: Path) -> None:
    found = table(tmp_path, gzip.compress(_csv()), "d.csv.gz")
    assert found.source_fingerprint == f"sha256:{sha256((tmp_path / 'd.csv.gz').read_bytes()).hexdigest()[:16]}"


def test_fingerprint_covers_the_rows_after_map_and_limit(tmp_path: Path) -> None:
    data = "text,label\na,1\nb,0\n"
    plain, mapped, first = (
        table(tmp_path, data, **options)
        for options in ({}, {"label_map": {"1": "yes", "0": "no"}}, {"limit": 1})  # type: ignore[var-annotated]
    )
    assert len({plain.fingerprint, mapped.fingerprint, first.fingerprint}) == 3
    assert plain.source_fingerprint == mapped.source_fingerprint == first.source_fingerprint


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    assert pairs(table(tmp_path, _csv(delimiter, end))) == ROWS


def test_semicolons_with_commas_in_the_text(tmp_path: Path) -> None:
    found = table(tmp_path, "texto;etiqueta\nbueno, bonito;1\ncaro, malo;0\n")
    assert pairs(found) == [("bueno, bonito", "1"), ("caro, malo", "0")]
    assert found.columns["delimiter"] == "semicolon"


def test_line_breaks_inside_quotes_stay_as_they_are(tmp_path: Path) -> None:
    assert pairs(table(tmp_path, 'text,label\r\n"one\r\ntwo\nthree",1\r\n')) == [("one\r\ntwo\nthree", "1")]


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".jsonl", ".json"])
def test_byte_order_mark_is_dropped(tmp_path: Path, kind: str) -> None:
    assert pairs(table(tmp_path, b"\xef\xbb\xbf" + KINDS[kind](), f"d{kind}")) == ROWS


def test_other_encodings(tmp_path: Path) -> None:
    data = "text,label\nniño,1\n"
    assert pairs(table(tmp_path, data.encode("latin-1"), encoding="latin-1")) == [("niño", "1")]
    assert pairs(table(tmp_path, data.encode("utf-16"), encoding="utf-16")) == [("niño", "1")]


def test_long_cells(tmp_path: Path) -> None:
    text = "very long " * 30_000
    assert pairs(table(tmp_path, f'text,label\n"{text}",1\n')) == [(text, "1")]


# ------------------------------------------------------------------ columns
def test_the_column_called_like_its_role_wins(tmp_path: Path) -> None:
    data = '{"label": "pos", "stars": 9, "review": "no", "text": "yes"}\n'
    assert pairs(table(tmp_path, data, "d.jsonl")) == [("yes", "pos")]


def test_names_in_spanish_whatever_their_normal_form(tmp_path: Path) -> None:
    data = unicodedata.normalize("NFD", "Reseña,Categoría\nbien,1\n")
    assert pairs(table(tmp_path, data)) == [("bien", "1")]
    assert pairs(table(tmp_path, data, text="reseña", label="categoría")) == [("bien", "1")]


def test_two_texts_by_known_names_and_as_named(tmp_path: Path) -> None:
    data = "premise,hypothesis,gold_label\nit rains,it is wet,0\n"
    found = table(tmp_path, data)
    assert found.rows[0].fields == ("it rains", "it is wet")
    assert (found.columns["text"], found.columns["pair"]) == ("premise", "hypothesis")
    turned = table(tmp_path, data, text="hypothesis", pair="premise")
    assert turned.rows[0].fields == ("it is wet", "it rains")
    assert table(tmp_path, data, text="hypothesis").rows[0].fields == ("it is wet",)


def test_ids_stay_the_same_under_limit_and_label_map(tmp_path: Path) -> None:
    data = "text,label\na,3\nb,1\nc,3\nd,2\n"
    found = table(tmp_path, data, label_map={"1": "neg", "2": "pos"})
    assert [row.id for row in found.rows] == ["d.csv/1", "d.csv/3"]
    assert [row.label for row in found.rows] == ["neg", "pos"]
    assert (found.left_out, found.total) == ({"3": 2}, 4)
    first = table(tmp_path, data, label_map={"1": "neg", "2": "pos"}, limit=1)
    assert first.rows == found.rows[:1]
    assert first.left_out == found.left_out


def test_id_column(tmp_path: Path) -> None:
    data = "ID,text,label,key\n7,a,1,x\n9,b,0,x\n"
    assert [row.id for row in table(tmp_path, data).rows] == ["7", "9"]
    assert [row.id for row in table(tmp_path, data, id="").rows] == ["d.csv/0", "d.csv/1"]
    assert [row.id for row in table(tmp_path, data.replace("9,b,0,x", "9,b,0,y"), id="key").rows] == ["x", "y"]


def test_rows_without_a_text_are_counted(tmp_path: Path) -> None:
    found = table(
        tmp_path, '{"text": null, "label": 1}\n{"text": " ", "label": 1}\n{"text": "a", "label": 1}', "d.jsonl"
    )
    assert pairs(found) == [("a", "1")]
    assert found.left_out == {"(empty text)": 2}


def test_a_label_map_leaves_out_rows_without_a_label(tmp_path: Path) -> None:
    found = table(tmp_path, "text,label\na,\nb,1\n", label_map={"1": "yes"})
    assert found.left_out == {"(no label)": 1}


def test_values_that_are_not_strings(tmp_path: Path) -> None:
    data = '{"text": 12.5, "label": true}\n{"text": 7, "label": 2.0}\n{"text": "x", "label": 10}'
    assert pairs(table(tmp_path, data, "d.jsonl")) == [("12.5", "true"), ("7", "2"), ("x", "10")]


def test_language_of_rows_and_table(tmp_path: Path) -> None:
    data = "text,label,lang\na,1,es-MX\nb,0,Spanish\n"
    found = table(tmp_path, data)
    assert [row.lang for row in found.rows] == ["es", "es"]
    assert (found.lang, found.columns["lang"]) == ("es", "lang")
    assert table(tmp_path, data.replace("Spanish", "EN")).lang is None
    assert table(tmp_path, data.replace("Spanish", "fr")).rows[1].lang is None
    assert table(tmp_path, data.replace("Spanish", "fr"), lang="es").rows[1].lang == "es"
    with pytest.raises(DataError, match=r"d\.csv:2: the row says es, --lang en"):
        table(tmp_path, data, lang="en")


def test_starter_set_goes_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("id,text,label,lang,domain\nr1,good,positive,en,film\n", encoding="utf-8")
    monkeypatch.setattr(source_module, "data_path", lambda name: tmp_path / "x.csv")
    found = read(DataSpec(source="starter-en", encoding="latin-1"))
    assert (found.name, found.rows[0].id, found.lang) == ("starter-en", "r1", "en")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_bundled_starter_sets(lang: Literal["en", "es"]) -> None:
    found = read(DataSpec(source=f"starter-{lang}"))
    assert (found.name, found.lang, found.left_out) == (f"starter-{lang}", lang, {})
    assert {row.label for row in found.rows} == {"negative", "positive"}


def test_the_layer_is_light() -> None:
    import subprocess
    import sys

    code = (
        "import sys, robust.data.source, robust.data.labels; "
        "sys.exit(any(m in sys.modules for m in ('torch', 'transformers', 'datasets', 'pyarrow')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_labels_can_be_left_unread(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text("text,label\ngood,1\nbad,\n", encoding="utf-8")
    found = read(DataSpec(source=str(file), label=""))
    assert [(row.fields, row.label) for row in found.rows] == [(("good",), None), (("bad",), None)]
    assert found.columns["label"] == "(none)"
