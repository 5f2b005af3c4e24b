"""Which column is the text, which the label: as named, or the one with a well-known name."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from robust.data.table import DataSpec, Records
from robust.errors import DataError, did_you_mean

TEXTS: tuple[str, ...] = (
    *("text", "sentence", "review", "content", "tweet", "comment", "review_text", "document"),
    *("texto", "frase", "oración", "oracion", "reseña", "resena", "comentario", "contenido", "opinión", "opinion"),
)
PAIRS: tuple[tuple[str, str], ...] = (
    *(("premise", "hypothesis"), ("sentence1", "sentence2"), ("question1", "question2"), ("text1", "text2")),
    *(("premisa", "hipótesis"), ("premisa", "hipotesis"), ("frase1", "frase2"), ("oración1", "oración2")),
)
LABELS: tuple[str, ...] = (
    *("label", "labels", "sentiment", "polarity", "stars", "rating", "class", "category", "gold_label", "target"),
    *("etiqueta", "sentimiento", "polaridad", "estrellas", "clase", "categoría", "categoria", "valoración"),
)
LANGS: tuple[str, ...] = ("lang", "language", "idioma", "lengua")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The columns in use; those but `texts` (one or two) are None where there is no such column."""

    texts: tuple[str, ...]
    label: str | None
    id: str | None
    lang: str | None


def same_name(one: str, other: str) -> bool:
    """Whether two column names are the same but for case, surrounding space and Unicode normal form."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def choose(records: Records, spec: DataSpec) -> Chosen:
    """Find the columns. Raises `DataError` that lists the columns when one is missing, unknown or ambiguous."""
    texts = _texts(records, spec)
    label = None if spec.label == "" else _named(records, "--label", spec.label) or _found(records, "label", LABELS)
    if len({*texts, label}) < len(texts) + 1:
        raise DataError(
            f"{records.place}: column {label!r} is used twice (text {', '.join(texts)}; label {label})",
            fix=f"name different columns with --text, --pair and --label; columns: {_listed(records)}",
        )
    ids = _matching(records.columns, ("id",)) if spec.id is None else ()
    langs = _matching(records.columns, LANGS)
    return Chosen(
        texts=texts,
        label=label,
        id=_named(records, "--id", spec.id) or (ids[0] if ids and ids[0] not in texts else None),
        lang=langs[0] if len(langs) == 1 and langs[0] not in (*texts, label) else None,
    )


def _texts(records: Records, spec: DataSpec) -> tuple[str, ...]:
    second = _named(records, "--pair", spec.pair)
    first = _named(records, "--text", spec.text)
    if first is None and not _matching(records.columns, ("text",)):
        for names in PAIRS:
            both = [found[0] for name in names if (found := _matching(records.columns, (name,)))]
            if len(both) == 2 and second in (None, both[1]):
                return (both[0], both[1])
    if first is None:
        first = _found(records, "text", TEXTS, besides=[second] if second else ())
    return (first,) if second is None else (first, second)


def _named(records: Records, option: str, name: str | None) -> str | None:
    """The column that an option names; the exact name wins over one that differs in case."""
    if not name:
        return None
    found = [column for column in records.columns if column == name] or _matching(records.columns, (name,))
    if len(found) == 1:
        return found[0]
    hint = did_you_mean(name, records.columns)
    header = records.notes.get("header")
    if not hint and header:
        hint = f"say --{'no-' if header == 'yes' else ''}header if that is wrong (header: {header})"
    raise DataError(
        f"{records.place}: no column {name!r} for {option}; columns: {_listed(records)}", fix=hint or "name one of them"
    )


def _found(records: Records, role: str, known: Sequence[str], besides: Collection[str] = ()) -> str:
    """The column of a role by the names `known`; one called like the role itself wins over the others."""
    if guess := records.guesses.get(role):
        return guess
    columns = [column for column in records.columns if column not in besides]
    found = _matching(columns, (role,)) or _matching(columns, known)
    if len(found) == 1:
        return found[0]
    if found:
        problem = f"several columns could be the {role} ({', '.join(found)})"
    elif records.notes.get("header") == "no":
        problem = f"cannot tell which column is the {role}"
    else:
        problem = f"no column is known as a {role}"
    fix = f"name it with --{role}" + (" (and --pair for a second text)" if role == "text" else "")
    raise DataError(f"{records.place}: {problem}; columns: {_listed(records)}", fix=fix)


def _matching(columns: Sequence[str], known: Sequence[str]) -> list[str]:
    plain = {_plain(name) for name in known}
    return [column for column in columns if _plain(column) in plain]


def _listed(records: Records) -> str:
    return ", ".join(records.columns)
