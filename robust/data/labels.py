"""Lining up the labels of a data set with the classes of a model."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from robust.core.example import Example, Target
from robust.core.types import Lang
from robust.data.table import Row, Table
from robust.errors import DataError, UserError
from robust.lang.base import language

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "negative": ("negative", "negativo", "negativa", "neg", "n"),
    "neutral": ("neutral", "neutro", "neutra", "neu"),
    "positive": ("positive", "positivo", "positiva", "pos", "p"),
}
_EXAMPLE = "1=negative,2=negative,4=positive,5=positive"


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """Examples whose targets are class indices of the model.

    `matched` says how labels were matched (by name, by position), `mapping` the class index of each label of the data.
    """

    examples: list[Example]
    matched: str
    mapping: Mapping[str, int]


def parse_label_map(text: str) -> dict[str, str]:
    """Read `--label-map`: `1=negative,2=negative,4=positive`. Raises `UserError` naming the part that is wrong."""
    mapping: dict[str, str] = {}
    for part in text.split(","):
        old, equals, new = (piece.strip() for piece in part.partition("="))
        if not (old and equals and new) or "=" in new:
            raise UserError(
                f"--label-map: {part.strip()!r} is not of the form old=new", fix=f"write pairs with commas: {_EXAMPLE}"
            )
        if mapping.setdefault(old, new) != new:
            raise UserError(f"--label-map: {old!r} is given twice, as {mapping[old]!r} and {new!r}", fix="keep one")
    return mapping


def to_examples(
    table: Table, labels: Sequence[str], *, lang: Lang | None = None, attack_field: Literal[0, 1] | None = None
) -> Aligned:
    """The rows of a table as examples for a model with these class names, in the order of its logits.

    Labels are matched by name (case aside), by well-known other names for negative, neutral and positive, or by
    position: labels `0` to `n - 1` are class indices.
    `lang` goes before the language of a row, and that before the table's.
    `attack_field`: which text may be edited (default: the last); the other one is frozen.
    Raises `DataError` for labels that the model lacks, rows without a label and rows without a language.
    """
    counts = Counter(row.label for row in table.rows if row.label is not None)
    if missing := len(table.rows) - counts.total():
        raise DataError(
            f"{table.name}: {missing} of its {len(table.rows)} rows have no label", fix="name the column with --label"
        )
    mapping, matched = align(counts, labels, table)
    examples = []
    for row in table.rows:
        code = lang or row.lang or table.lang
        if code is None:
            raise DataError(
                f"{table.name}: the language of row {row.id} is not known", fix="say --lang en or --lang es"
            )
        examples.append(example_of(row, code, mapping[row.label or ""], attack_field))
    return Aligned(examples=examples, matched=matched, mapping=mapping)


def example_of(row: Row, lang: Lang, target: Target, attack_field: int | None) -> Example:
    """A row as an example; `attack_field`: as in `to_examples`. Raises `DataError` where there is no such field."""
    at = len(row.fields) - 1 if attack_field is None else attack_field
    if at >= len(row.fields):
        raise DataError(f"row {row.id} has one text, there is no second to attack", fix="name it with --pair")
    before, after = row.fields[:at], row.fields[at + 1 :]
    return Example(
        id=row.id, text=language(lang).text(row.fields[at]), target=target, lang=lang, before=before, after=after
    )


def align(counts: Mapping[str, int], labels: Sequence[str], table: Table) -> tuple[dict[str, int], str]:
    """The class index of each of the data's labels, and how they were matched; `counts` holds rows by label."""
    for match in (_by_name, _by_alias, _by_position):
        if found := match(counts, labels, table.label_names):
            return found
    raise DataError(
        f"{table.name}: the labels of the data are not the classes of the model\n"
        f"  model: {', '.join(labels)}\n"
        f"  data:  {', '.join(f'{label} ({n} rows)' for label, n in sorted(counts.items(), key=lambda item: item[0]))}",
        fix=_suggestion(counts, labels),
    )


_Match = tuple[dict[str, int], str]


def _by_name(counts: Mapping[str, int], labels: Sequence[str], _: Sequence[str]) -> _Match | None:
    for same in (str, _plain):
        index = {same(label): at for at, label in enumerate(labels)}
        if len(index) == len(labels) and all(same(label) in index for label in counts):
            return {label: index[same(label)] for label in counts}, "by name"
    return None


def _by_alias(counts: Mapping[str, int], labels: Sequence[str], _: Sequence[str]) -> _Match | None:
    index = {_canonical(label): at for at, label in enumerate(labels)}
    names = {label: _canonical(label) for label in counts}
    if len(index) < len(labels) or len(set(names.values())) < len(names) or not set(names.values()) <= set(index):
        return None
    mapping = {label: index[name] for label, name in names.items()}
    shown = (f"{label} = {labels[at]}" for label, at in sorted(mapping.items(), key=lambda item: item[1]))
    return mapping, f"by name ({', '.join(shown)})"


def _by_position(counts: Mapping[str, int], labels: Sequence[str], label_names: Sequence[str]) -> _Match | None:
    # A class called "1 star" at position 0 says that its numbers are not positions.
    if any((number := re.search(r"\d+", label)) and int(number[0]) != at for at, label in enumerate(labels)):
        return None
    numbers = {label: _number(label) for label in counts}
    if all(number is not None and number < len(labels) for number in numbers.values()):
        return {label: number for label, number in numbers.items() if number is not None}, "by position"
    anonymous = all(_number(label) == at for at, label in enumerate(labels))
    if anonymous and len(label_names) == len(labels) and set(counts) <= set(label_names):
        return {label: label_names.index(label) for label in counts}, "by position of the names in the data set"
    return None


def _plain(label: str) -> str:
    return unicodedata.normalize("NFC", label).strip().casefold()


def _canonical(label: str) -> str:
    plain = _plain(label)
    return next((name for name, others in _ALIASES.items() if plain in others), plain)


def _number(label: str) -> int | None:
    """The class index in `3` or `LABEL_3`."""
    found = re.fullmatch(r"(?:label_)?(\d{1,9})", _plain(label), re.ASCII)
    return int(found[1]) if found else None


def _suggestion(counts: Mapping[str, int], labels: Sequence[str]) -> str:
    """A label map to start from, and what it leaves out."""
    data = sorted(counts, key=lambda label: (_number(label) is None, _number(label) or 0, label))
    classes = {_canonical(label): label for label in labels}
    pairs = {label: classes[_canonical(label)] for label in data if _canonical(label) in classes}
    pairs = pairs or _stars(data, classes) or dict(zip(data, labels, strict=False))
    text = ",".join(f"{old}={new}" for old, new in pairs.items())
    lost = [label for label in data if label not in pairs]
    note = "check that each pair is right" + (f"; rows labelled {', '.join(lost)} are then left out" if lost else "")
    return f"--label-map {shlex.quote(text)}  ({note})"


def _stars(data: Sequence[str], classes: Mapping[str, str]) -> dict[str, str]:
    """One to five stars as sentiment; empty if the labels are not stars (1 and 2 alone may be two numbered classes)."""
    numbers = {label: _number(label) for label in data}
    stars = {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}
    if not {"negative", "positive"} <= set(classes) or not set(numbers.values()) <= set(stars) or len(data) < 3:
        return {}
    senses = {label: stars[number] for label, number in numbers.items() if number is not None}
    return {label: classes[sense] for label, sense in senses.items() if sense in classes}
