"""How much of a text is left in another, from 0 to 1: chrF, BLEU, and words in the same place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

Measure: TypeAlias = Literal["chrf", "bleu", "positions"]

ORDERS = 6
BETA = 2.0
WORDS = 4
"""The longest word n-grams of BLEU."""


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


def bleu(original: str, changed: str) -> float:
    """BLEU of `changed` against `original` as the one reference, of words between spaces, as they are written.

    The geometric mean of the precisions of n-grams of 1 to 4 words, times exp(1 - r/c) where the text is shorter than
    the reference (Papineni et al. 2002, aclanthology P02-1040). Of 2 words and more, one is added to matches and to all
    (Lin and Och 2004, aclanthology C04-1072): a sentence without a shared 4-gram would be worth nothing otherwise.
    """
    reference, words = original.split(), changed.split()
    if not reference or not words:
        return float(reference == words)
    logs = 0.0
    for order in range(1, WORDS + 1):
        wanted, found = _word_grams(reference, order), _word_grams(words, order)
        extra = int(order > 1)
        matches, every = (wanted & found).total() + extra, found.total() + extra
        if not matches:
            return 0.0
        logs += math.log(matches / every) / WORDS
    return math.exp(logs + min(0.0, 1 - len(reference) / len(words)))


def positions(original: str, changed: str) -> float:
    """The share of places at which both texts have the same word: 0 where the outputs do not overlap.

    Of the places of the longer text. The criterion of the non-overlapping attack of Cheng et al. 2018
    (arXiv:1803.01128, §3.1), case aside.
    """
    one, other = original.casefold().split(), changed.casefold().split()
    longer = max(len(one), len(other))
    return sum(a == b for a, b in zip(one, other, strict=False)) / longer if longer else 1.0


MEASURES: Mapping[Measure, Callable[[str, str], float]] = {"chrf": chrf, "bleu": bleu, "positions": positions}


def _word_grams(words: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + order]) for at in range(len(words) - order + 1))
