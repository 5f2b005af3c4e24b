"""The table, one a language, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from robust.core.types import LANGS, Lang
from robust.results.estimates import Estimate
from robust.stages.card import markdown

HEAD = [
    "recipe",
    "n",
    "under attack",
    "success rate",
    "queries",
    "words changed",
    "chrF",
    "similarity",
    "errors",
    "seconds",
]
TITLES: Mapping[Lang, str] = {"en": "English", "es": "Spanish"}
MADE = {
    "MASKED": "masked language models that `robust pretrain bert-mini-en` and `bert-mini-es` make",
    "PARAPHRASER": "encoder-decoders that `python -m benchmarks.paraphraser` makes, which start from the former",
}
"""What commands name without saying where it is, and where that comes from."""


def page(records: Sequence[Mapping[str, Any]]) -> str:
    """A table for each language, the most successful recipes first."""
    parts = [
        "# Attacks\n",
        "Made by `python -m benchmarks.attack_table`: every attack recipe on the bundled models. Accuracy under attack "
        "and success rate, %, with 95 % Wilson intervals; means of queries, words changed (%), chrF (likeness of "
        "the adversarial text to the original, 0 to 100) and similarity (of their word vectors, see "
        "`robust.lang.sentences`; 100 for the same, blind to order and negation) with 95 % bootstrap intervals, the "
        "last three over the successes; a dash where there are none. Seconds are of one process, beside others.",
    ]
    for lang in LANGS:
        found = [record for record in records if record["lang"] == lang]
        if found:
            clean = Estimate(**found[0]["summary"]["clean_accuracy"]).percent()
            rows = [_row(record) for record in sorted(found, key=_success, reverse=True)]
            parts += [f"\n## {TITLES[lang]}\n", f"Clean accuracy {clean}.\n", markdown(HEAD, rows)]
    commands = "\n".join(f"    {record['command']}" for record in records)
    used = [f"{name}_EN and {name}_ES are {what}." for name, what in MADE.items() if f"={name}_" in commands]
    about = [" ".join(used) + "\n"] if used else []
    return "\n".join([*parts, "\n## Commands\n", *about, commands]) + "\n"


def _success(record: Mapping[str, Any]) -> float:
    return record["summary"]["attack_success_rate"]["value"] or 0.0


def _row(record: Mapping[str, Any]) -> list[str]:
    summary, measured = record["summary"], record["measured"]
    return [
        record["recipe"],
        str(summary["n"]),
        _percent(summary["accuracy_under_attack"]),
        _percent(summary["attack_success_rate"]),
        _number(measured["queries"]),
        _percent(measured["words_changed"]),
        _percent(measured["chrf"]),
        _percent(measured["similarity"]),
        str(summary["errors"]),
        f"{summary['seconds']:.0f}",
    ]


def _percent(stored: Mapping[str, Any]) -> str:
    return Estimate(**stored).percent().replace(" %", "")


def _number(stored: Mapping[str, Any]) -> str:
    value, low, high = (stored[key] for key in ("value", "low", "high"))
    return "–" if value is None else f"{value:.0f} [{low:.0f}, {high:.0f}]"
