import bz2
import gzip
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from robust.errors import DataError
from robust.stages.pretrain.corpus import Corpus, parse_source


def write(path: Path, text: str) -> str:
    opener = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}.get(path.suffix, open)
    with opener(path, "wt", encoding="utf-8") as file:
        file.write(text)
    return str(path)


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a.txt.xz", "a.txt.bz2"])
def test_a_line_is_a_paragraph(tmp_path: Path, name: str) -> None:
    source = write(tmp_path / name, "El niño llegó.\n\n  ¿Y la niña?  \r\nFin\n")
    assert list(Corpus(sources=[parse_source(source)]).texts()) == ["El niño llegó.", "¿Y la niña?", "Fin"]


def test_tables_give_their_column(tmp_path: Path) -> None:
    jsonl = write(tmp_path / "a.jsonl", '{"t": "uno\\ndos"}\n\n{"t": ""}\n{"t": "tres"}\n')
    csv = write(tmp_path / "a.csv", 't,other\n"un, dos",x\n')
    tsv = write(tmp_path / "a.tsv.gz", "other\tt\nx\tcuatro\n")
    corpus = Corpus(sources=[parse_source(source, text="t") for source in (jsonl, csv, tsv)])
    assert list(corpus.texts()) == ["uno dos", "tres", "un, dos", "cuatro"]


def test_a_share_is_drawn_the_same_every_time(tmp_path: Path) -> None:
    source = write(tmp_path / "a.txt", "".join(f"line {number}\n" for number in range(4000)))
    corpus = Corpus(sources=[parse_source(f"{source}@0.25")], seed=3)
    first = list(corpus.texts())
    assert first == list(corpus.texts())
    assert 900 < len(first) < 1100
    assert first != list(Corpus(sources=corpus.sources, seed=4).texts())


def test_skip_and_limit(tmp_path: Path) -> None:
    source = write(tmp_path / "a.txt", "## file one\nuno\ndos\n## file two\ntres\n")
    assert list(Corpus(sources=[parse_source(source)], skip="^## ").texts()) == ["uno", "dos", "tres"]
    assert list(Corpus(sources=[parse_source(source)] * 2, skip="^## ", limit=1).texts()) == ["uno", "uno"]


def test_the_fingerprint_follows_content_and_share(tmp_path: Path) -> None:
    source = write(tmp_path / "a.txt", "uno\n")

    def pinned(share: str = "") -> str:
        return Corpus(sources=[parse_source(source + share)]).fingerprint

    before = pinned()
    assert before == pinned()
    assert before != pinned("@0.5")
    write(tmp_path / "a.txt", "dos\n")
    assert before != pinned()


def test_the_fingerprint_follows_how_the_bytes_are_read(tmp_path: Path) -> None:
    for name in ("a.txt", "a.csv"):
        write(tmp_path / name, "text\nniño\n")

    def pinned(name: str, encoding: str) -> str:
        return Corpus(sources=[parse_source(str(tmp_path / name), encoding=encoding)]).fingerprint

    assert pinned("a.txt", "utf-8") != pinned("a.txt", "latin-1")
    assert pinned("a.txt", "utf-8") == pinned("a.txt", "UTF8")
    assert pinned("a.txt", "utf-8") != pinned("a.csv", "utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.txt", None, "no such file"),
        ("a.pdf", b"x", "cannot tell the format"),
        ("a.jsonl", b'{"text": "x"}\n{"text": \n', "a.jsonl:2: not valid JSON"),
        ("a.jsonl", b'{"texto": "x"}\n', "no column 'text'"),
        ("a.txt", "a\nni\u00f1o\n".encode("latin-1"), "a.txt:2: not utf-8"),
        ("a.txt", "a\nni\u00f1".encode()[:-1], "a.txt:2: not utf-8"),
        ("a.csv", "text\nni\u00f1o\n".encode("utf-16"), "a.csv:1: not utf-8 .*\n.*--encoding utf-16"),
        ("a.txt.xz", b"not xz", "broken or not a .xz file"),
        ("a.txt.gz", gzip.compress(b"uno dos tres\n" * 99)[:12] + b"\xff" * 40, "broken or not a .gz file"),
        ("a.csv", b'text,label\nuno,1\n"dos,1\n' + b"tres,1\n" * 9, "a.csv:3: not valid csv"),
        ("a.csv", b"text,label\n" + b"uno,1\n" * 99_000 + b'"dos,1\n' + b"tres,1\n" * 9, "a.csv:99002: not valid csv"),
        ("a.csv", b"text,label\nuno, dos,1\n", "a.csv:2: too many fields"),
        ("a.jsonl", b'{"text": null}\n{"text": " "}\n', "no row remains; left out: '\\(empty text\\)': 2"),
    ],
)
def test_bad_input_has_one_message(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        list(Corpus(sources=[parse_source(str(tmp_path / name))]).texts())


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf8x", "no such text encoding"), ("base64", "no such text encoding"), ("utf-16", "not utf-16")],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_a_wrong_encoding_has_one_message(tmp_path: Path, name: str, encoding: str, said: str) -> None:
    source = write(tmp_path / name, "text\nuno\n")
    with pytest.raises(DataError, match=said):
        list(Corpus(sources=[parse_source(source, encoding=encoding)]).texts())


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv", "a.jsonl"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_byte_order_mark_is_no_text(tmp_path: Path, name: str, encoding: str) -> None:
    content = '{"text": "uno"}\n' if name == "a.jsonl" else "uno\n" if name == "a.txt" else "text\nuno\n"
    (tmp_path / name).write_bytes(content.encode("utf-8-sig" if encoding == "utf-8" else encoding))
    corpus = Corpus(sources=[parse_source(str(tmp_path / name), encoding=encoding)])
    assert list(corpus.texts()) == ["uno"]


def test_rows_without_a_text_are_counted(tmp_path: Path) -> None:
    rows = [{"text": None}, {"text": "uno"}, {"text": " "}, {"text": "dos"}, {"text": ""}]
    jsonl = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    lines = write(tmp_path / "a.txt", "uno\n\ndos\n")
    corpus = Corpus(sources=[parse_source(jsonl), parse_source(lines)])
    assert corpus.empty_rows() == (3, 0)
    assert list(corpus.texts()) == ["uno", "dos"] * 2
    assert Corpus(sources=corpus.sources, limit=1).empty_rows() == (1, 0)


@pytest.mark.parametrize("share", ["0", "1.5", "0.0.1"])
def test_a_share_is_a_part(tmp_path: Path, share: str) -> None:
    source = write(tmp_path / "a.txt", "uno\n")
    with pytest.raises(DataError, match="no share"):
        parse_source(f"{source}@{share}")


PROBE = """
import resource, sys
from pathlib import Path
from robust.recipe.parts import WordPiece
from robust.stages.pretrain import tokenisers, tokens
from robust.stages.pretrain.corpus import Corpus, parse_source
corpus = Corpus(sources=[parse_source(sys.argv[1])])
folder = Path(sys.argv[2])
tokenizer = tokenisers.learn(WordPiece(vocab_size=200), corpus.texts(), folder, max_length=64)
packed = tokens.pack(corpus, tokenizer, folder / "tokens", held_out=0.01)
print(len(packed.train), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    peaks, counts = [], []
    for times in (1, 16):
        source = tmp_path / f"{times}.txt.gz"
        with gzip.open(source, "wt", encoding="utf-8", compresslevel=1) as file:
            for number in range(8_000 * times):
                file.write(
                    f"la película número {number % 1000} era buena , lenta y larga , con {number % 77} canciones\n"
                )
        run = subprocess.run(
            [sys.executable, "-c", PROBE, str(source), str(tmp_path / f"out{times}")],
            capture_output=True,
            text=True,
            check=True,
        )
        count, peak = map(int, run.stdout.split())
        counts.append(count)
        peaks.append(peak)
    assert counts[1] > 15 * counts[0]
    assert peaks[1] < 1.1 * peaks[0]  # 9 MB of text more
