"""Ranks in which ties are ties: an entry is only below those that are better beyond chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from robust.evaluation.paired import mcnemar

ALPHA = 0.05


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for their number (Holm 1979, Scand. J. Stat. 6:65-70), in the order given."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, least = [0.0] * len(p_values), 0.0
    for place, at in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[at] = least
    return adjusted


def ranks(standing: Mapping[str, Mapping[str, bool]]) -> dict[str, int]:
    """The rank of every entry of one table, from 1: one more than the entries that are shown to be better.

    `standing`: for each entry, whether each example withstands. All pairs are compared by McNemar's exact test on the
    examples that they share, with Holm's correction.
    """
    pairs = list(combinations(sorted(standing), 2))
    counts = []
    for one, other in pairs:
        shared = standing[one].keys() & standing[other].keys()
        first = sum(standing[one][i] and not standing[other][i] for i in shared)
        second = sum(standing[other][i] and not standing[one][i] for i in shared)
        counts.append((first, second))
    adjusted = holm([mcnemar(*count) for count in counts])
    found = dict.fromkeys(standing, 1)
    for (one, other), (first, second), p in zip(pairs, counts, adjusted, strict=True):
        if p < ALPHA and first != second:
            found[other if first > second else one] += 1
    return found
