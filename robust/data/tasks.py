"""Tagged sentences, questions and texts without labels as examples to attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Literal

from robust.core.example import Answers, Example, Reference, TokenLabels
from robust.core.text import Text
from robust.core.types import Lang
from robust.data.labels import Aligned, example_of
from robust.data.questions import QuestionTable
from robust.data.table import Table
from robust.data.tagged import TaggedTable
from robust.errors import DataError
from robust.lang.base import language

STRANGE = 0.01
"""The largest share of words that may have a tag which the model lacks: they count as wrong."""


def tagging_examples(table: TaggedTable, labels: Sequence[str], *, lang: Lang | None = None) -> Aligned:
    """Sentences for a tagger with these tags; each word of the data is a word of the text, also a sign.

    Raises `DataError` for sentences without a language, and where more than 1 % of the words have a tag that the model
    lacks.
    """
    counts = Counter(chain.from_iterable(row.tags for row in table.rows))
    unknown = Counter({tag: n for tag, n in counts.items() if tag not in labels})
    if unknown.total() > STRANGE * counts.total():
        shown = ", ".join(f"{tag!r} ({n})" for tag, n in unknown.most_common(5))
        raise DataError(
            f"{table.name} has tags that the model lacks: {shown}",
            fix=f"name the column that it was trained on with --tags; it knows {', '.join(labels)}",
        )
    examples = [
        Example(
            id=row.id,
            text=_joined(row.words),
            target=TokenLabels(row.tags),
            lang=_lang(lang or row.lang or table.lang, table.name),
        )
        for row in table.rows
    ]
    return Aligned(examples=examples, matched="by name", mapping={})


def question_examples(table: QuestionTable, *, lang: Lang | None = None) -> Aligned:
    """Questions with the question frozen and the context to edit. Raises `DataError` for one without a language."""
    examples = []
    for row in table.rows:
        code = _lang(lang or row.lang or table.lang, table.name)
        spans = tuple((answer.start, answer.start + len(answer.text)) for answer in row.answers)
        context = language(code).text(row.context)
        examples.append(Example(id=row.id, text=context, target=Answers(spans), lang=code, before=(row.question,)))
    return Aligned(examples=examples, matched="by name", mapping={})


def plain_examples(table: Table, *, lang: Lang | None = None, attack_field: Literal[0, 1] | None = None) -> Aligned:
    """Texts for a sequence-to-sequence model; labels play no part. `attack_field`: as in `to_examples`.

    Raises `DataError` for rows without a language.
    """
    examples = []
    for row in table.rows:
        code = _lang(lang or row.lang or table.lang, table.name)
        examples.append(example_of(row, code, Reference(), attack_field))
    return Aligned(examples=examples, matched="by name", mapping={})


def _joined(words: Sequence[str]) -> Text:
    spans, at = [], 0
    for word in words:
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return Text(" ".join(words), spans)


def _lang(code: Lang | None, name: str) -> Lang:
    if code is None:
        raise DataError(f"{name}: the language of its texts is not known", fix="say --lang en or --lang es")
    return code
