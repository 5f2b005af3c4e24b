"""Tables that sort, filter and page in the browser, and show their first rows without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

from robust.pages.html import PERCENT, PageLang, data, text, written
from robust.pages.texts import told

Kind = Literal["text", "count", "one", "share", "estimate", "key", "link", "said"]
Cell: TypeAlias = "str | float | list[float | int | None] | list[str] | None"
FIRST = 25


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its name in a csv, the key of its heading, and what its cells are.

    `text`: a string. `count`, `one`, `share`: a number, written whole, with one decimal, or as a percentage.
    `estimate`: `[value, low, high, k, n]`, written as `share`, or as `one` where `unit` says so. `key`: a string whose
    text is that of `prefix` + it. `link`: `[text, address]`. `said`: `[English, Spanish]`. `choose` offers its values
    in a list to filter by.
    """

    name: str
    heading: str
    kind: Kind = "text"
    prefix: str = ""
    unit: Literal["share", "one"] = "share"
    choose: bool = False


def table(
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    lang: PageLang,
    *,
    caption: str,
    sort: str = "",
) -> str:
    """A table. `name` is unique on the page, `caption` the key of its title; `sort`: `column` or `-column` at first."""
    heads = "".join(
        f'<th scope="col" data-c="{at}"{_class(c)}>{text(c.heading, lang)}</th>' for at, c in enumerate(columns)
    )
    body = "".join(f"<tr>{_cells(columns, row, lang)}</tr>" for row in rows[:FIRST])
    said = [
        {"name": c.name, "t": c.heading, "kind": c.kind, "prefix": c.prefix, "unit": c.unit, "choose": c.choose}
        for c in columns
    ]
    held = data(f"data-{name}", {"columns": said, "rows": rows, "sort": sort})
    return (
        f'<div class="table" data-table="{escape(name)}"><div class="controls"></div>'
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(told(caption, lang))}" '
        f'data-label="{escape(caption)}"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<div class="pages"></div>{held}</div>'
    )


def _cells(columns: Sequence[Column], row: Sequence[Cell], lang: PageLang) -> str:
    return "".join(f"<td{_class(c)}>{cell(value, c, lang)}</td>" for c, value in zip(columns, row, strict=True))


def cell(value: Cell, column: Column, lang: PageLang) -> str:
    """The inside of one cell, escaped."""
    if value is None:
        return "–"
    if column.kind == "estimate" and isinstance(value, list):
        shown, low, high = (written(_number(v), column.unit, lang) for v in value[:3])
        if value[0] is None:
            return "–"
        ends = f"[{low.removesuffix(PERCENT)}; {high.removesuffix(PERCENT)}]"
        return f'{shown} <span class="ci">{ends}</span>'
    if column.kind == "link" and isinstance(value, list):
        return f'<a href="{escape(str(value[1]))}">{escape(str(value[0]))}</a>'
    if column.kind == "said" and isinstance(value, list):
        return escape(str(value[lang == "es"]))
    if column.kind == "key":
        return escape(", ".join(told(f"{column.prefix}{part}", lang) for part in str(value).split()))
    if column.kind in ("count", "one", "share") and isinstance(value, (int, float)):
        return written(value, column.kind, lang)
    return escape(str(value))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _class(column: Column) -> str:
    return ' class="n"' if column.kind in ("count", "one", "share", "estimate") else ""
