"""The audit as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NAMES = {"en": "English", "es": "Spanish"}
_NOTE = """\
Words drawn at random from real texts, one a text, by nothing that a system can or cannot do (letters alone, no stop
words); each system is asked to replace each. Intervals are Wilson's, 95 %. `replaced` is the share of all words for
which a system has a substitute. The other columns are of words that all systems replace, then of the first that
each does.

A form is kept if some reading of the new word contradicts some reading of the old one nowhere (part of speech,
gender, number, person, tense, mood). The reading is not the one of the sentence, so a verb read as a noun can pass;
pairs that no source knows are left out of that column. Where a system changed determiner or adjective with a noun,
its gender is judged by these, among the neighbours. A phrase in the place of a word is not judged for its form. Our
generator leaves out the opposites of lists much like those that judge here, so a zero says that it does so, no
more.\
"""


def page(found: Mapping[str, Any], mends: Sequence[str], seed: int) -> str:
    """The tables and the word pairs behind them; `found` holds language → part → system → row."""
    lines = [f"Seed {seed}. {_NOTE}"]
    if mends:
        lines += ["", "What was done to the other packages:", "", *(f"- {mend}" for mend in mends)]
    for lang, parts in found.items():
        lines += ["", f"## {_NAMES[lang]}", "", "| system | words | replaced |", "|---|---|---|"]
        lines += [f"| {name} | {row['n']} | {_shown(row)} |" for name, row in parts["replaced"].items()]
        for title, rows in parts["scores"].items():
            lines += ["", f"{title}:", "", *_table(rows)]
    for lang, parts in found.items():
        for name, row in parts["scores"][next(iter(parts["scores"]))].items():
            lines += ["", f"## {_NAMES[lang]}, {name}: pairs", ""]
            lines += [f"- {check} ({len(p)}): {', '.join(p) or 'none'}" for check, p in row["pairs"].items()]
    return "\n".join(lines) + "\n"


def _table(rows: Mapping[str, Any]) -> Iterator[str]:
    yield "| system | n | phrases | judged | form kept | opposites | neighbours broken |"
    yield "|---|---|---|---|---|---|---|"
    for name, row in rows.items():
        shares = [_shown(row[key]) for key in ("form kept", "opposites", "neighbours broken")]
        yield f"| {name} | {row['n']} | {row['phrases']} | {row['judged']} | {' | '.join(shares)} |"


def _shown(rate: Mapping[str, float]) -> str:
    share = 100 * rate["k"] / rate["n"] if rate["n"] else 0.0
    return f"{share:.1f} % ({rate['k']}/{rate['n']}; {100 * rate['low']:.1f}–{100 * rate['high']:.1f})"
