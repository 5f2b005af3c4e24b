"""Vanishing gradients, drawn: how far back RNN, GRU and LSTM feel a loss at the last step, before and after training.

    python benchmarks/gradient_flow.py            (about two minutes on one core; needs `pip install 'robust[plot]'`)

The task is to say at the end which of eight symbols stood first, with others in between. For each cell and length a
small network is probed, trained for a while, and probed again (see `robust.stages.pretrain.gradients`). Written are
gradient-flow.png and gradient-flow.csv. Sources: Hochreiter & Schmidhuber 1997; Pascanu et al. 2013.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from robust.models.recurrent_layers import RecurrentLayer
from robust.stages.pretrain.gradients import Flow, flow

LENGTHS = (10, 25, 50, 100, 200)
CELLS = ("rnn", "gru", "lstm")
SYMBOLS = 8
SIZE = 64
BATCH = 64
PROBE = 64
SEED = 0
STYLES = (  # series, which norm, colour (Okabe & Ito), line
    ("rnn", "hidden", "RNN (tanh)", "#D55E00", "-"),
    ("gru", "hidden", "GRU", "#0072B2", "-"),
    ("lstm", "hidden", "LSTM, hidden state h", "#009E73", "-"),
    ("lstm", "cell", "LSTM, cell state c", "#009E73", (0, (4, 1.5))),
)
NOTE = (
    f"Percentages: how often the first of {SYMBOLS} symbols is recalled at the end (by chance "
    f"{100 / SYMBOLS} %). Width {SIZE}, one run each.\nAn RNN that recalls although no gradient is left has saturated: "
    "it holds what it has, and can no longer learn what to hold (Bengio et al. 1994)."
)
FLOOR = 1e-12
"""Ratios below are drawn here: nothing is left of the gradient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A network of one cell at one length after `updates`: norms, and the share of first symbols that it recalls."""

    cell: str
    length: int
    updates: int
    recall: float
    flow: Flow


def batch(generator: torch.Generator, length: int, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """One-hot sequences `(length, n, 2 · SYMBOLS)` and what stood first `(n,)`; the symbols after it are others."""
    first = torch.randint(0, SYMBOLS, (n,), generator=generator)
    ids = torch.randint(SYMBOLS, 2 * SYMBOLS, (length, n), generator=generator)
    ids[0] = first
    return F.one_hot(ids, 2 * SYMBOLS).float(), first


def measure(cell: str, length: int, updates: int) -> list[Result]:
    """Probe, train for `updates`, probe again."""
    torch.manual_seed(SEED)
    layer, head = RecurrentLayer(cell, 2 * SYMBOLS, SIZE), nn.Linear(SIZE, SYMBOLS)
    weights = [*layer.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(weights, lr=1e-2)
    draws, probe = torch.Generator().manual_seed(SEED), torch.Generator().manual_seed(SEED + 1)
    x, wanted = batch(probe, length, PROBE)

    def look(done: int) -> Result:
        (norms,) = flow([layer], x, lambda last: F.cross_entropy(head(last), wanted, reduction="none"))
        with torch.no_grad():
            many, firsts = batch(torch.Generator().manual_seed(SEED + 2), length, 512)
            recall = float((head(layer(many)[0][-1]).argmax(1) == firsts).float().mean())
        return Result(cell=cell, length=length, updates=done, recall=recall, flow=norms)

    before = look(0)
    for _ in range(updates):
        inputs, firsts = batch(draws, length, BATCH)
        loss = F.cross_entropy(head(layer(inputs)[0][-1]), firsts)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    return [before, look(updates)]


def write(results: list[Result], path: Path) -> None:
    """One row for each step: norms ||∂L/∂h_t|| and, for an LSTM, ||∂L/∂c_t||."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["cell", "length", "updates", "recall", "step", "hidden_norm", "cell_norm"])
        for result in results:
            cells = result.flow.cell or [None] * result.length
            for step, (hidden, inner) in enumerate(zip(result.flow.hidden, cells, strict=True), 1):
                numbers = (f"{hidden:.4g}", "" if inner is None else f"{inner:.4g}")
                rows.writerow([result.cell, result.length, result.updates, f"{result.recall:.3f}", step, *numbers])


def draw(results: list[Result], path: Path) -> None:
    """A column for each length, above before and below after training; norms relative to ||∂L/∂h_T||."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    stages = sorted({result.updates for result in results})
    lengths = sorted({result.length for result in results})
    figure, axes = plt.subplots(
        len(stages), len(lengths), figsize=(2.6 * len(lengths), 2.5 * len(stages) + 0.9), sharey=True, squeeze=False
    )
    for (row, updates), (column, length) in ((r, c) for r in enumerate(stages) for c in enumerate(lengths)):
        here = {result.cell: result for result in results if (result.updates, result.length) == (updates, length)}
        _panel(axes[row, column], here, length)
        if row == 0:
            axes[row, column].set_title(f"{length} steps", fontweight="bold")
        if row == len(stages) - 1:
            axes[row, column].set_xlabel("step t (the loss is at the last)")
    for row, updates in enumerate(stages):
        what = f"after {updates} updates" if updates else "before training"
        axes[row, 0].set_ylabel(f"{what}\n‖∂L/∂h$_t$‖ / ‖∂L/∂h$_T$‖")
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="upper center", ncol=len(names), frameon=False, bbox_to_anchor=(0.5, 0.935))
    figure.suptitle("How much of the gradient of a loss at the last step reaches the steps before it", y=0.99)
    figure.text(0.5, 0.012, NOTE, ha="center", va="bottom", fontsize=8, color="0.35")
    figure.tight_layout(rect=(0, 0.055, 1, 0.91))
    figure.savefig(path, dpi=150)
    plt.close(figure)


def _panel(axis: Any, here: dict[str, Result], length: int) -> None:
    for cell, part, name, colour, line in STYLES:
        norms = getattr(here[cell].flow, part)
        top = here[cell].flow.hidden[-1] or 1.0
        steps = [step for step in range(1, length + 1) if part == "hidden" or step < length]  # c_T is not read
        ratios = [max(FLOOR, norms[step - 1] / top) for step in steps]
        axis.plot(steps, ratios, color=colour, linestyle=line, linewidth=1.6, label=name)
    axis.set_yscale("log")
    axis.set_ylim(FLOOR / 5, 2000)
    axis.set_yticks([1e-12, 1e-9, 1e-6, 1e-3, 1], ["≤ $10^{-12}$", "$10^{-9}$", "$10^{-6}$", "$10^{-3}$", "1"])
    axis.minorticks_off()
    axis.set_xlim(1, length)
    axis.set_xticks([1, length // 2, length])
    axis.axhline(1, color="0.8", linewidth=0.8, zorder=0)
    colours = {cell: colour for cell, _, _, colour, _ in STYLES}
    for at, cell in enumerate(CELLS):
        said = f"{cell.upper()} {100 * here[cell].recall:.0f} %"
        axis.text(
            (0.16, 0.47, 0.83)[at],
            0.95,
            said,
            transform=axis.transAxes,
            ha="center",
            va="center",
            fontsize=7.5,
            color=colours[cell],
        )


def main() -> None:
    """Measure every cell at every length, write the table, draw the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--updates", type=int, default=300, help="of training, for each network (300)")
    parser.add_argument("--out", type=Path, default=Path("results/plots"), help="folder (results/plots)")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    results = []
    for length in LENGTHS:
        for cell in CELLS:
            began = time.process_time()
            before, after = measure(cell, length, given.updates)
            results += [before, after]
            reach = after.flow.hidden[0] / (after.flow.hidden[-1] or 1)
            spent = time.process_time() - began
            print(f"{cell:<5}{length:>5} steps  recall {after.recall:>6.1%}  first/last {reach:9.2e}  {spent:5.1f} s")
    write(results, given.out / "gradient-flow.csv")
    draw(results, given.out / "gradient-flow.png")


if __name__ == "__main__":
    main()
