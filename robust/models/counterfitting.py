"""Counter-fitting: push the vectors of opposites apart, pull those of synonyms together, keep the rest in place.

Source: Mrkšić et al. 2016, Counter-fitting Word Vectors to Linguistic Constraints, arXiv:1603.00892.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Table: TypeAlias = NDArray[np.float32]
Pairs: TypeAlias = NDArray[np.int64]
"""`(m, 2)` row numbers."""

_BLOCK = 1024
"""Rows that are compared with all others at once."""

MOST = 8_000_000
"""Pairs that may have to stay near: more do not fit in an ordinary memory, and mean that everything lies together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The paper's: opposites at a cosine distance of at least `antonym_margin`, synonyms of at most `synonym_margin`,
    words that lay within `radius` no further apart than they were; the three terms weigh the same.
    """

    antonym_margin: float = 1.0
    synonym_margin: float = 0.0
    radius: float = 0.2
    epochs: int = 20
    learning_rate: float = 0.1


def unit(table: Table) -> Table:
    """Rows of length 1; a row of zeros stays."""
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.where(norms == 0, 1, norms), np.float32)


def levelled(table: Table, directions: int = 1) -> Table:
    """Rows without their mean and without the `directions` in which they spread most, which all words share.

    After Mu and Viswanath 2018, All-but-the-Top, arXiv:1702.01417, who take a direction for every 100 numbers.
    """
    centred = (table - table.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    top = axes[:, axes.shape[1] - directions :]
    return np.asarray(centred - centred @ top @ top.T, np.float32)


def cosines(table: Table, pairs: Pairs) -> NDArray[np.float64]:
    """The cosine of each pair of rows of unit length, `(m,)`."""
    return np.einsum("ij,ij->i", table[pairs[:, 0]], table[pairs[:, 1]], dtype=np.float64)


def separation(near: NDArray[np.float64], far: NDArray[np.float64]) -> float:
    """How often a cosine of `near` is higher than one of `far`, ties counting half: the area under the ROC curve."""
    if not len(near) or not len(far):
        return float("nan")
    ordered = np.sort(far)
    below = np.searchsorted(ordered, near, side="left") + np.searchsorted(ordered, near, side="right")
    return float(below.mean() / 2 / len(far))


def neighbours(table: Table, radius: float) -> Pairs:
    """All pairs i < j of rows of unit length with a cosine distance of at most `radius`.

    Raises `ValueError` for more than `MOST` pairs.
    """
    found: list[Pairs] = []
    for start in range(0, len(table), _BLOCK):
        near = table[start : start + _BLOCK] @ table[start:].T >= 1 - radius
        rows, columns = np.nonzero(np.triu(near, 1))
        found.append(np.stack([rows + start, columns + start], axis=1).astype(np.int64))
        if sum(map(len, found)) > MOST:
            raise ValueError(f"more than {MOST:,} pairs of words lie within {radius:g} of each other")
    return np.concatenate(found) if found else np.empty((0, 2), np.int64)


def objective(
    table: Table, *, synonyms: Pairs, antonyms: Pairs, kept: Pairs, were: NDArray[np.float64], made: Settings
) -> float:
    """AR + SA + VSP of rows of unit length (equations 1 to 4); `were`: the distances of the pairs `kept` at first."""
    total = 0.0
    for pairs, sign, limit in _terms(synonyms, antonyms, kept, were, made):
        total += float(np.maximum(0, sign * (1 - cosines(table, pairs) - limit)).sum())
    return total


def _terms(
    synonyms: Pairs, antonyms: Pairs, kept: Pairs, were: NDArray[np.float64], made: Settings
) -> list[tuple[Pairs, int, NDArray[np.float64]]]:
    """Pairs, whether they should be near (1) or far (-1), and the distance up to, or from, which all is well."""
    return [
        (antonyms, -1, np.full(len(antonyms), made.antonym_margin)),
        (synonyms, 1, np.full(len(synonyms), made.synonym_margin)),
        (kept, 1, were),
    ]


def gradient(
    table: Table, *, synonyms: Pairs, antonyms: Pairs, kept: Pairs, were: NDArray[np.float64], made: Settings
) -> tuple[Table, NDArray[np.int64]]:
    """The gradient of `objective` by the rows, and how many of the terms that are not yet met each row is in."""
    slope = np.zeros_like(table)
    active = np.zeros(len(table), np.int64)
    for pairs, sign, limit in _terms(synonyms, antonyms, kept, were, made):
        cosine = cosines(table, pairs)
        unmet = sign * (1 - cosine - limit) > 1e-7
        one, other, near = pairs[unmet, 0], pairs[unmet, 1], cosine[unmet, None].astype(np.float32)
        for own, its in ((one, other), (other, one)):
            # d(u, w) = 1 - cos, and the slope of cos by u, of length 1, is w - cos · u.
            add_rows(slope, own, -sign * (table[its] - near * table[own]))
            active += np.bincount(own, minlength=len(table))
    return slope, active


def add_rows(table: Table, rows: NDArray[np.int64], values: Table) -> None:
    """`table[rows] += values` where rows repeat: sorted and summed, many times faster than `np.add.at`."""
    if len(rows):
        order = np.argsort(rows, kind="stable")
        found, starts = np.unique(rows[order], return_index=True)
        table[found] += np.add.reduceat(values[order], starts, axis=0)


def fit(
    table: Table,
    *,
    synonyms: Pairs,
    antonyms: Pairs,
    made: Settings | None = None,
    report: Callable[[int, Mapping[str, float]], None] | None = None,
) -> Table:
    """Counter-fitted unit vectors, `(n, size)`, of `table`; what `table` holds is not changed.

    `synonyms` and `antonyms` are row numbers, `(m, 2)`. A pair of both lists counts as an antonym. `report` hears the
    epoch and the `objective` after it. The same input gives the same vectors. Raises `ValueError` as `neighbours` does.

    *Differs from the paper*: a pair that is to stay near counts once, not from both its ends; an epoch is one step
    along the gradient of all pairs, averaged for each word over its terms that are not yet met, after which vectors get
    their unit length back (the paper says stochastic gradient descent and no more).
    """
    made = made or Settings()
    found = unit(table)
    synonyms = _without(np.sort(synonyms, axis=1), antonyms, len(found))
    kept = _without(neighbours(found, made.radius), antonyms, len(found))
    were = 1 - cosines(found, kept)
    for epoch in range(1, made.epochs + 1):
        slope, active = gradient(found, synonyms=synonyms, antonyms=antonyms, kept=kept, were=were, made=made)
        found = unit(found - made.learning_rate * slope / np.maximum(active, 1)[:, None].astype(np.float32))
        if report is not None:
            told = objective(found, synonyms=synonyms, antonyms=antonyms, kept=kept, were=were, made=made)
            report(epoch, {"objective": told})
    return found


def _without(pairs: Pairs, others: Pairs, n: int) -> Pairs:
    """Those of `pairs`, the smaller number first, that are not among `others`; there are `n` rows."""
    low, high = np.sort(others, axis=1).T
    return pairs[~np.isin(pairs[:, 0] * n + pairs[:, 1], low * n + high)]
