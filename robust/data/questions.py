"""Questions about a text whose answers are spans of it: SQuAD's JSON, or one row for each question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

from robust.core.types import Fields, Lang
from robust.data.files import decode, endings, load
from robust.data.hub import PREFIX, read_hub
from robust.data.stream import opened
from robust.data.structured import read_json, read_jsonl, read_parquet
from robust.data.table import DataSpec, Records, fingerprint
from robust.errors import DataError

UNANSWERABLE = "(no answer)"
MISPLACED = "(answer not in its place)"
EMPTY = "(empty question or context)"

NEAR = 64
"""Characters from where an answer should start within which it is looked for again."""

_NESTED = ("data", "paragraphs", "qas")
_SHAPE = (
    "write SQuAD's data[].paragraphs[].qas[], or rows such as "
    '{"id": "1", "question": "…", "context": "…", "answers": {"text": ["…"], "answer_start": [0]}}'
)


_Asked: TypeAlias = tuple[str, Mapping[str, object], Mapping[str, object]]
"""Where a question stands, its object, and the object that has its context."""


class Answer(NamedTuple):
    """A span of the context: `context[start:start + len(text)] == text`."""

    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `answers` are the spans that people marked, at least one, as the source orders them."""

    id: str
    question: str
    context: str
    answers: tuple[Answer, ...]
    lang: Lang | None = None

    @property
    def fields(self) -> Fields:
        """What a model reads."""
        return (self.question, self.context)


@dataclass(frozen=True, kw_only=True)
class QuestionTable:
    """The questions of a source that are used, and how they came about.

    `fingerprint` pins the rows, `source_fingerprint` the bytes they came from; `left_out` counts questions of the whole
    source that are not used, by reason, `total` all of them. Of the answers, `moved` did not stand where the source
    says and were found again nearby, `lost` were not.
    """

    name: str
    rows: tuple[Question, ...]
    fingerprint: str
    source_fingerprint: str
    left_out: Mapping[str, int]
    total: int
    moved: int = 0
    lost: int = 0
    lang: Lang | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


def read(spec: DataSpec) -> QuestionTable:
    """Read `.json` (SQuAD 1.1 or 2.0, or a list of rows), `.jsonl`, `.parquet` (each also compressed) or `hf:` data.

    Answers may be a list of `{text, answer_start}`, or `{text: […], answer_start: […]}` as the hub has them. An answer
    that does not stand at its `answer_start` is taken where it stands, if it occurs exactly once within `NEAR`
    characters of it. Questions without an answer (SQuAD 2.0) are left out and counted, as are those whose answers are
    not found. Of `spec`, `source`, `encoding`, `lang`, `limit`, `split`, `config` and `revision` are used.
    Raises `DataError`, with the place and the fix, for anything that is no question data.
    """
    _refuse(spec)
    records = read_hub(spec) if spec.source.startswith(PREFIX) else _file(spec)
    rows: list[Question] = []
    own: list[str] = []
    seen: dict[str, str] = {}
    tally = Tally()
    for question, key, where in _used(_walk(records), records.name, spec, tally):
        first = seen.setdefault(key, where)
        if first != where:
            raise DataError(f"{where}: id {key!r} is already that of {first}", fix="give every question its own id")
        rows.append(question)
        own.append(key)
    if not rows:
        raise _none_left(records.place, tally)
    rows = rows[: spec.limit]
    return QuestionTable(
        name=records.name,
        rows=tuple(rows),
        fingerprint=pinned(rows, own),
        source_fingerprint=records.source_fingerprint,
        left_out=dict(tally.left_out),
        total=tally.total,
        moved=tally.moved,
        lost=tally.lost,
        lang=spec.lang,
        columns=dict(records.notes),
    )


@dataclass(slots=True)
class Tally:
    """What was seen on the way, as in `QuestionTable`."""

    total: int = 0
    moved: int = 0
    lost: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@contextmanager
def stream(spec: DataSpec) -> Iterator[tuple[Iterator[Question], Mapping[str, int]]]:
    """The rows of `read(spec)` one by one, and how many were left out so far; ids are not compared.

    Raises `DataError` as `read` does. Memory does not grow with the source, but for `.json`, which is one value.
    """
    if not spec.source.startswith(PREFIX) and endings(Path(spec.source))[0] not in (".jsonl", ".parquet"):
        table = read(spec)
        yield iter(table.rows), table.left_out
        return
    _refuse(spec)
    tally = Tally()
    with opened(spec) as source:
        place = source.head.place

        def walk() -> Iterator[_Asked]:
            for index, (row, line) in enumerate(source.records):
                yield from _inside(row, row, f"{place}:{line}" if line else f"{place}: row {index} (from 0)")

        def rows() -> Iterator[Question]:
            some = False
            for question, _, _ in islice(_used(walk(), source.head.name, spec, tally), spec.limit):
                some = True
                yield question
            if not some:
                raise _none_left(place, tally)

        yield rows(), tally.left_out


def _used(asked: Iterable[_Asked], name: str, spec: DataSpec, tally: Tally) -> Iterator[tuple[Question, str, str]]:
    """The questions that are used, each with its id in the source and where it stands."""
    for where, value, outer in asked:
        number, tally.total = str(tally.total), tally.total + 1
        question, context = _text(value, "question", where), _text(outer, "context", where)
        answers, mended, missed = _answers(value, context, where)
        tally.lost += missed
        if not answers or not question.strip() or not context.strip():
            tally.left_out[EMPTY if answers else MISPLACED if missed else UNANSWERABLE] += 1
            continue
        tally.moved += mended
        key = _text(value, "id", where).strip() if value.get("id") not in (None, "") else number
        named = key if value.get("id") not in (None, "") else f"{name}/{key}"
        yield Question(id=named, question=question, context=context, answers=answers, lang=spec.lang), key, where


def _none_left(place: str, tally: Tally) -> DataError:
    why = ", ".join(f"{reason}: {n}" for reason, n in tally.left_out.items()) or "it has none"
    return DataError(f"{place}: no question remains ({why})", fix="give questions whose answers are marked")


def pinned(rows: Sequence[Question], ids: Sequence[str] | None = None) -> str:
    """A fingerprint over id (or `ids` in their place), question, context and answers of each row, in order."""
    keys = [row.id for row in rows] if ids is None else ids
    return fingerprint((key, row.fields, json.dumps(row.answers)) for key, row in zip(keys, rows, strict=False))


def _refuse(spec: DataSpec) -> None:
    given = {"text": spec.text, "pair": spec.pair, "label": spec.label, "header": spec.header}
    for option, value in (*given.items(), ("label-map", spec.label_map or None)):
        if value is not None:
            raise DataError(f"--{option}: question data have fixed names", fix=f"leave --{option} out; {_SHAPE}")
    if spec.limit is not None and spec.limit < 1:
        raise DataError(f"--limit {spec.limit}: no rows", fix="give a number from 1 up, or leave it out")


def _file(spec: DataSpec) -> Records:
    content = load(spec.source)
    if content.kind not in (".json", ".jsonl", ".parquet"):
        raise DataError(f"{content.place}: {content.kind} files hold no question data", fix=f"use .json: {_SHAPE}")
    if content.kind == ".parquet":
        return read_parquet(content)
    text = decode(content, spec.encoding)
    if content.kind == ".jsonl":
        return read_jsonl(content, text)
    # SQuAD's files are one object where others hold a list of rows: read as a list of that object.
    return read_json(content, text if text.lstrip().startswith("[") else f"[{text}]")


def _walk(records: Records) -> Iterator[_Asked]:
    """Every question: where it stands, its object, and the object that has its context."""
    for index, row in enumerate(records.rows):
        whole = len(records.rows) == 1 and any(isinstance(row.get(name), list) for name in _NESTED)
        yield from _inside(row, row, records.place if whole else records.where(index))


def _inside(value: Mapping[str, object], outer: Mapping[str, object], where: str) -> Iterator[_Asked]:
    for name in _NESTED:
        if name not in value or "question" in value:  # a row may have a column of any name
            continue
        inner = value[name]
        if not isinstance(inner, list):
            raise DataError(f"{where}: {name!r} is no list", fix=_SHAPE)
        for at, item in enumerate(inner):
            place = f"{where} {name}[{at}]"
            if not isinstance(item, dict):
                raise DataError(f"{place}: no object", fix=_SHAPE)
            yield from _inside(item, item if "context" in item else value, place)
        return
    yield where, value, outer


def _text(value: Mapping[str, object], name: str, where: str) -> str:
    if name not in value:
        raise DataError(f"{where}: has no {name!r} (it has {', '.join(value) or 'nothing'})", fix=_SHAPE)
    text = value[name]
    if name == "id" and isinstance(text, int):
        return str(text)
    if not isinstance(text, str):
        raise DataError(f"{where}: {name!r} is no text", fix=_SHAPE)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(
            f"{where}: {name!r} holds half a character (lone surrogate U+{ord(text[error.start]):04X})",
            fix="write the whole character, or take it out",
        ) from None
    return text


def _answers(value: Mapping[str, object], context: str, where: str) -> tuple[tuple[Answer, ...], int, int]:
    """The answers that stand in the context (each once), how many were moved, and how many were not found."""
    if value.get("is_impossible") is True:
        return (), 0, 0
    found: dict[Answer, None] = {}
    moved = lost = 0
    for text, start in _marked(value, where):
        place = _place(text, start, context)
        if place is None:
            lost += 1
            continue
        moved += place != start
        found[Answer(text, place)] = None
    return tuple(found), moved, lost


def _marked(value: Mapping[str, object], where: str) -> list[tuple[str, int]]:
    answers = value.get("answers")
    if answers is None and "answers" not in value:
        raise DataError(f"{where}: has no 'answers' (it has {', '.join(value)})", fix=_SHAPE)
    if isinstance(answers, dict) and isinstance(answers.get("text"), list):
        texts, starts = answers["text"], answers.get("answer_start")
        pairs = list(zip(texts, starts, strict=False)) if isinstance(starts, list) else None
        if pairs is not None and len(pairs) < max(len(texts), len(starts or ())):
            pairs = None
    elif isinstance(answers, (list, dict)):
        listed = [answers] if isinstance(answers, dict) else answers
        whole = all(isinstance(one, dict) for one in listed)
        pairs = [(one.get("text"), one.get("answer_start")) for one in listed] if whole else None
    else:
        pairs = [] if answers is None else None
    if pairs is None or not all(isinstance(t, str) and type(s) is int for t, s in pairs):
        raise DataError(f"{where}: 'answers' are not texts with their answer_start (a whole number)", fix=_SHAPE)
    return pairs


def _place(text: str, start: int, context: str) -> int | None:
    """Where an answer stands: as said, or the only place nearby; None where there is none, or more than one."""
    if not text.strip():
        return None
    if start >= 0 and context.startswith(text, start):
        return start
    low = max(0, start - NEAR)
    first = context.find(text, low, max(0, start + NEAR) + len(text))
    if first < 0:
        return None
    again = context.find(text, first + 1, max(0, start + NEAR) + len(text))
    return first if again < 0 else None
