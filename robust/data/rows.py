"""From records with chosen columns to a table: texts as they stand, labels through the map, ids that stay the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan

from robust.core.types import Lang
from robust.data.columns import Chosen
from robust.data.table import EMPTY_TEXT, NO_LABEL, DataSpec, Records, Row, Table, fingerprint
from robust.errors import DataError, did_you_mean

_SAYS_ITSELF = "leave --lang out, or the column if it is wrong"
_OWN_ID = "give every row an id of its own, or --id '' to number the rows"


@dataclass(slots=True)
class Tally:
    """What was seen on the way: rows left out by label, where rows without a label are, label map keys that fitted."""

    total: int = 0
    kept: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unlabelled: int = 0
    first_unlabelled: str = ""
    used_keys: set[str] = field(default_factory=set)


def make_table(records: Records, chosen: Chosen, spec: DataSpec) -> Table:
    """Take the rows that are used, in order, and count the others.

    Raises `DataError` for a cell that is not a text, an id that is empty or comes twice, a row without a label, a label
    map that misses the data, and a source of which no row remains.
    """
    tally, seen = Tally(), dict[str, int]()
    rows: list[Row] = []
    stable_ids: list[str] = []
    for row, own in used_rows(records, chosen, spec, tally):
        first = seen.setdefault(own, row.at)
        if first != row.at:
            said = f"{records.where(row.at)}: id {own!r} is already that of {records.where(first)}"
            raise DataError(said, fix=_OWN_ID)
        rows.append(row)
        stable_ids.append(own)
    check_tally(records, spec, tally)
    rows = rows[: spec.limit]
    langs = {row.lang for row in rows}
    return Table(
        name=records.name,
        rows=tuple(rows),
        # Numbered rows count by number, so that renaming a file does not change the fingerprint of its rows.
        fingerprint=fingerprint((own, row.fields, row.label) for own, row in zip(stable_ids, rows, strict=False)),
        source_fingerprint=records.source_fingerprint,
        columns=_used(records, chosen),
        left_out=dict(tally.left_out),
        total=len(records.rows),
        lang=langs.pop() if len(langs) == 1 else None,
        label_names=_names(records, chosen),
    )


def used_rows(records: Records, chosen: Chosen, spec: DataSpec, tally: Tally) -> Iterator[tuple[Row, str]]:
    """The rows that are used, in order, each with its id in the source; what is seen on the way is added to `tally`.

    Raises `DataError` for a cell that is not a text and for an empty id. That ids differ is left to the caller.
    """
    names = _names(records, chosen)
    for index, record in enumerate(records.rows):
        tally.total += 1
        fields = tuple([_text(records, index, record, column) for column in chosen.texts])
        if not all(text and not text.isspace() for text in fields):
            tally.left_out[EMPTY_TEXT] += 1
            continue
        label, key = _label(records, index, record, chosen.label, names, spec.label_map) if chosen.label else (None, "")
        if chosen.label and not label:
            if not spec.label_map:
                tally.unlabelled += 1
                tally.first_unlabelled = tally.first_unlabelled or records.where(index)
            tally.left_out[NO_LABEL] += 1
            continue
        if label and spec.label_map:
            if key not in spec.label_map:
                tally.left_out[label] += 1
                continue
            tally.used_keys.add(key)
            label = spec.label_map[key]
        number = str(records.first + index)
        own = _text(records, index, record, chosen.id).strip() if chosen.id else number
        if not own:
            raise DataError(f"{records.where(index)}: the id is empty", fix=_OWN_ID)
        lang = _lang(record.get(chosen.lang)) if chosen.lang else None
        if lang and spec.lang and lang != spec.lang:
            raise DataError(f"{records.where(index)}: the row says {lang}, --lang {spec.lang}", fix=_SAYS_ITSELF)
        lang = lang or spec.lang
        name = own if chosen.id else f"{records.name}/{number}"
        tally.kept += 1
        yield Row(id=name, fields=fields, label=label, lang=lang, at=records.first + index), own


def _names(records: Records, chosen: Chosen) -> tuple[str, ...]:
    return records.label_names.get(chosen.label, ()) if chosen.label else ()


def _used(records: Records, chosen: Chosen) -> dict[str, str]:
    used = dict(zip(("text", "pair"), chosen.texts, strict=False))
    used["label"] = chosen.label or "(none)"
    used["id"] = chosen.id or "(row number)"
    if chosen.lang:
        used["lang"] = chosen.lang
    return used | dict(records.notes)


def _text(records: Records, index: int, record: Mapping[str, object], column: str) -> str:
    """A cell as a string, as it stands; missing values are empty."""
    value = record.get(column)
    if isinstance(value, str) and value.isascii():
        return value
    if column not in record:
        raise DataError(
            f"{records.where(index)}: has no {column!r} (it has {', '.join(record) or 'nothing'})",
            fix=f"give every row a {column!r}, or name another column",
        )
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise DataError(
                f"{records.where(index)}: {column!r} holds half a character "
                f"(lone surrogate U+{ord(value[error.start]):04X} at position {error.start})",
                fix="write the whole character, or take it out",
            ) from None
        return value
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, dict, bytes)):
        kind = {list: "a list", dict: "an object", bytes: "bytes"}[type(value)]
        raise DataError(
            f"{records.where(index)}: {column!r} holds {kind}, not a text or label",
            fix=f"name another column with --text, --label or --id; columns: {', '.join(records.columns)}",
        )
    return str(value)


def _label(
    records: Records,
    index: int,
    record: Mapping[str, object],
    column: str,
    names: Sequence[str],
    label_map: Mapping[str, str],
) -> tuple[str, str]:
    """A row's label (empty if it has none), and the label map's key for it: its name, else its number."""
    label = _text(records, index, record, column).strip()
    if not names or not label.removeprefix("-").isdecimal():
        return label, label
    number = int(label)  # -1 is how the hub's data sets say that a row has no label
    name = names[number] if 0 <= number < len(names) else ""
    return name, label if label in label_map and name not in label_map else name


def _lang(value: object) -> Lang | None:
    short = str(value).strip().casefold().replace("_", "-").partition("-")[0]
    if short in ("en", "eng", "english", "inglés", "ingles"):
        return "en"
    return "es" if short in ("es", "spa", "spanish", "español", "espanol", "castellano") else None


def check_tally(records: Records, spec: DataSpec, tally: Tally) -> None:
    """Raise `DataError` for rows without a label, a label map that misses the data, and where no row remained."""
    if tally.unlabelled:
        raise DataError(
            f"{tally.first_unlabelled}: no label ({tally.unlabelled} of {tally.total} rows have none)",
            fix="fill them in, name another column with --label or another --split, or leave them out with --label-map",
        )
    counts = ", ".join(f"{label!r}: {n}" for label, n in tally.left_out.most_common(12))
    for key in spec.label_map:
        if key not in tally.used_keys and (hint := did_you_mean(key, tally.left_out)):
            raise DataError(f"--label-map: no row has the label {key!r}; rows left out: {counts}", fix=hint)
    if not tally.kept:
        raise DataError(
            f"{records.place}: no row remains; left out: {counts}",
            fix="check --text" if spec.label == "" else "check --text, --label and --label-map",
        )
