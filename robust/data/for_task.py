"""Data as the task of a model needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from robust.core.types import Lang, Task
from robust.core.victim import VictimMeta
from robust.data import questions, tagged
from robust.data.labels import Aligned, to_examples
from robust.data.source import DataSpec, Table, read
from robust.data.tasks import plain_examples, question_examples, tagging_examples
from robust.errors import DataError, UserError
from robust.starter import NAMES

AnyTable: TypeAlias = Table | tagged.TaggedTable | questions.QuestionTable


def read_for(spec: DataSpec, task: Task) -> AnyTable:
    """Read data as a task needs them. Raises `DataError` and, for options that mean nothing there, `UserError`."""
    if task in ("tagging", "qa") and spec.attack_field is not None:
        raise UserError(f"--attack-field means nothing for the task {task}", fix="leave it out")
    if task == "seq2seq":
        if spec.label or spec.label_map:
            raise UserError(
                "labels mean nothing for the task seq2seq: outputs are compared with the model's own",
                fix="leave out --label and --label-map",
            )
        return read(replace(spec, label=""))
    if task in ("tagging", "qa") and spec.source in NAMES:
        needs = "tags (a CoNLL file, say)" if task == "tagging" else "answers (a SQuAD file, say)"
        raise DataError(
            f"{spec.source} are texts for classifiers, and the model is for the task {task}",
            fix=f"give data with {needs}",
        )
    return tagged.read(spec) if task == "tagging" else questions.read(spec) if task == "qa" else read(spec)


def examples_for(spec: DataSpec, table: AnyTable, meta: VictimMeta) -> Aligned:
    """The rows of a table as examples for a victim. Raises `DataError` where they do not fit it."""
    lang, labels = _language(spec, table, meta), meta.labels
    if isinstance(table, tagged.TaggedTable):
        return tagging_examples(table, labels, lang=lang)
    if isinstance(table, questions.QuestionTable):
        return question_examples(table, lang=lang)
    if meta.task == "seq2seq":
        return plain_examples(table, lang=lang, attack_field=spec.attack_field)
    return to_examples(table, labels, lang=lang, attack_field=spec.attack_field)


def _language(spec: DataSpec, table: AnyTable, meta: VictimMeta) -> Lang | None:
    """The language asked for; else, where the data do not say, the only one the model declares."""
    if spec.lang is not None:
        return spec.lang
    if table.lang is None and all(r.lang is None for r in table.rows) and len(meta.langs) == 1:
        return next(iter(meta.langs))
    return None


def about(table: AnyTable, aligned: Aligned) -> dict[str, object]:
    """What the manifest of a run says of its data."""
    return {
        "name": table.name,
        "fingerprint": table.fingerprint,
        "source_fingerprint": table.source_fingerprint,
        "columns": dict(table.columns),
        "labels_matched": aligned.matched,
        "left_out": dict(getattr(table, "left_out", {})),
        "n": len(aligned.examples),
    }
