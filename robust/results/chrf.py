"""How much of a text is left in another: chrF, the F-score of shared character n-grams."""

from __future__ import annotations

from collections import Counter

ORDERS = 6
BETA = 2.0


def chrf(original: str, changed: str) -> float:
    """chrF of `changed` against `original`, from 0 (no letter shared) to 1 (equal but for spaces).

    Precision and recall are averaged over n-grams of 1 to 6 characters without white space, and recall counts twice
    as much (Popović 2015, chrF, doi:10.18653/v1/W15-3049). Lengths that one of the texts is too short for are left
    out. Of the scores that need no model, it goes best with what people say of adversarial texts (Michel et al. 2019,
    arXiv:1903.06620).
    """
    mine, other = "".join(original.split()), "".join(changed.split())
    if mine == other:
        return 1.0
    shares = [_shares(mine, other, order) for order in range(1, min(ORDERS, len(mine), len(other)) + 1)]
    if not shares:
        return 0.0
    precision = sum(p for p, _ in shares) / len(shares)
    recall = sum(r for _, r in shares) / len(shares)
    if precision == recall == 0:
        return 0.0
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _shares(mine: str, other: str, order: int) -> tuple[float, float]:
    """Precision and recall of the n-grams of one length."""
    wanted, found = _grams(mine, order), _grams(other, order)
    shared = (wanted & found).total()
    return shared / found.total(), shared / wanted.total()


def _grams(text: str, order: int) -> Counter[str]:
    return Counter(text[at : at + order] for at in range(len(text) - order + 1))
