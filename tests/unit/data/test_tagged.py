from __future__ import annotations

import json
import lzma
from pathlib import Path

import datasets
import pytest

from robust.data.table import DataSpec
from robust.data.tagged import TaggedTable, join
from robust.data.tagged import read as read_table
from robust.errors import DataError
from tests import realdata

COLUMNS = """-DOCSTART- -X- O

Ana NNP I-PER
vive VBZ O
en IN O
Santa NNP I-LOC
Fe NNP I-LOC
. . O

Nora NNP I-PER
López NNP I-PER
Bob NNP B-PER
sings VBZ O
"""
CONLLU = """# newdoc
# sent_id = first
# text = Vámonos al mar
1-2	Vámonos	_	_	_	_	_	_	_	_
1	vamos	ir	VERB	V	_	0	root	_	_
2	nos	nosotros	PRON	P	_	1	obj	_	_
3-4	al	_	_	_	_	_	_	_	_
3	a	a	ADP	S	_	5	case	_	_
4	el	el	DET	D	_	5	det	_	_
5	mar	mar	NOUN	N	_	1	obl	_	_

# sent_id = second
1	She	she	PRON	PRP	_	2	nsubj	_	_
2	sings	sing	VERB	VBZ	_	0	root	_	_
2.1	sings	sing	VERB	VBZ	_	_	_	0:root	_
"""


def read(path: Path, **how: object) -> TaggedTable:
    return read_table(DataSpec(source=str(path), **how))  # type: ignore[arg-type]


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    path = tmp_path / "eng.train"
    path.write_text(COLUMNS, encoding="utf-8")
    return path


@pytest.fixture
def conllu(tmp_path: Path) -> Path:
    path = tmp_path / "es.conllu"
    path.write_text(CONLLU, encoding="utf-8")
    return path


def test_columns_become_sentences_in_iob2(columns: Path) -> None:
    table = read(columns, lang="es")
    assert [row.words for row in table.rows] == [
        ("Ana", "vive", "en", "Santa", "Fe", "."),
        ("Nora", "López", "Bob", "sings"),
    ]
    assert table.rows[0].tags == ("B-PER", "O", "O", "B-LOC", "I-LOC", "O")
    assert table.rows[1].tags == ("B-PER", "I-PER", "B-PER", "O")
    assert table.columns == {"tags": "column 2 (from 0)", "scheme": "rewritten as IOB2"}
    assert (table.rows[0].id, table.rows[0].lang, table.lang, table.total) == ("eng.train/0", "es", "es", 2)


@pytest.mark.parametrize("tags", ["pos", "1", "-2"])
def test_another_column_of_tags(columns: Path, tags: str) -> None:
    table = read(columns, label=tags)
    assert table.rows[1].tags == ("NNP", "NNP", "NNP", "VBZ")
    assert "scheme" not in table.columns


def test_tabs_windows_line_ends_and_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "es.tsv"
    path.write_bytes("niño\tB-PER\r\nx\xa0y\tO\r\n\r\nél\tO".encode("latin-1"))
    with pytest.raises(DataError, match=r"es.tsv:1: not utf-8.*\n.*latin-1"):
        read(path)
    table = read(path, encoding="latin-1")
    assert [row.words for row in table.rows] == [("niño", "x\xa0y"), ("él",)]


def test_conllu_has_the_words_that_multiword_tokens_are_made_of(conllu: Path) -> None:
    table = read(conllu)
    assert table.rows[0].words == ("vamos", "nos", "a", "el", "mar")
    assert table.rows[0].tags == ("VERB", "PRON", "ADP", "DET", "NOUN")
    assert table.rows[1].words == ("She", "sings")
    assert [row.id for row in table.rows] == ["first", "second"]
    assert read(conllu, label="xpos").rows[1].tags == ("PRP", "VBZ")
    packed = conllu.with_suffix(".conllu.xz")
    packed.write_bytes(lzma.compress(CONLLU.encode()))
    assert [row.tags for row in read(packed).rows] == [row.tags for row in table.rows]


def test_rows_with_lists(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "tokens": ["Ana", "canta"], "ner_tags": ["I-PER", "O"], "pos": [3, 1]},
        {"id": "b", "tokens": [], "ner_tags": [], "pos": []},
        {"id": "c", "tokens": ["Ole"], "ner_tags": ["O"], "pos": [0]},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    table = read(path)
    assert [(row.id, row.tags) for row in table.rows] == [("a", ("B-PER", "O")), ("c", ("O",))]
    assert read(path, label="pos").rows[0].tags == ("3", "1")
    with pytest.raises(DataError, match=r"no column 'pso' .*\n.*did you mean 'pos'"):
        read(path, label="pso")


def test_hub_data_number_their_tags(tmp_path: Path) -> None:
    names = datasets.ClassLabel(names=["O", "B-PER", "I-PER"])
    kind = datasets.Features({"tokens": [datasets.Value("string")], "ner_tags": datasets.Sequence(names)})
    rows = {"tokens": [["Ana", "canta"]], "ner_tags": [[1, 0]]}
    datasets.Dataset.from_dict(rows, features=kind).save_to_disk(str(tmp_path / "set"))
    assert read_table(DataSpec(source=f"hf:{tmp_path / 'set'}")).rows[0].tags == ("B-PER", "O")


@pytest.mark.parametrize(
    ("name", "text", "how", "told"),
    [
        ("a.txt", "Ana PER\nvive\n", {}, [":2: 1 column where the lines before have 2", "empty line"]),
        ("a.txt", "just text\n\nwithout columns here\n", {}, [":3: 3 columns", "2"]),
        ("a.txt", "Ana\nvive\n", {}, [":1: a single column"]),
        ("a.txt", "Ana PER\n", {"label": "4"}, [":1: 2 columns", "--tags 1 to 1"]),
        ("a.txt", "Ana PER\n", {"label": "upos"}, ["--tags upos", "ner"]),
        ("a.txt", "Ana\tPER\n\tO\n", {}, [":2: the word is empty"]),
        ("a.txt", "-DOCSTART- O\n", {}, ["has no sentence"]),
        ("a.txt", "Ana PER\n", {"text": "words"}, ["--text"]),
        ("a.txt", "Ana PER\n", {"label_map": {"PER": "X"}}, ["--label-map"]),
        ("a.conllu", "1\tAna\t_\tPROPN\n", {}, [":1: 4 columns", "10"]),
        ("a.conllu", "x\tAna\t_\tPROPN\t_\t_\t_\t_\t_\t_\n", {}, [":1: 'x' is no word number"]),
        ("a.conllu", "1\tAna\t_\tPROPN\t_\t_\t_\t_\t_\t_\n", {"label": "xpos"}, [":1: the word has no xpos", "upos"]),
        ("a.conllu", CONLLU, {"label": "uposs"}, ["--tags uposs", "did you mean 'upos'"]),
        ("a.conllu", CONLLU, {"label": "ner"}, ["--tags ner", "upos"]),
        ("a.jsonl", '{"words": ["a", "b"], "tags": ["O"]}', {}, [":1: 2 words and 1 tags"]),
        ("a.jsonl", '{"words": "a b", "tags": ["O"]}', {}, [":1: 'words' is no list"]),
        ("a.jsonl", '{"words": ["a", ""], "tags": ["O", "O"]}', {}, [":1: words[1] is ''"]),
        ("a.jsonl", '{"sentence": "a b"}', {}, ["no column", "sentence", '"words"']),
    ],
)
def test_mistakes_are_told_with_their_place(
    tmp_path: Path, name: str, text: str, how: dict[str, object], told: list[str]
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read(path, **how)
    for part in told:
        assert part in str(error.value)
    assert error.value.fix


def test_fingerprints_follow_the_rows_not_the_file_name(columns: Path) -> None:
    other = columns.with_name("other.train")
    other.write_text(COLUMNS, encoding="utf-8")
    assert read(other).fingerprint == read(columns).fingerprint
    other.write_text(COLUMNS.replace("sings VBZ O", "sings VBZ I-PER"), encoding="utf-8")
    assert read(other).fingerprint != read(columns).fingerprint
    assert read(columns, limit=1).fingerprint != read(columns).fingerprint


def test_joined_tables_tell_their_rows_apart(columns: Path, conllu: Path) -> None:
    both = join([read(columns, lang="es"), read(conllu, lang="en")])
    assert [row.id for row in both.rows] == ["0/eng.train/0", "0/eng.train/1", "1/first", "1/second"]
    assert (both.total, both.lang, both.name) == (4, None, "eng.train + es.conllu")
    assert join([read(columns)]) == read(columns)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("parts", "sentences", "counts"),
    [
        (("en", "conll2003", "eng.train"), 14041, {"LOC": 7140, "MISC": 3438, "ORG": 6321, "PER": 6600}),
        (("en", "conll2003", "eng.testa"), 3250, {"LOC": 1837, "MISC": 922, "ORG": 1341, "PER": 1842}),
        (("es", "conll2002", "esp.train"), 8323, {"MISC": 2173, "ORG": 7390, "PER": 4321}),
        (("es", "conll2002", "esp.testa"), 1915, {"MISC": 445, "ORG": 1700, "PER": 1222}),
    ],
)
def test_entities_of_the_shared_tasks_are_counted_as_published(
    parts: tuple[str, ...], sentences: int, counts: dict[str, int]
) -> None:
    """Tables 1 and 2 of Tjong Kim Sang & De Meulder 2003; the data description of CoNLL-2002."""
    table = read_table(DataSpec(source=str(realdata.path(*parts))))
    assert len(table.rows) == sentences
    tags = [tag for row in table.rows for tag in row.tags]
    assert {kind: tags.count(f"B-{kind}") for kind in counts} == counts


def test_rows_without_words_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"words": ["Ana"], "tags": ["PER"]}\n{"words": [], "tags": []}\n', encoding="utf-8")
    table = read_table(DataSpec(source=str(path)))
    assert (len(table.rows), table.total, table.left_out) == (1, 2, {"(empty text)": 1})
    both = join([table, table])
    assert (len(both.rows), both.total, both.left_out) == (2, 4, {"(empty text)": 2})
