"""GloVe: vectors whose products are the logarithms of how often words stand near each other.

Source: Pennington et al. 2014, GloVe: Global Vectors for Word Representation.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.core.seeds import derive
from robust.recipe.pretrain_models import GloVe
from robust.stages.finite import check_loss
from robust.stages.pretrain import cooccurrence
from robust.stages.pretrain.cooccurrence import Cooccurrences
from robust.stages.pretrain.learnt import Learnt
from robust.stages.pretrain.vocabulary import Sentences, Vocabulary, numbered
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    import torch

SEGMENT = 4096
"""Stored counts that are read in one piece; their order is new in every epoch."""

BUFFER = 512
"""Segments that are shuffled together."""

LARGEST = 16384
"""Cells in the largest update."""


@dataclass(kw_only=True)
class Sides:
    """Words and contexts, a table `(n, size + 2)` for each, and what AdaGrad has added up for every number in them.

    A row of words is [w, b, 1], one of contexts [w̃, 1, b̃], so that their product is w·w̃ + b + b̃. The ones stay.
    """

    tables: tuple[torch.Tensor, torch.Tensor]
    squares: tuple[torch.Tensor, torch.Tensor]

    @property
    def vectors(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """w + w̃ of every word, `(n, size)` (section 4.2)."""
        words, contexts = self.tables
        found: np.ndarray[Any, np.dtype[np.float32]] = (words + contexts)[:, :-2].float().cpu().numpy()
        return found


def start(n: int, size: int, *, seed: int, device: torch.device | str = "cpu") -> Sides:
    """Numbers drawn evenly from ±0.5 / `size`, sums of squares of 1, as the authors' program begins."""
    import torch

    generator = torch.Generator().manual_seed(derive("glove", seed) % 2**63)
    tables = [(torch.rand(n, size + 2, generator=generator) - 0.5) / size for _ in range(2)]
    for table, one in zip(tables, _ones(size), strict=True):
        table[:, one] = 1.0
    words, contexts = (table.to(device) for table in tables)
    return Sides(tables=(words, contexts), squares=(torch.ones_like(words), torch.ones_like(contexts)))


def _ones(size: int) -> tuple[int, int]:
    return size + 1, size


@dataclass(frozen=True, slots=True)
class Slope:
    """The gradient of one side, for the rows that have one: `(k,)` their numbers, each once, and `(k, size + 2)`."""

    rows: torch.Tensor
    values: torch.Tensor


def gradient(
    sides: Sides, rows: torch.Tensor, columns: torch.Tensor, counts: torch.Tensor, *, x_max: float, alpha: float
) -> tuple[torch.Tensor, Slope, Slope]:
    """J = Σ f(X) (w·w̃ + b + b̃ - log X)² over cells of the table `(m,)`, and its gradient on both sides.

    f(X) = min(1, X / `x_max`)^`alpha` (equations 8 and 9). A row that has several cells gets their sum.
    """
    import torch
    from torch.nn.functional import embedding_bag

    words, contexts = sides.tables
    rows, order = torch.sort(rows, stable=True)
    columns, counts = columns[order], counts[order]
    weights = (counts / x_max).clamp(max=1) ** alpha
    missed = torch.linalg.vecdot(words.index_select(0, rows), contexts.index_select(0, columns)) - counts.log()
    slopes = 2 * weights * missed

    def side(number: int, own: torch.Tensor, others: torch.Tensor, factors: torch.Tensor) -> Slope:
        found, lengths = torch.unique_consecutive(own, return_counts=True)
        starts = lengths.cumsum(0) - lengths
        values = embedding_bag(others, sides.tables[1 - number], starts, mode="sum", per_sample_weights=factors)
        values[:, _ones(values.shape[1] - 2)[number]] = 0
        return Slope(found, values)

    across, order = torch.sort(columns, stable=True)
    return (
        (weights * missed * missed).sum(),
        side(0, rows, columns, slopes),
        side(1, across, rows[order], slopes[order]),
    )


def update(sides: Sides, slopes: tuple[Slope, Slope], *, learning_rate: float) -> None:
    """A step of AdaGrad (Duchi et al. 2011): what it learns from a cell becomes less the more a row has learnt."""
    for table, squares, slope in zip(sides.tables, sides.squares, slopes, strict=True):
        known = squares.index_select(0, slope.rows).addcmul_(slope.values, slope.values)
        squares.index_copy_(0, slope.rows, known)
        moved = table.index_select(0, slope.rows).addcdiv_(slope.values, known.sqrt(), value=-learning_rate)
        table.index_copy_(0, slope.rows, moved)


def batches(counts: Cooccurrences, *, size: int, seed: int, epoch: int) -> Iterator[tuple[Any, Any, Any]]:
    """Every cell of the table once, `size` at a time: rows, columns and counts; the order depends on seed and epoch."""
    rng = np.random.default_rng(derive("glove", seed, epoch))
    segments = rng.permutation(-(-len(counts) // SEGMENT)) * SEGMENT
    for at in range(0, len(segments), BUFFER):
        parts = [counts.cells(slice(begin, begin + SEGMENT)) for begin in segments[at : at + BUFFER].tolist()]
        rows, columns, values = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = rng.permutation(len(rows))
        for begin in range(0, len(order), size):
            chosen = order[begin : begin + size]
            yield rows[chosen], columns[chosen], values[chosen]


def train(
    made: GloVe,
    sentences: Sentences,
    vocabulary: Vocabulary,
    place: Workspace,
    *,
    device: torch.device,
    progress: Progress | None,
) -> Learnt:
    """Count, then fit the vectors in `made.epochs` passes over the counts; after kill -9 the epoch begins again.

    The text is read once, words without a vector left out of the windows. An update takes a thousandth of the cells, at
    least 256 and at most `LARGEST`, and steps along the gradient of their sum.

    *Differs from the authors' program:* it updates after every cell, here the gradients of the cells of an update are
    added up first; and its gradient is that of J / 2.

    Raises `ModelError` after an epoch whose loss is not finite.
    """
    import torch

    clock = _Clock(place.checkpoints / "seconds.json")
    counts = cooccurrence.count(
        numbered(sentences, vocabulary, most=max(1, cooccurrence.PAIRS // made.window)),
        len(vocabulary.words),
        window=made.window,
        folder=place.checkpoints / "cooccurrences",
    )
    clock.save()
    sides = start(len(vocabulary.words), made.size, seed=made.seed, device=device)
    curve = _resume(sides, place.checkpoints)
    size = max(256, min(LARGEST, counts.entries // 1000))
    for epoch in range(len(curve), made.epochs):
        total, done = torch.zeros((), dtype=torch.float64, device=device), 0
        for number, batch in enumerate(batches(counts, size=size, seed=made.seed, epoch=epoch), 1):
            rows, columns, values = (torch.from_numpy(array).to(device) for array in batch)
            value, *slopes = gradient(sides, rows, columns, values, x_max=made.x_max, alpha=made.alpha)
            update(sides, (slopes[0], slopes[1]), learning_rate=made.learning_rate)
            total += value
            done += len(rows)
            if progress is not None and number % 100 == 0:
                progress(epoch * counts.entries + done, made.epochs * counts.entries, {"loss": float(total) / done})
        loss = float(total) / max(1, done)
        check_loss(loss, rate=made.learning_rate, setting="model.learning_rate")
        curve.append({"epoch": epoch + 1, "cells": done, "loss": loss, "seconds": round(clock.save(), 2)})
        _save(sides, curve, place.checkpoints)
        if progress is not None:
            progress((epoch + 1) * counts.entries, made.epochs * counts.entries, {"loss": loss})
    return Learnt(
        table=sides.vectors,
        parameters=2 * len(vocabulary.words) * (made.size + 1),
        tokens=vocabulary.total,
        seconds=clock.save(),
        curve=curve,
        numbers={"loss": curve[-1]["loss"], "cells": float(counts.entries)},
    )


class _Clock:
    """Seconds of work, those of earlier calls included."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begun = time.monotonic() - (json.loads(path.read_text()) if path.exists() else 0.0)

    def save(self) -> float:
        """Note how many there are now."""
        seconds = time.monotonic() - self.begun
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(seconds))
        os.replace(beside, self.path)
        return seconds


_STATE = "glove.safetensors"


def _save(sides: Sides, curve: list[dict[str, Any]], folder: Path) -> None:
    from safetensors.torch import save_file

    words, contexts = sides.tables
    squares, others = sides.squares
    state = {"words": words, "contexts": contexts, "word_squares": squares, "context_squares": others}
    beside = folder / f"{_STATE}.new"
    save_file({name: array.cpu() for name, array in state.items()}, beside, metadata={"curve": json.dumps(curve)})
    os.replace(beside, folder / _STATE)


def _resume(sides: Sides, folder: Path) -> list[dict[str, Any]]:
    """Fill `sides` with the state after the last finished epoch, if there is one, and return the curve up to it."""
    from safetensors import safe_open

    if not (folder / _STATE).exists():
        return []
    with safe_open(folder / _STATE, framework="pt") as file:
        for array, name in zip(
            (*sides.tables, *sides.squares), ("words", "contexts", "word_squares", "context_squares"), strict=True
        ):
            array.copy_(file.get_tensor(name))
        found: list[dict[str, Any]] = json.loads(file.metadata()["curve"])
        return found
