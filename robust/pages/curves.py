"""Accuracy against the number of queries a search may ask, as a line of inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from robust.core.types import Task
from robust.pages.html import PageLang, text
from robust.pages.texts import told
from robust.results.estimates import proportion
from robust.results.rows import Row
from robust.results.summary import is_right

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 300, 58, 16, 14, 46
SERIES = 6
"""Lines that can be told apart, by dashes as well as by colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From `queries` a text on, this share of the texts is right after the attack, with its 95 % interval."""

    queries: int
    value: float
    low: float
    high: float
    k: int
    n: int


def curve(rows: Sequence[Row], task: Task = "classification") -> list[Step]:
    """The accuracy at every budget of queries at which it falls, from one query (the clean accuracy) to the largest.

    It is read off one run: a search that ended within `q` queries is the same under a budget of `q`, so its success
    counts from there on. Under a budget that cuts its last batch it might have been found a little earlier.
    """
    judged = [row for row in rows if row["status"] != "error"]
    if not judged:
        return []
    right = sum(is_right(row, task) for row in judged)
    falls: dict[int, int] = {}
    for row in judged:
        if row["status"] == "success" and is_right(row, task):
            falls[row["queries"]] = falls.get(row["queries"], 0) + 1
    steps = [_step(1, right, len(judged))]
    for queries in sorted(falls):
        right -= falls[queries]
        steps.append(_step(queries, right, len(judged)))
    last = max(row["queries"] for row in judged)
    return [*steps, _step(last, right, len(judged))] if last > steps[-1].queries else steps


def _step(queries: int, k: int, n: int) -> Step:
    found = proportion(k, n)
    return Step(queries=queries, value=k / n, low=found.low or 0.0, high=found.high or 0.0, k=k, n=n)


def chart(curves: Mapping[str, Sequence[Step]], lang: PageLang) -> str:
    """One line for each attack with its interval as a band, a legend, and a description for those who cannot see it."""
    most = max((steps[-1].queries for steps in curves.values() if steps), default=1)
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(queries: float) -> float:
        return LEFT + across * queries / max(1, most)

    def y(value: float) -> float:
        return TOP + down * (1 - value)

    parts = []
    for tick in range(0, 101, 25):
        at = y(tick / 100)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{tick} %</text>')
    below = f'y="{HEIGHT - BOTTOM + 20}" text-anchor="middle"'
    parts += [f'<text x="{x(tick):.1f}" {below}>{tick}</text>' for tick in ticks(most)]
    parts.append(
        text("axis.queries", lang, "text", x=f"{LEFT + across / 2:.0f}", y=f"{HEIGHT - 6}", text_anchor="middle")
    )
    legend = []
    for at, (name, steps) in enumerate(curves.items()):
        if not steps:
            continue
        style = f"s{at % SERIES}"
        parts.append(f'<path class="band {style}" d="{_band(steps, most, x, y)}"/>')
        parts.append(f'<path class="{style}" d="M{_line(steps, most, x, y, "value")}"/>')
        legend.append(
            f'<span><svg width="34" height="10" viewBox="0 0 34 10" aria-hidden="true" class="key">'
            f'<path class="{style}" d="M1 5H33"/></svg> {escape(name)}</span>'
        )
    drawn = "".join(parts)
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(told("h.curve", lang))}" '
        f'data-label="h.curve">{drawn}</svg><figcaption class="legend">{"".join(legend)}</figcaption></figure>'
    )


def ticks(most: int) -> list[int]:
    """Some five round numbers from 0 to `most`."""
    for step in (10**power * digit for power in range(9) for digit in (1, 2, 5)):
        if most / step <= 6:
            return list(range(0, most + 1, step))
    return [0, most]


def _line(steps: Sequence[Step], most: int, x: Any, y: Any, what: str) -> str:
    points = [f"{x(steps[0].queries):.1f} {y(getattr(steps[0], what)):.1f}"]
    points += [f"H{x(step.queries):.1f}V{y(getattr(step, what)):.1f}" for step in steps[1:]]
    return "".join([*points, f"H{x(most):.1f}"])


def _band(steps: Sequence[Step], most: int, x: Any, y: Any) -> str:
    """Along the upper ends, then back along the lower ones."""
    back = [f"L{x(most):.1f} {y(steps[-1].low):.1f}"]
    for before, step in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        back.append(f"H{x(step.queries):.1f}V{y(before.low):.1f}")
    back.append(f"H{x(steps[0].queries):.1f}Z")
    return f"M{_line(steps, most, x, y, 'high')}{''.join(back)}"
