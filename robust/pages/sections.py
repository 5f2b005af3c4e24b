"""The parts of which pages are made: numbers, curves, words, examples, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from robust.core.types import Task
from robust.pages.curves import chart, curve
from robust.pages.diff import alternating, differences
from robust.pages.html import PageLang, data, number, text
from robust.pages.table import Cell, Column, table
from robust.pages.words import breaking
from robust.results.estimates import Estimate, mean, proportion
from robust.results.rows import Row, probabilities
from robust.results.summary import summarise

MOST_WORDS = 2000


def heading(key: str, lang: PageLang, lead: str = "") -> str:
    """A heading of a section, with a sentence that says what it shows."""
    return text(key, lang, "h2") + (text(lead, lang, "p", class_="soft") if lead else "")


def estimate(value: Any) -> list[float | int | None]:
    """An `Estimate`, or an interval of an entry, as a table's cell."""
    return [value.value, value.low, value.high, value.k, value.n]


def tiles(numbers: Mapping[str, Any], lang: PageLang) -> str:
    """Large numbers with their intervals; `numbers` by key."""
    found = []
    for key, value in numbers.items():
        if isinstance(value, (int, float)) or value is None:
            found.append(f'<div class="tile">{text(key, lang)}<b>{number(value, "count", lang)}</b></div>')
            continue
        between = f"[{number(value.low, 'bare', lang)}; {number(value.high, 'bare', lang)}]"
        of = f" {value.k}/{value.n}" if value.k is not None else ""
        shown = number(value.value, "share", lang)
        found.append(f'<div class="tile">{text(key, lang)}<b>{shown}</b><span class="soft">{between}{of}</span></div>')
    return f'<div class="tiles">{"".join(found)}</div>'


def attacks(groups: Mapping[str, Sequence[Row]], task: Task, lang: PageLang) -> str:
    """One row for each attack: what it left standing and what it cost."""
    rows: list[list[Cell]] = []
    for name, group in groups.items():
        summary = summarise(group, task)
        tried = [r for r in group if r["status"] in ("success", "failure")]
        broken = [r["words_changed"] / max(1, r["words"]) for r in tried if r["status"] == "success"]
        rows.append(
            [
                name,
                estimate(summary.accuracy_under_attack),
                estimate(summary.attack_success_rate),
                estimate(mean([r["queries"] for r in tried])),
                estimate(mean([r["unique_queries"] for r in tried])),
                estimate(mean(broken)),
                summary.n,
            ]
        )
    columns = [
        Column(name="attack", heading="c.attack"),
        Column(name="accuracy_under_attack", heading="c.robust", kind="estimate"),
        Column(name="attack_success_rate", heading="c.success", kind="estimate"),
        Column(name="queries", heading="c.queries", kind="estimate", unit="one"),
        Column(name="unique_queries", heading="c.unique", kind="estimate", unit="one"),
        Column(name="words_changed", heading="c.changed", kind="estimate"),
        Column(name="n", heading="c.n", kind="count"),
    ]
    return heading("h.numbers", lang) + table("attacks", columns, rows, lang, caption="h.numbers")


def curves(groups: Mapping[str, Sequence[Row]], task: Task, lang: PageLang) -> str:
    """Accuracy against queries, drawn and as a table."""
    found = {name: curve(group, task) for name, group in groups.items()}
    rows: list[list[Cell]] = [
        [name, step.queries, estimate(proportion(step.k, step.n))] for name, steps in found.items() for step in steps
    ]
    columns = [
        Column(name="attack", heading="c.attack", choose=True),
        Column(name="queries", heading="c.queries", kind="count"),
        Column(name="accuracy", heading="c.robust", kind="estimate"),
    ]
    listed = table("curves", columns, rows, lang, caption="h.curve")
    drawn = chart(found, lang)
    return (
        f"{heading('h.curve', lang, 'lead.curve')}{drawn}<details>{text('t.table', lang, 'summary')}{listed}</details>"
    )


def words(rows: Sequence[Row], lang: PageLang) -> str:
    """The words that break the model."""
    found: list[list[Cell]] = [
        [b.word, b.broken, b.present, b.broken / max(1, b.present), ", ".join(b.into)]
        for b in breaking(rows)[:MOST_WORDS]
    ]
    columns = [
        Column(name="word", heading="c.word"),
        Column(name="changed_in_successes", heading="c.broken", kind="count"),
        Column(name="in_attacked_texts", heading="c.present", kind="count"),
        Column(name="share", heading="c.rate", kind="share"),
        Column(name="became", heading="c.into"),
    ]
    listed = table("words", columns, found, lang, caption="h.words", sort="-changed_in_successes")
    return heading("h.words", lang, "lead.words") + listed


def explorer(groups: Mapping[str, Sequence[Row]], labels: Sequence[str], lang: PageLang) -> str:
    """Every example before and after each attack, with what the model said and how sure it was."""
    held = [_pair(name, row) for name, group in groups.items() for row in group]
    held.sort(key=lambda pair: (pair[2] != "success", pair[11] / max(1, pair[12]), pair[1], pair[0]))
    return (
        f'{heading("h.explorer", lang)}<div data-pairs="pairs"><div class="controls"></div><ol class="pairs"></ol>'
        f'<div class="pages"></div>{data("data-pairs", {"labels": list(labels), "rows": held})}</div>'
    )


def _pair(attack: str, row: Row) -> list[Any]:
    before, after = differences(row["original"] or "", row["adversarial"] or row["original"] or "")
    edited = row["status"] == "success" and row["adversarial"] is not None
    clean, clean_chance = _said(row, "clean")
    other, other_chance = _said(row, "adversarial") if edited else (None, None)
    return [
        *(attack, row["example_id"], row["status"], row["label"], clean, clean_chance, other, other_chance),
        alternating(before),
        alternating(after) if edited else None,
        *(row["queries"], row["words_changed"], row["words"]),
    ]


def _said(row: Row, which: str) -> tuple[int | str | None, float | None]:
    """The label's number and its probability, or another task's answer."""
    chances = probabilities(row[f"{which}_logits"] or [])
    if not chances:
        return row[f"{which}_answer"], None
    return chances.index(max(chances)), round(max(chances), 4)


def facts(pairs: Sequence[tuple[str, str]], lang: PageLang) -> str:
    """What was run, as a list of names (keys) and values, which are HTML."""
    listed = "".join(f"{text(key, lang, 'dt')}<dd>{value}</dd>" for key, value in pairs)
    return f'{heading("h.facts", lang)}<dl class="facts">{listed}</dl>'


def code(value: object) -> str:
    """A value as code, escaped."""
    return f"<code>{escape(str(value))}</code>"


def plain(value: object) -> str:
    """A value as text, escaped."""
    return escape(str(value))


def overview(
    groups: Mapping[str, Sequence[Row]], task: Task, clean: Estimate | Any, robust: Estimate | Any, lang: PageLang
) -> str:
    """The two numbers that matter, and the counts beside them."""
    some = next(iter(groups.values()))
    skipped = sum(row["status"] == "skipped" for row in some)
    errors = sum(row["status"] == "error" for group in groups.values() for row in group)
    return tiles(
        {"c.clean": clean, "c.robust": robust, "status.skipped": skipped, "status.error": errors, "c.n": len(some)},
        lang,
    )
