"""The three kinds of data that copies are made of: rows in, items to change, rows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, Protocol, TypeAlias

from robust.core.example import Answers, TokenLabels
from robust.core.text import Text
from robust.core.types import Lang, Task
from robust.data import questions, stream, tagged
from robust.data.questions import Question
from robust.data.table import DataSpec, Row
from robust.data.tagged import Tagged
from robust.errors import DataError
from robust.lang.base import language
from robust.stages.augment.items import Copy, Item, answers, tags

OWN = ("original", "operator")
"""Columns that copies have besides those of the data: the text they came from, and what changed it."""

Out: TypeAlias = Mapping[str, object]


class Kind(Protocol):
    """How rows of one kind become items, and their copies rows; sent to other processes."""

    def item(self, row: Any, /) -> Item:
        """The item of a row. Raises `DataError` where its language is not known."""
        ...

    def kept(self, row: Any, /) -> Out:
        """The row itself."""
        ...

    def copied(self, row: Any, copy: Copy, /) -> Out:
        """The row of a copy."""
        ...


@dataclass(frozen=True, kw_only=True)
class Open:
    """An open source: its kind, the columns of what is written, and its rows, some at a time.

    `left_out` counts, while it is read, the rows that are not used, by label or reason.
    """

    kind: Kind
    columns: tuple[str, ...]
    pieces: Iterator[list[Any]]
    types: Mapping[str, object] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


TextRow: TypeAlias = tuple[Row, stream.Record]


@dataclass(frozen=True, kw_only=True)
class TextRows:
    """Texts with a label: rows keep all their columns.

    `label` is the column of labels that a label map renamed; `lang` the language of all rows, `other` that of those
    that do not say; `field` says which text of a pair is changed.
    """

    name: str
    columns: tuple[str, ...]
    label: str | None
    id: str | None
    lang: Lang | None
    other: Lang | None
    field: Literal[0, 1]

    def item(self, row: TextRow, /) -> Item:
        """See `Kind`."""
        found = row[0]
        code = _known(self.lang or found.lang or self.other, self.name, found.id)
        return Item(
            id=found.id,
            text=language(code).text(found.fields[self.field]),
            lang=code,
            label=found.label,
            before=found.fields[: self.field],
            after=found.fields[self.field + 1 :],
        )

    def kept(self, row: TextRow, /) -> Out:
        """See `Kind`."""
        found, record = row
        return {**record, self.label: found.label} if self.label else record

    def copied(self, row: TextRow, copy: Copy, /) -> Out:
        """See `Kind`."""
        own = {self.id: f"{row[0].id}#{copy.number}"} if self.id else {}
        return {**self.kept(row), **own, self.columns[self.field]: str(copy.text), **_told(copy)}


@dataclass(frozen=True, kw_only=True)
class TaggedRows:
    """Sentences with a tag for each word."""

    name: str
    lang: Lang | None

    def item(self, row: Tagged, /) -> Item:
        """See `Kind`."""
        code = _known(self.lang or row.lang, self.name, row.id)
        return Item(id=row.id, text=joined(row.words), lang=code, target=TokenLabels(row.tags), spans=row.spans)

    def kept(self, row: Tagged, /) -> Out:
        """See `Kind`."""
        return {"id": row.id, "words": list(row.words), "tags": list(row.tags)}

    def copied(self, row: Tagged, copy: Copy, /) -> Out:
        """See `Kind`."""
        assert isinstance(copy.item.target, TokenLabels)
        found = tags(copy.item.target, copy.text, spans=row.spans)
        assert found is not None, "a copy keeps its tags"
        own = {"id": f"{row.id}#{copy.number}", "words": list(copy.text.words), "tags": list(found)}
        return {**own, **_told(copy)}


@dataclass(frozen=True, kw_only=True)
class QuestionRows:
    """Questions whose answers are spans of a context: the context is changed, the answers stay and move with it."""

    name: str
    lang: Lang | None

    def item(self, row: Question, /) -> Item:
        """See `Kind`."""
        code = _known(self.lang or row.lang, self.name, row.id)
        spans = tuple((answer.start, answer.start + len(answer.text)) for answer in row.answers)
        text = language(code).text(row.context)
        return Item(id=row.id, text=text, lang=code, target=Answers(spans), before=(row.question,))

    def kept(self, row: Question, /) -> Out:
        """See `Kind`."""
        return self._row(row.id, row, row.context, [answer.start for answer in row.answers])

    def copied(self, row: Question, copy: Copy, /) -> Out:
        """See `Kind`."""
        assert isinstance(copy.item.target, Answers)
        found = answers(copy.item.target, copy.text)
        assert found is not None, "a copy keeps its answers"
        starts = [start for start, _ in found]
        return {**self._row(f"{row.id}#{copy.number}", row, str(copy.text), starts), **_told(copy)}

    def _row(self, own: str, row: Question, context: str, starts: list[int]) -> Out:
        marked = {"text": [answer.text for answer in row.answers], "answer_start": starts}
        return {"id": own, "question": row.question, "context": context, "answers": marked}


def joined(words: tuple[str, ...]) -> Text:
    """The words with a space between them, each of them a word of the text, also a sign."""
    spans, at = [], 0
    for word in words:
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return Text(" ".join(words), spans)


@contextmanager
def open_rows(
    spec: DataSpec, task: Task, *, field: Literal[0, 1] = 0, lang: Lang | None = None, size: int
) -> Iterator[Open]:
    """Open a source for a task; pieces have at most `size` rows.

    `lang` is that of rows that do not say. Raises `DataError`, now or while it is read.
    """
    if task == "classification":
        with stream.texts(spec) as found:
            chosen = found.chosen
            if taken := [name for name in OWN if name in found.columns]:
                place = found.source.head.place
                raise DataError(f"{place}: has a column {taken[0]!r} of its own", fix="rename it")
            if field >= len(chosen.texts):
                raise DataError(
                    f"{found.source.head.place}: only one text column is in use, there is no second",
                    fix="name it with --pair",
                )
            kind = TextRows(
                name=found.source.head.name,
                columns=chosen.texts,
                label=chosen.label if spec.label_map else None,
                id=chosen.id,
                lang=spec.lang,
                other=lang,
                field=field,
            )
            # What is written anew is text: ids of copies are, and labels after a label map.
            ours = {*chosen.texts, kind.label, kind.id, *OWN}
            types = {name: kind_ for name, kind_ in found.source.types.items() if name not in ours}
            pieces = found.pieces(size)
            columns, left_out = (*found.columns, *OWN), found.tally.left_out
            yield Open(kind=kind, columns=columns, pieces=pieces, types=types, left_out=left_out)
    elif task == "tagging":
        with tagged.stream(spec) as sentences:
            rows = TaggedRows(name=spec.source, lang=spec.lang or lang)
            yield Open(kind=rows, columns=("id", "words", "tags", *OWN), pieces=_batches(sentences, size))
    else:
        with questions.stream(spec) as (asked, unused):
            asked_for = ("id", "question", "context", "answers", *OWN)
            answered = QuestionRows(name=spec.source, lang=spec.lang or lang)
            yield Open(kind=answered, columns=asked_for, pieces=_batches(asked, size), left_out=unused)


def _batches(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(rows, size)):
        yield batch


def _told(copy: Copy) -> dict[str, object]:
    return {"original": str(copy.item.text), "operator": "+".join(copy.operators)}


def _known(code: Lang | None, name: str, own: str) -> Lang:
    if code is None:
        raise DataError(f"{name}: the language of row {own} is not known", fix="say --lang en or --lang es")
    return code
