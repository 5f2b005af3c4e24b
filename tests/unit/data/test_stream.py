"""A source read row by row is the source read whole, and does not fill memory."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from robust.data import questions, stream, tagged
from robust.data.source import DataSpec, Row, read
from robust.errors import DataError

ROWS = [{"id": str(at), "text": f'row {at}: "quoted", ñandú\nnext line', "label": str(at % 2)} for at in range(60)]


def csv_text(end: str = "\n") -> str:
    cells = [f'{row["id"]},"{row["text"].replace(chr(34), chr(34) * 2)}",{row["label"]}' for row in ROWS]
    return end.join(["id,text,label", *cells]) + end


def streamed(spec: DataSpec, size: int = 7) -> list[Row]:
    with stream.texts(spec) as found:
        return [row for piece in found.pieces(size) for row, _ in piece]


SOURCES = {
    "a.csv": csv_text().encode(),
    "crlf.csv": csv_text("\r\n").encode(),
    "bom.csv": b"\xef\xbb\xbf" + csv_text().encode(),
    "a.csv.gz": gzip.compress(csv_text().encode()),
    "a.csv.xz": lzma.compress(csv_text().encode()),
    "a.csv.bz2": bz2.compress(csv_text().encode()),
    "a.tsv": b"text\tlabel\n" + "".join(f'say "{at}\t{at % 3}\n' for at in range(50)).encode(),
    "no_header.tsv": "".join(f"a text {at}\t{at % 2}\n" for at in range(50)).encode(),
    "a.jsonl": "".join(f'{{"text": "t {at}", "label": {at % 2}, "more": [1]}}\n\n' for at in range(50)).encode(),
    "a.json": ("[" + ",".join(f'{{"text": "t {at}", "label": {at % 2}}}' for at in range(50)) + "]").encode(),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("head", [stream.HEAD, 300])
def test_the_same_rows(name: str, head: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEAD", head)
    (tmp_path / name).write_bytes(SOURCES[name])
    for limit in (None, 11):
        spec = DataSpec(source=str(tmp_path / name), limit=limit)
        assert tuple(streamed(spec)) == read(spec).rows


def test_parquet_and_label_maps(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    spec = DataSpec(source=str(tmp_path / "a.parquet"), label_map={"1": "positive"})
    assert tuple(streamed(spec)) == read(spec).rows


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "id,text,label\n1,a,b\n2,a\n", "a.csv:3: too few fields"),
        ("a.csv", 'id,text,label\n1,a,b\n2,"a" b,c\n', "not valid csv"),
        ("a.csv", "id,text,label\n", "has a header but no rows"),
        ("a.jsonl", '{"text": "a", "label": 1}\n{"text": 3\n', "a.jsonl:2: not valid JSON"),
        ("a.csv.gz", "no gzip", "broken or not a .gz file"),
        ("a.csv", "", "the file is empty"),
    ],
)
def test_mistakes_are_said(name: str, content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=said.replace(".", r"\.")):
        streamed(DataSpec(source=str(tmp_path / name)))


def test_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_text().encode("latin-1"))
    with pytest.raises(DataError, match="not utf-8"):
        streamed(DataSpec(source=str(tmp_path / "a.csv")))
    spec = DataSpec(source=str(tmp_path / "a.csv"), encoding="latin-1")
    assert tuple(streamed(spec)) == read(spec).rows


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for n in (4000, 40000):
        path = tmp_path / f"{n}.csv"
        path.write_text("text,label\n" + "".join(f"a text of some words {at},{at % 2}\n" for at in range(n)))
        with stream.texts(DataSpec(source=str(path), lang="en")) as found:
            tracemalloc.start()
            rows = sum(len(piece) for piece in found.pieces(256))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert rows == n
    assert peaks[1] < 1.5 * peaks[0]


def test_sentences_and_questions(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("Ana I-PER\nsings O\n\nParis I-LOC\nLondon B-LOC\n\n", encoding="utf-8")
    spec = DataSpec(source=str(tmp_path / "a.conll"))
    with tagged.stream(spec) as found:
        assert [(row.id, row.words, row.tags) for row in found] == [
            (row.id, row.words, row.tags) for row in tagged.read(spec).rows
        ]
    line = '{"question": "who?", "context": "It was Ana.", "answers": {"text": ["Ana"], "answer_start": [7]}}\n'
    (tmp_path / "a.jsonl").write_text(line * 3, encoding="utf-8")
    spec = DataSpec(source=str(tmp_path / "a.jsonl"))
    with questions.stream(spec) as (asked, _):
        assert tuple(asked) == questions.read(spec).rows
