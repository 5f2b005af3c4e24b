"""Tables as a trainer sees them: joined, split, labels numbered, texts as token ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.core.seeds import derive
from robust.data.table import Row, Table, fingerprint
from robust.errors import DataError, ModelError

if TYPE_CHECKING:
    from transformers import BatchEncoding, PreTrainedTokenizerBase

HELD_OUT = 0.1


def join(tables: Sequence[Table]) -> Table:
    """One table with the rows of all, in order; ids get the number of their table in front when there are several."""
    if len(tables) == 1:
        return tables[0]
    rows = tuple(replace(row, id=f"{at}/{row.id}") for at, table in enumerate(tables) for row in table.rows)
    left_out: Counter[str] = Counter()
    for table in tables:
        left_out.update(table.left_out)
    langs = {table.lang for table in tables}
    return Table(
        name=" + ".join(table.name for table in tables),
        rows=rows,
        fingerprint=fingerprint((row.id, row.fields, row.label) for row in rows),
        source_fingerprint=fingerprint((table.name, (table.source_fingerprint,), None) for table in tables),
        columns={},
        left_out=left_out,
        total=sum(table.total for table in tables),
        lang=langs.pop() if len(langs) == 1 else None,
        label_names=next((table.label_names for table in tables if table.label_names), ()),
    )


def check(table: Table, *, labels: Sequence[str] = ()) -> None:
    """Raise `DataError` unless every row has a label (one of `labels`, if given) and as many texts as the others."""
    if not table.rows:
        raise DataError(f"{table.name} has no rows to use", fix="check --label-map and --limit")
    unlabelled = next((row for row in table.rows if row.label is None), None)
    if unlabelled is not None:
        raise DataError(f"{table.name}: row {unlabelled.id!r} has no label", fix="name the label column with --label")
    sizes = {len(row.fields) for row in table.rows}
    if len(sizes) > 1 or not sizes <= {1, 2}:
        raise DataError(f"{table.name} has rows with {sorted(sizes)} texts", fix="give one text, or two, in every row")
    unknown = Counter(str(row.label) for row in table.rows if labels and row.label not in labels)
    if unknown:
        shown = ", ".join(f"{label!r} ({count})" for label, count in unknown.most_common(5))
        raise DataError(
            f"{table.name} has labels that the training data lack: {shown}",
            fix=f"map them with --label-map to {', '.join(labels)}",
        )


def label_names(table: Table) -> tuple[str, ...]:
    """The labels in the order of their numbers: as the source declares them, else sorted (numbers as numbers)."""
    used = {str(row.label) for row in table.rows}
    if len(used) < 2:
        raise DataError(
            f"{table.name} has a single label, {used.pop()!r}: there is nothing to learn",
            fix="check --label and --label-map",
        )
    if used <= set(table.label_names):
        return table.label_names
    whole = all(label.removeprefix("-").isdecimal() for label in used)
    return tuple(sorted(used, key=(lambda label: (int(label), label)) if whole else (lambda label: (0, label))))


def hold_out(table: Table, *, seed: int, share: float = HELD_OUT) -> tuple[Table, Table]:
    """Split off `share` of every label (at least one row of it) as a dev set; the same rows for the same seed."""
    chosen: set[int] = set()
    for label in sorted({str(row.label) for row in table.rows}):
        places = [at for at, row in enumerate(table.rows) if row.label == label]
        if len(places) < 2:
            raise DataError(
                f"{table.name} has a single row with label {label!r}: none can be held out to choose a model by",
                fix="give a dev set with --dev, or more rows",
            )
        order = np.random.default_rng(derive("hold-out", seed, label)).permutation(len(places))
        chosen.update(places[at] for at in order[: max(1, round(share * len(places)))])
    return (
        _part(table, [row for at, row in enumerate(table.rows) if at not in chosen], "without its held-out tenth"),
        _part(table, [row for at, row in enumerate(table.rows) if at in chosen], "a held-out tenth"),
    )


def _part(table: Table, rows: Sequence[Row], what: str) -> Table:
    pinned = fingerprint((row.id, row.fields, row.label) for row in rows)
    return replace(table, name=f"{table.name} ({what})", rows=tuple(rows), fingerprint=pinned)


def shared_texts(train: Table, other: Table) -> int:
    """How many rows of `other` have exactly the texts of a training row."""
    known = {row.fields for row in train.rows}
    return sum(row.fields in known for row in other.rows)


@dataclass(kw_only=True)
class Encoded:
    """Rows as token ids, read by index: a data set for a data loader.

    Where `mask_share` is positive, that share of the tokens of a row (special ones apart) reads as `mask_id`; which
    ones depends on the seed, the row and `epoch` alone, so that an interrupted training draws them again. `places` are,
    for the words of a row that are tagged, the tokens that stand for them (-1: none does).
    """

    items: Sequence[dict[str, Any]]
    mask_id: int | None = None
    mask_share: float = 0.0
    special: frozenset[int] = frozenset()
    seed: int = 0
    epoch: int = field(default=0)
    places: Sequence[Sequence[int]] = ()
    cut: int = 0

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        item = self.items[index]
        if not self.mask_share or self.mask_id is None:
            return item
        ids = np.array(item["input_ids"])
        draws = np.random.default_rng([self.seed, self.epoch, index]).random(len(ids))
        hidden = (draws < self.mask_share) & ~np.isin(ids, list(self.special))
        return {**item, "input_ids": np.where(hidden, self.mask_id, ids).tolist()}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(len(self)))


def encode(
    table: Table,
    tokenizer: PreTrainedTokenizerBase,
    *,
    labels: Sequence[str],
    max_length: int,
    mask_share: float = 0.0,
    seed: int = 0,
) -> Encoded:
    """Token ids of every row, cut to `max_length` tokens (the longer text of a pair first), and label numbers."""
    if mask_share and tokenizer.mask_token_id is None:
        raise ModelError(
            "the model has no mask token, which word_dropout puts in the place of words",
            fix="train without it: --set train.word_dropout=0",
        )
    numbers = {label: at for at, label in enumerate(labels)}
    columns = [list(column) for column in zip(*(row.fields for row in table.rows), strict=True)]
    found = tokenizer(*columns, truncation=True, max_length=max_length)
    targets = [numbers[str(row.label)] for row in table.rows]
    names = [name for name in ("input_ids", "token_type_ids", "attention_mask") if name in found]
    items = [{**{name: found[name][at] for name in names}, "labels": target} for at, target in enumerate(targets)]
    return Encoded(
        items=items,
        mask_id=tokenizer.mask_token_id,
        mask_share=mask_share,
        special=frozenset(tokenizer.all_special_ids),
        seed=seed,
        cut=shortened(found, tokenizer, columns, max_length=max_length),
    )


def shortened(
    found: BatchEncoding, tokenizer: PreTrainedTokenizerBase, columns: Sequence[Sequence[str]], *, max_length: int
) -> int:
    """How many of the rows `found`, which `tokenizer` made of the texts in `columns`, are cut to `max_length`."""
    if found.encodings is not None:  # a fast tokeniser keeps what it cuts off
        return sum(bool(row.overflowing) for row in found.encodings)
    full = [at for at, ids in enumerate(found["input_ids"]) if len(ids) >= max_length]
    if not full:
        return 0
    whole = tokenizer(*([column[at] for at in full] for column in columns))
    return sum(len(ids) > max_length for ids in whole["input_ids"])
