"""The fits as figures, a panel a language: score against labels, and score against updates for one number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.learning_curves import curves
from benchmarks.learning_curves.fits import Fit
from benchmarks.learning_curves.methods import METHODS
from benchmarks.learning_curves.tables import NAMES

COLOURS = dict(
    zip(METHODS, ("#666666", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#d55e00", "#56b4e9"), strict=False)
)
"""Okabe and Ito's, which readers with any colour vision tell apart; the same for a method in every figure."""


def labels_figure(fits: Sequence[Fit], path: Path) -> None:
    """Test accuracy against the number of labels (logarithmic): mean over seeds, and their range as a band."""
    plot, panels, figure = _panels(curves.languages(fits))
    for language, panel in panels.items():
        mine = [fit for fit in fits if fit.language == language]
        ticks = {fit.n_train for fit in mine}
        for method in curves.methods(mine):
            cells = [curves.chosen(mine, language=language, method=method, size=size) for size in curves.sizes(mine)]
            found = [(cell[0].n_train, curves.mean([fit.accuracy for fit in cell])) for cell in cells if cell]
            _draw(panel, method, [(n, 100 * m.value, 100 * m.low, 100 * m.high) for n, m in found])
        panel.set_xscale("log")
        panel.set_xticks(sorted(ticks), [str(n) for n in sorted(ticks)])
        panel.minorticks_off()
        panel.set_xlabel("labelled texts")
    _finish(plot, panels, figure, "accuracy on the test set (%)", path)


def updates_figure(fits: Sequence[Fit], size: str, path: Path) -> None:
    """Dev accuracy against updates with `size` labels: mean over seeds, and their range as a band."""
    there = [fit for fit in fits if fit.size == size]
    plot, panels, figure = _panels(curves.languages(there))
    for language, panel in panels.items():
        mine = [fit for fit in there if fit.language == language]
        for method in curves.methods(mine):
            by_step: dict[int, list[float]] = {}
            for fit in curves.chosen(mine, language=language, method=method, size=size):
                for step, accuracy in fit.dev_curve:
                    by_step.setdefault(step, []).append(100 * accuracy)
            _draw(panel, method, [(step, fmean(v), min(v), max(v)) for step, v in sorted(by_step.items())])
        panel.set_xlabel(f"updates ({mine[0].n_train} labelled texts)")
    _finish(plot, panels, figure, "accuracy on the dev set (%)", path)


def _panels(languages: Sequence[str]) -> tuple[Any, dict[str, Any], Any]:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plot

    figure, axes = plot.subplots(1, len(languages), figsize=(5.2 * len(languages), 4), sharey=True, squeeze=False)
    panels = dict(zip(languages, axes[0], strict=True))
    for language, panel in panels.items():
        panel.set_title(NAMES.get(language, language))
        panel.grid(alpha=0.3)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    return plot, panels, figure


def _draw(panel: Any, method: str, points: Sequence[tuple[float, float, float, float]]) -> None:
    xs, middles, lows, highs = zip(*points, strict=True)
    colour = COLOURS.get(method, "black")
    panel.fill_between(xs, lows, highs, color=colour, alpha=0.15, linewidth=0)
    panel.plot(xs, middles, color=colour, marker="o", markersize=4, linewidth=1.6, label=METHODS[method].title)


def _finish(plot: Any, panels: dict[str, Any], figure: Any, score: str, path: Path) -> None:
    first = next(iter(panels.values()))
    first.set_ylabel(score)
    shown = {
        label: handle
        for panel in panels.values()
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    first.legend(shown.values(), shown.keys(), frameon=False, loc="best")
    figure.text(0.995, 0.005, "mean over seeds; bands: lowest to highest seed", ha="right", fontsize=7, color="#666666")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plot.close(figure)
