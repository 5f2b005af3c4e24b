"""Exact and sampled intervals of proportions and of products of proportions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from robust.core.seeds import derive
from robust.results.estimates import Estimate, proportion

DRAWS = 20_000


def clopper_pearson(k: int, n: int, *, level: float = 0.95) -> Estimate:
    """The exact interval for `k` successes in `n` trials (Clopper & Pearson 1934, Biometrika 26:404-413).

    It holds the true rate with probability `level` (between 0 and 1) or more, whatever the rate is: the interval to use
    for a guarantee. Each side misses with probability (1 - level) / 2 at most.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no proportion")
    if n == 0:
        return Estimate(value=None, k=0, n=0, low=None, high=None, method="clopper-pearson")
    from scipy.special import betaincinv  # the quantile of a beta distribution

    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return Estimate(value=k / n, k=k, n=n, low=low, high=high, method="clopper-pearson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Of the `judged` adversarial texts of one attack that people rated, how many kept their label."""

    valid: int
    judged: int

    def __post_init__(self) -> None:
        if not 0 <= self.valid <= self.judged:
            raise ValueError(f"{self.valid} of {self.judged} is no proportion")


def corrected_success(
    successes: Mapping[str, int], attacked: int, validity: Mapping[str, Validity], *, seed: int = 0
) -> Estimate:
    """The share of `attacked` examples with an adversarial text that people accept, with a 95 % interval.

    `successes` counts broken examples by attack (each example once), `validity` what people said of a sample of them.
    The rate is the sum over attacks of successes / attacked × valid / judged: attacks may be sampled unevenly. The
    interval holds the middle 95 % of draws from the posterior under Jeffreys' prior, of the success counts and of each
    validity (Brown, Cai & DasGupta 2001, Statist. Sci. 16:101-133), which stays sensible at 0 and 1. Of several attacks
    each has its share of the prior: as many as there are, they weigh no more than one.

    An attack with successes of which none was judged makes the number unknown: value and interval are None.
    Raises `ValueError` for more successes than attacked examples.
    """
    total = sum(successes.values())
    if total > attacked:
        raise ValueError(f"{total} successes of {attacked} attacked examples")
    names = sorted(name for name, k in successes.items() if k)
    unknown: dict[str, Any] = {"k": None, "n": attacked, "method": "jeffreys"}
    if not attacked or any(name not in validity or not validity[name].judged for name in names):
        return Estimate(value=None, low=None, high=None, **unknown)
    value = sum(successes[name] / attacked * validity[name].valid / validity[name].judged for name in names)
    rng = np.random.default_rng(derive("corrected success", seed, attacked))
    prior = 0.5 / max(1, len(names))
    counts = np.array([*(successes[name] for name in names), attacked - total], np.float64)
    # with one attack the Dirichlet is the beta of Jeffreys' interval
    shares = rng.dirichlet(counts + np.array([*(prior for _ in names), 0.5]), size=DRAWS)
    drawn = np.zeros(DRAWS)
    for at, name in enumerate(names):
        rated = validity[name]
        drawn += shares[:, at] * rng.beta(rated.valid + prior, rated.judged - rated.valid + prior, size=DRAWS)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value), **unknown)


def newcombe(k: int, n: int, other_k: int, other_n: int) -> Estimate:
    """The difference k/n - other_k/other_n of independent proportions, with a 95 % interval.

    Newcombe's hybrid of two Wilson intervals (1998, Statist. Med. 17:873-890, method 10).
    """
    first, second = proportion(k, n), proportion(other_k, other_n)
    unknown: dict[str, Any] = {"k": None, "n": n + other_n, "method": "newcombe"}
    if first.value is None or second.value is None:
        return Estimate(value=None, low=None, high=None, **unknown)
    value = first.value - second.value
    below = math.hypot(first.value - (first.low or 0.0), (second.high or 0.0) - second.value)
    above = math.hypot((first.high or 0.0) - first.value, second.value - (second.low or 0.0))
    return Estimate(value=value, low=value - below, high=value + above, **unknown)
