"""How far raters agree: Krippendorff's alpha for categories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from robust.results.estimates import Estimate, bootstrap

Array = npt.NDArray[np.float64]


def krippendorff_alpha(units: Sequence[Sequence[Hashable]], *, seed: int = 0) -> Estimate:
    """Nominal alpha with a 95 % interval: 1 is agreement on everything, 0 what chance alone would give.

    `units` holds, for every item, the values that its raters gave (as many as there are: missing ratings are left out).
    Items with fewer than two ratings say nothing and are passed over. None where nothing can be paired, or where all
    ratings are one value. (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, asc_papers/43.)

    *Differs from the paper*: the interval is the percentile bootstrap over items, not Krippendorff's own.
    """
    paired = [Counter(unit) for unit in units if len(unit) > 1]
    values = sorted({value for unit in paired for value in unit}, key=repr)
    none = Estimate(value=None, k=None, n=len(paired), low=None, high=None, method="bootstrap")
    if len(values) < 2:
        return none
    parts = np.array([_parts(unit, values) for unit in paired])
    found = bootstrap(parts, _alpha, seed=seed)
    return found if found.value is not None and np.isfinite(found.value) else none


def _parts(unit: Counter[Hashable], values: Sequence[Hashable]) -> list[float]:
    """What an item adds: its observed disagreement, then how often it has each value."""
    counts = [unit[value] for value in values]
    m = sum(counts)
    return [sum(n * (m - n) for n in counts) / (m - 1), *counts]


def _alpha(sums: Array) -> Array:
    observed, counts = sums[..., 0], sums[..., 1:]
    n = counts.sum(axis=-1)
    expected = n**2 - (counts**2).sum(axis=-1)
    # a resample may hold one value alone: there is then no disagreement to expect, nor any seen
    ratio = np.divide((n - 1) * observed, expected, out=np.zeros_like(observed), where=expected > 0)
    found: Array = 1 - ratio
    return found
