"""What the fits come to: means over seeds with intervals, differences to training from scratch, updates to a score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

import numpy as np

from benchmarks.learning_curves.fits import Fit
from benchmarks.learning_curves.methods import METHODS
from robust.core.seeds import derive

REFERENCES = ("scratch", "ulmfit")
"""What the others are compared with: the first of these that there are fits of."""
RESAMPLES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean over `n` seeds, its range, and the half width of its 95 % t interval (None for a single seed)."""

    value: float
    low: float
    high: float
    half: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Mean difference of two accuracies over `seeds` seeds and `n` test rows, with a 95 % interval."""

    value: float
    low: float
    high: float
    seeds: int
    n: int


def languages(fits: Iterable[Fit]) -> list[str]:
    """The languages there are fits of."""
    return sorted({fit.language for fit in fits})


def methods(fits: Iterable[Fit]) -> list[str]:
    """The methods there are fits of, in the order of their table."""
    known = {fit.method for fit in fits}
    return [name for name in METHODS if name in known]


def reference(fits: Iterable[Fit]) -> str | None:
    """The method that the others are compared with; None where it is not there."""
    known = {fit.method for fit in fits}
    return next((name for name in REFERENCES if name in known), None)


def sizes(fits: Iterable[Fit]) -> list[str]:
    """The sizes there are fits of, from small to large."""
    rows = {fit.size: fit.n_train for fit in fits}
    return sorted(rows, key=lambda size: (rows[size], size))


def chosen(fits: Iterable[Fit], *, language: str, method: str, size: str) -> list[Fit]:
    """The fits of a cell of the table, by seed."""
    there = [fit for fit in fits if (fit.language, fit.method, fit.size) == (language, method, size)]
    return sorted(there, key=lambda fit: fit.seed)


def mean(values: Sequence[float]) -> Mean:
    """Mean, range and t interval of one value a seed. Raises `ValueError` for none."""
    if not values:
        raise ValueError("there is no mean of nothing")
    from scipy.stats import t  # type: ignore[import-untyped]

    n = len(values)
    half = float(t.ppf(0.975, n - 1)) * stdev(values) / n**0.5 if n > 1 else None
    return Mean(value=fmean(values), low=min(values), high=max(values), half=half, n=n)


def gain(fits: Sequence[Fit], reference: Sequence[Fit], *, resamples: int = RESAMPLES) -> Gain | None:
    """How much better `fits` are than `reference`, over the seeds that both have; None where they share none.

    The fits of a seed learnt from the same rows and all fits answered the same test rows. So seeds and test rows are
    both resampled, each seed with each row (Owen 2007, The pigeonhole bootstrap), and differences are taken within
    pairs; the middle 95 % of the means are the interval. With one seed only the rows vary. Raises `ValueError` for
    fits that were tested on different numbers of rows.
    """
    ours, theirs = ({fit.seed: fit.right for fit in each} for each in (fits, reference))
    shared = sorted(set(ours) & set(theirs))
    if not shared:
        return None
    if len({len(right) for right in (*ours.values(), *theirs.values())}) > 1:
        raise ValueError("fits that were tested on different rows cannot be compared")
    matrix = np.array([_bits(ours[seed]) - _bits(theirs[seed]) for seed in shared])
    n_seeds, n = matrix.shape
    kinds, times = np.unique(matrix.T, axis=0, return_counts=True)  # rows that count the same are drawn together
    rng = np.random.default_rng(derive("gain", n_seeds, n))
    rows = rng.multinomial(n, times / n, size=resamples)
    seeds = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=resamples)
    drawn = ((rows @ kinds) * seeds).sum(axis=1) / (n * n_seeds)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Gain(value=float(matrix.mean()), low=float(low), high=float(high), seeds=n_seeds, n=n)


def _bits(right: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.frombuffer(right.encode("ascii"), np.uint8).astype(np.int64) - ord("0")


def updates_to_match(fits: Sequence[Fit], reference: Sequence[Fit]) -> tuple[float, int, int] | None:
    """Updates until the dev accuracy is at least the best that the reference ever has with the same rows and seed.

    Returns their median over the seeds that both have, how many seeds never get there (counted as infinitely many
    updates), and how many seeds there are; None where they share none.
    """
    goals = {fit.seed: max(score for _, score in fit.dev_curve) for fit in reference}
    reached = [
        next((step for step, score in fit.dev_curve if score >= goals[fit.seed]), float("inf"))
        for fit in fits
        if fit.seed in goals
    ]
    return (float(median(reached)), reached.count(float("inf")), len(reached)) if reached else None
