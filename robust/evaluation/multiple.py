"""Many comparisons at once, and what a comparison of a given size can show at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist


def holm(p_values: Sequence[float]) -> list[float]:
    """p values adjusted so that the chance of any false finding among them stays below the level (Holm 1979).

    In the order given. Scand. J. Statist. 6:65-70; valid whatever the dependence between the tests.
    """
    m = len(p_values)
    adjusted, highest = [0.0] * m, 0.0
    for rank, at in enumerate(sorted(range(m), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (m - rank) * p_values[at]))
        adjusted[at] = highest
    return adjusted


def minimum_detectable_difference(
    n: int, discordant: float, *, level: float = 0.05, power: float = 0.8
) -> float | None:
    """The smallest difference of two accuracies that McNemar's test on `n` paired rows finds with probability `power`.

    `discordant` is the share of rows (0 to 1) that one gets right and the other wrong. Solves Connor's formula for the
    sample size (1987, Biometrics 43:207-211) for the difference: √n·d = z(1 - level/2)·√ψ + z(power)·√(ψ - d²). None
    where even a difference as large as `discordant` would not be found.
    """
    if n < 1 or not 0 < discordant <= 1:
        return None
    z_level, z_power = NormalDist().inv_cdf(1 - level / 2), NormalDist().inv_cdf(power)

    def short(d: float) -> float:
        return z_level * math.sqrt(discordant) + z_power * math.sqrt(discordant - d * d) - math.sqrt(n) * d

    low, high = 0.0, discordant
    if short(high) > 0:
        return None
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) > 0 else (low, middle)
    return high
