"""Sentences with a tag for every word: CoNLL column files, CoNLL-U, or rows with lists of words and tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from robust.core.types import Lang
from robust.data.conll import Sentence, column_sentences, conllu_sentences, read_columns, read_conllu
from robust.data.files import decode, endings, load, reading
from robust.data.hub import PREFIX, read_hub
from robust.data.iob import iob2, marks_spans
from robust.data.stream import opened
from robust.data.structured import read_json, read_jsonl, read_parquet
from robust.data.table import EMPTY_TEXT, DataSpec, Records, fingerprint
from robust.errors import DataError, did_you_mean

WORDS: tuple[str, ...] = ("words", "tokens", "palabras")
TAGS: tuple[str, ...] = ("tags", "ner_tags", "pos_tags", "upos", "labels", "etiquetas")
_SHAPE = 'write rows such as {"words": ["Ana", "sings"], "tags": ["B-PER", "O"]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """One sentence: `words` as the source has them, and a tag for each.

    `spans`: the tags are IOB2 and mark entities; told by `stream` alone.
    """

    id: str
    words: tuple[str, ...]
    tags: tuple[str, ...]
    lang: Lang | None = None
    spans: bool = False


@dataclass(frozen=True, kw_only=True)
class TaggedTable:
    """The sentences of a source, and how they came about.

    `fingerprint` pins the rows, `source_fingerprint` the bytes they came from. `columns` says which column the tags
    are from, and whether they were rewritten as IOB2. `left_out` counts rows without a word, by that reason, `total`
    all of them.
    """

    name: str
    rows: tuple[Tagged, ...]
    fingerprint: str
    source_fingerprint: str
    total: int
    lang: Lang | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def read(spec: DataSpec) -> TaggedTable:
    """Read `.conllu`, `.jsonl`, `.json` or `.parquet` files, `hf:` data, or any other file as CoNLL columns.

    `spec.label` says where the tags are: see `read_columns` and `read_conllu`; in rows, the name of their list. There
    `spec.text` names the list of words. Files may be compressed. Tags that mark spans are rewritten as IOB2 where they
    are in another dialect. Of `spec`, `source`, `encoding`, `lang`, `limit`, `split`, `config` and `revision` are also
    used.
    Raises `DataError`, with the place and the fix, for anything that cannot be read as asked.
    """
    _refuse(spec)
    if spec.source.startswith(PREFIX):
        return _table(*_from_rows(read_hub(spec), spec), spec)
    content = load(spec.source, kinds=None)
    if content.kind == ".parquet":
        return _table(*_from_rows(read_parquet(content), spec), spec)
    text = decode(content, spec.encoding)
    if content.kind in (".jsonl", ".json"):
        records = read_jsonl(content, text) if content.kind == ".jsonl" else read_json(content, text)
        return _table(*_from_rows(records, spec), spec)
    if spec.text is not None:
        raise DataError(f"--text {spec.text}: CoNLL files have their words in a fixed column", fix="leave --text out")
    parse = read_conllu if content.kind == ".conllu" else read_columns
    sentences, column = parse(text, tags=spec.label, place=content.place)
    found = Records(name=content.name, place=content.place, columns=(), rows=(), source_fingerprint=content.fingerprint)
    return _table(found, sentences, f"column {column} (from 0)", spec)


@contextmanager
def stream(spec: DataSpec) -> Iterator[Iterator[Tagged]]:
    """The rows of `read(spec)` one by one, in memory that does not grow with the source; ids are not compared.

    Files are read twice: whether tags mark spans is known when all have been seen. Raises `DataError` as `read` does.
    """
    _refuse(spec)
    with _sentences(spec) as found:
        used = {tag for sentence in found for tag in sentence.tags}
    spans, name = marks_spans(used), spec.source if spec.source.startswith(PREFIX) else Path(spec.source).name
    if not used:
        raise DataError(f"{spec.source}: has no sentence", fix="give a file with at least one word and its tag")
    with _sentences(spec) as found:
        yield (
            Tagged(
                id=sentence.id or f"{name}/{at}",
                words=sentence.words,
                tags=iob2(sentence.tags) if spans else sentence.tags,
                lang=spec.lang,
                spans=spans,
            )
            for at, sentence in enumerate(islice(found, spec.limit))
        )


@contextmanager
def _sentences(spec: DataSpec) -> Iterator[Iterator[Sentence]]:
    kind = "" if spec.source.startswith(PREFIX) else endings(Path(spec.source))[0]
    if spec.source.startswith(PREFIX) or kind in (".jsonl", ".json", ".parquet"):
        with opened(spec) as source:
            yield _listed(source.head, spec, source.records)
        return
    if spec.text is not None:
        raise DataError(f"--text {spec.text}: CoNLL files have their words in a fixed column", fix="leave --text out")
    parse = conllu_sentences if kind == ".conllu" else column_sentences
    with reading(spec.source, encoding=spec.encoding, newline="\n") as lines:
        yield (sentence for sentence, _ in parse(lines, tags=spec.label, place=spec.source))


def _refuse(spec: DataSpec) -> None:
    for option, value in (("pair", spec.pair), ("header", spec.header), ("label-map", spec.label_map or None)):
        if value is not None:
            raise DataError(f"--{option}: data with a tag for every word have none", fix=f"leave --{option} out")
    if spec.limit is not None and spec.limit < 1:
        raise DataError(f"--limit {spec.limit}: no rows", fix="give a number from 1 up, or leave it out")


def _from_rows(records: Records, spec: DataSpec) -> tuple[Records, list[Sentence], str]:
    lines: Sequence[int | None] = records.lines or [None] * len(records.rows)
    found = list(_listed(records, spec, zip(records.rows, lines, strict=True)))
    return records, found, _name(records, "--tags", spec.label, TAGS)


def _listed(
    records: Records, spec: DataSpec, rows: Iterable[tuple[Mapping[str, object], int | None]]
) -> Iterator[Sentence]:
    """The sentences of rows with a list of words and one of tags; rows of no words are left out."""
    words = _name(records, "--text", spec.text, WORDS)
    tags = _name(records, "--tags", spec.label, TAGS)
    names = records.label_names.get(tags, ())
    for index, (row, line) in enumerate(rows):
        where = f"{records.place}:{line}" if line is not None else f"{records.place}: row {index} (from 0)"
        forms, labels = _list(row, words, where, ()), _list(row, tags, where, names)
        if len(forms) != len(labels):
            raise DataError(
                f"{where}: {len(forms)} {words} and {len(labels)} {tags}", fix="give every word one tag, in order"
            )
        if forms:
            own = row.get("id")
            told = str(own) if isinstance(own, (str, int)) and str(own).strip() else None
            yield Sentence(words=forms, tags=labels, line=index if line is None else line, id=told)


def _name(records: Records, option: str, asked: str | None, known: Sequence[str]) -> str:
    if asked is not None and asked in records.columns:
        return asked
    there = [name for name in known if name in records.columns]
    if asked is None and there:
        return there[0]
    hint = did_you_mean(asked, records.columns) if asked else f"name it with {option}, or {_SHAPE}"
    raise DataError(
        f"{records.place}: no column {asked or ' or '.join(known[:2])!r} (it has {', '.join(records.columns)})",
        fix=hint or f"name another with {option}",
    )


def _list(row: Mapping[str, object], name: str, where: str, names: Sequence[str]) -> tuple[str, ...]:
    values = row.get(name)
    if not isinstance(values, (list, tuple)):
        raise DataError(f"{where}: {name!r} is no list", fix=_SHAPE)
    found = []
    for at, value in enumerate(values):
        if names and type(value) is int and 0 <= value < len(names):
            value = names[value]  # the hub's data sets number their tags
        if type(value) is int and not names:
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise DataError(f"{where}: {name}[{at}] is {value!r}, not a word or tag", fix=_SHAPE)
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise DataError(f"{where}: {name}[{at}] holds half a character", fix="write the whole character") from None
        found.append(value)
    return tuple(found)


def _table(records: Records, sentences: Sequence[Sentence], column: str, spec: DataSpec) -> TaggedTable:
    if not sentences:
        raise DataError(f"{records.place}: has no sentence", fix="give a file with at least one word and its tag")
    notes = {**records.notes, "tags": column}
    tags = [sentence.tags for sentence in sentences]
    if marks_spans(tag for labels in tags for tag in labels):
        rewritten = [iob2(labels) for labels in tags]
        if rewritten != tags:
            notes["scheme"] = "rewritten as IOB2"
        tags = rewritten
    wordless = max(0, len(records.rows) - len(sentences))
    told = [sentence.id for sentence in sentences]
    named = None not in told and len(set(told)) == len(told)
    own = [str(name) if named else str(at) for at, name in enumerate(told)]
    rows = tuple(
        Tagged(id=key if named else f"{records.name}/{key}", words=sentence.words, tags=labels, lang=spec.lang)
        for key, sentence, labels in zip(own, sentences, tags, strict=True)
    )[: spec.limit]
    return TaggedTable(
        name=records.name,
        rows=rows,
        # Numbered sentences count by number, so that renaming a file does not change the fingerprint of its rows.
        fingerprint=pinned(rows, own),
        source_fingerprint=records.source_fingerprint,
        total=len(sentences) + wordless,
        lang=spec.lang,
        columns=notes,
        left_out={EMPTY_TEXT: wordless} if wordless else {},
    )


def pinned(rows: Sequence[Tagged], ids: Sequence[str] | None = None) -> str:
    """A fingerprint over id (or `ids` in their place), words and tags of each row, in order."""
    keys = [row.id for row in rows] if ids is None else ids
    return fingerprint((key, row.words, "\x1f".join(row.tags)) for key, row in zip(keys, rows, strict=False))


def join(tables: Sequence[TaggedTable]) -> TaggedTable:
    """One table with the rows of all, in order; ids get the number of their table in front when there are several."""
    if len(tables) == 1:
        return tables[0]
    rows = tuple(replace(row, id=f"{at}/{row.id}") for at, table in enumerate(tables) for row in table.rows)
    left_out: Counter[str] = Counter()
    for table in tables:
        left_out.update(table.left_out)
    langs = {table.lang for table in tables}
    counts = Counter(value for table in tables for value in table.columns.items())
    return TaggedTable(
        name=" + ".join(table.name for table in tables),
        rows=rows,
        fingerprint=pinned(rows),
        source_fingerprint=fingerprint((table.name, (table.source_fingerprint,), None) for table in tables),
        total=sum(table.total for table in tables),
        lang=langs.pop() if len(langs) == 1 else None,
        columns={key: value for (key, value), n in counts.items() if n == len(tables)},
        left_out=left_out,
    )
