"""Proportions with confidence intervals."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`k` of `n`, with a 95 % interval `[low, high]`; all three numbers are None when `n` is 0."""

    value: float | None
    k: int
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
