"""Numbers with confidence intervals: proportions by a formula, everything else by resampling."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from robust.core.seeds import derive

Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""

RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number from `n` rows, with a 95 % interval `[low, high]`; all three are None when `n` is 0.

    `method` is `wilson` for a proportion, `k` of `n`; any other number has no `k` and an interval by `bootstrap`, or by
    `pigeonhole bootstrap` where it is a mean over trainings too.
    """

    value: float | None
    k: int | None
    n: int
    low: float | None
    high: float | None
    method: str = "wilson"

    def as_dict(self) -> dict[str, Any]:
        """The estimate as JSON-ready values."""
        return asdict(self)

    def percent(self, digits: int = 1) -> str:
        """`81.7 % [76.3, 86.1]`, or a dash when there is nothing to estimate."""
        if self.value is None or self.low is None or self.high is None:
            return "–"
        return f"{100 * self.value:.{digits}f} % [{100 * self.low:.{digits}f}, {100 * self.high:.{digits}f}]"


def points(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of shares and its interval, in percentage points, or a dash when there is nothing to say."""
    if value is None or low is None or high is None:
        return "–"
    return f"{100 * value:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"


def proportion(k: int, n: int) -> Estimate:
    """Wilson's score interval for `k` successes in `n` trials (Wilson 1927, JASA 22:209-212)."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no proportion")
    if n == 0:
        return Estimate(value=None, k=0, n=0, low=None, high=None)
    p, z2 = k / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    # exactly 0 or 1 at the ends, where rounding would leave 1e-17
    low = 0.0 if k == 0 else max(0.0, centre - half)
    high = 1.0 if k == n else min(1.0, centre + half)
    return Estimate(value=p, k=k, n=n, low=low, high=high)


def bootstrap(
    parts: npt.ArrayLike,
    statistic: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """A number that depends on sums over rows alone, with its percentile interval (Efron 1979, Ann. Statist. 7:1-26).

    `parts` is `(n, m)`: what each row adds to `m` sums. `statistic` turns sums `(…, m)` into numbers `(…)`, for all
    resamples at once. Rows are drawn with replacement; rows that add the same are drawn together, as a multinomial
    count, which is the same distribution. Equal parts and seeds give equal intervals.
    """
    rows = np.asarray(parts, dtype=np.float64)
    n = len(rows)
    if n == 0:
        return Estimate(value=None, k=None, n=0, low=None, high=None, method="bootstrap")
    kinds, times = np.unique(rows, axis=0, return_counts=True)
    rng = np.random.default_rng(derive("bootstrap", seed, n))
    drawn = statistic(rng.multinomial(n, times / n, size=resamples) @ kinds)
    low, high = np.quantile(drawn, [0.025, 0.975])
    value = statistic(rows.sum(axis=0))
    return Estimate(value=float(value), k=None, n=n, low=float(low), high=float(high), method="bootstrap")


def crossed(values: npt.ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Estimate:
    """The mean of a table `(trainings, rows)`, of which both are a sample: other seeds and other texts might have come.

    The interval is of the pigeonhole bootstrap (Owen 2007, Ann. Appl. Stat. 1:386-411): trainings and rows are drawn
    with replacement, each by themselves. It is mildly conservative where there are many of both; of the spread of two
    or three trainings it is a rough idea. `n` is the number of rows.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not table.size:
        return Estimate(value=None, k=None, n=0, low=None, high=None, method="pigeonhole bootstrap")
    m, n = table.shape
    rng = np.random.default_rng(derive("crossed", seed, m, n))
    trainings = rng.multinomial(m, np.full(m, 1 / m), size=resamples)
    rows = rng.multinomial(n, np.full(n, 1 / n), size=resamples)
    drawn = ((trainings @ table) * rows).sum(axis=1) / (m * n)
    low, high = np.quantile(drawn, [0.025, 0.975])
    value = float(table.mean())
    return Estimate(value=value, k=None, n=n, low=float(low), high=float(high), method="pigeonhole bootstrap")


def crossed_share(right: npt.ArrayLike, *, seed: int = 0) -> Estimate:
    """The share of a table `(trainings, rows)` of 0 and 1 that is 1: `crossed`, and at least Wilson's interval.

    Resampling alone would be sure of a share of none or of all; Wilson's is that of one training with this share.
    """
    found = crossed(right, seed=seed)
    if found.value is None or found.low is None or found.high is None:
        return found
    one = proportion(round(found.value * found.n), found.n)
    low, high = one.low or 0.0, 1.0 if one.high is None else one.high
    return replace(found, low=min(found.low, low), high=max(found.high, high))


def mean(values: npt.ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Estimate:
    """The mean of one number a row, such as the F1 of every answer, with its bootstrap interval."""
    rows = np.asarray(values, dtype=np.float64).reshape(-1, 1)
    return bootstrap(rows, lambda sums: sums[..., 0] / len(rows), resamples=resamples, seed=seed)
