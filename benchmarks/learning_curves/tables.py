"""The fits as Markdown tables: accuracy by labels, what is gained over scratch, updates until scratch's best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeAlias

from benchmarks.learning_curves import curves
from benchmarks.learning_curves.fits import Fit
from benchmarks.learning_curves.methods import METHODS

Cell: TypeAlias = Callable[[Sequence[Fit], Sequence[Fit]], str]
"""From the fits of a cell, and those from scratch with as many labels, to what the cell says."""

NAMES = {"en": "English", "es": "Spanish"}


def page(fits: Sequence[Fit]) -> str:
    """All tables, language by language."""
    parts = ["# Learning curves\n"]
    for language in curves.languages(fits):
        mine = [fit for fit in fits if fit.language == language]
        tested = len(mine[0].right)
        parts.append(f"## {NAMES.get(language, language)}\n")
        parts.append(
            f"Accuracy on {tested} test rows, mean over seeds ± half of the 95 % t interval (in brackets: seeds).\n"
        )
        parts.append(_table(mine, lambda found, _: _shown(curves.mean([fit.accuracy for fit in found]))))
        parts.append("Macro-F1, likewise.\n")
        parts.append(_table(mine, lambda found, _: _shown(curves.mean([fit.macro_f1 for fit in found]))))
        if base := curves.reference(mine):
            parts.append(
                f"Accuracy minus that of `{base}` with the same labels and seeds, in points; 95 % interval "
                "over seeds and test rows.\n"
            )
            parts.append(_table(mine, _gain))
            parts.append(
                f"Updates until the dev accuracy is at least the best that `{base}` ever has with the same "
                "labels and seed (median over seeds; – for never).\n"
            )
            parts.append(_table(mine, _updates))
        parts.append("Updates made × texts of an update, and seconds a fit took (median).\n")
        parts.append(
            _table(
                mine,
                lambda found, _: (
                    f"{found[0].updates} × {found[0].batch_size}, {median(fit.seconds for fit in found):.0f} s"
                ),
            )
        )
    return "\n".join(parts)


def _table(fits: Sequence[Fit], cell: Cell) -> str:
    sizes = curves.sizes(fits)
    rows, base = {fit.size: fit.n_train for fit in fits}, curves.reference(fits)
    head = [f"all ({rows[size]})" if size == "all" else size for size in sizes]
    lines = [f"| labels | {' | '.join(head)} |", f"|---|{'---:|' * len(sizes)}"]
    for method in curves.methods(fits):
        cells = []
        for size in sizes:
            found = curves.chosen(fits, language=fits[0].language, method=method, size=size)
            reference = curves.chosen(fits, language=fits[0].language, method=base, size=size) if base else []
            cells.append(cell(found, reference) if found else "")
        lines.append(f"| {METHODS[method].title} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _shown(mean: curves.Mean) -> str:
    spread = "" if mean.half is None else f" ± {100 * mean.half:.1f}"
    return f"{100 * mean.value:.1f}{spread} ({mean.n})"


def _gain(found: Sequence[Fit], reference: Sequence[Fit]) -> str:
    if found == reference:
        return "0"
    gain = curves.gain(found, reference)
    if gain is None:
        return ""
    return f"{100 * gain.value:+.1f} [{100 * gain.low:+.1f}, {100 * gain.high:+.1f}]"


def _updates(found: Sequence[Fit], reference: Sequence[Fit]) -> str:
    if (matched := curves.updates_to_match(found, reference)) is None:
        return ""
    steps, never, seeds = matched
    shown = "–" if steps == float("inf") else f"{steps:.0f}"
    return f"{shown} ({never} of {seeds} never)" if never else shown
