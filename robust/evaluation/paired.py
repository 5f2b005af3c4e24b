"""Two classifiers on the same rows: the difference of their accuracies, its interval, and McNemar's test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from robust.results.estimates import bootstrap, points, proportion

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Accuracy of the first minus accuracy of the second, on `n` rows, with a 95 % interval `[low, high]`.

    `first_only` and `second_only` count the rows that one gets right and the other wrong; `p_value` is McNemar's exact
    one, two-sided. The numbers are None where there is no row.
    """

    value: float | None
    n: int
    low: float | None
    high: float | None
    first_only: int
    second_only: int
    p_value: float | None
    method: str = "paired bootstrap"

    @property
    def verdict(self) -> str:
        """`better`, `worse`, or `not shown to differ`: what the interval says of the first."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "not shown to differ"
        return "better" if self.low > 0 else "worse"

    def as_dict(self) -> dict[str, Any]:
        """The difference as JSON-ready values."""
        return asdict(self)

    def points(self) -> str:
        """`+3.2 [+1.1, +5.3]`, in percentage points, or a dash when there is nothing to compare."""
        return points(self.value, self.low, self.high)


def compare(first: Sequence[bool], second: Sequence[bool], *, resamples: int = RESAMPLES, seed: int = 0) -> Difference:
    """Compare what two classifiers got right, row by row.

    The interval holds the middle 95 % of the differences in `resamples` resamples of the rows (Efron 1979; percentile
    method). Where no row tells the two apart, resampling would be sure that none ever does: there the ends are those of
    Wilson's interval for none of `n`, on either side. Raises `ValueError` for sequences of different lengths.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} rows and {len(second)} rows are not the same rows")
    difference = np.asarray(first, dtype=np.int64) - np.asarray(second, dtype=np.int64)
    n, gained, lost = len(first), int((difference > 0).sum()), int((difference < 0).sum())
    # every row adds 1, 0 or -1
    found = bootstrap(difference.reshape(-1, 1), lambda sums: sums[..., 0] / n, resamples=resamples, seed=seed)
    apart = 0.0 if gained or lost or not n else proportion(0, n).high or 0.0
    return Difference(
        value=found.value,
        n=n,
        low=-apart if apart else found.low,
        high=apart if apart else found.high,
        first_only=gained,
        second_only=lost,
        p_value=mcnemar(gained, lost) if n else None,
    )


def mcnemar(first_only: int, second_only: int) -> float:
    """McNemar's exact two-sided p value (McNemar 1947): of the rows that tell the two apart, half should favour each.

    Twice the binomial tail of the smaller count, at most 1; 1 where no row tells them apart.
    """
    n, least = first_only + second_only, min(first_only, second_only)
    if n == 0:
        return 1.0
    # logarithms: 0.5 ** n is 0 in floating point from n = 1075 on
    terms = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2) for k in range(least + 1)
    ]
    top = max(terms)
    return min(1.0, 2 * math.exp(top) * math.fsum(math.exp(term - top) for term in terms))
