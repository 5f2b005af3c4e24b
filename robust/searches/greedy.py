"""At each step the single best edit of the whole text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from robust.registry import register


@register("searches", "greedy")
@dataclass(frozen=True, kw_only=True)
class Greedy:
    """Score every allowed edit of every word, keep the best, begin again; stop when nothing raises the score.

    The search of Kuleshov et al. 2018 (openreview.net/forum?id=r1QZ3zbAZ). Needs about (words x candidates x steps)
    queries, several times those of `greedy_word_ranking`, and finds more (Yoo et al. 2020, arXiv:2009.06368, Table 3).

    *Differs from the paper*: it ends at the first text that reaches the goal, and when no edit raises the score.
    """

    async def __call__(self, scope: Scope, /) -> Text:
        """Walk from the example's text; returns the text it ends on."""
        current, score = scope.example.text, scope.start
        while positions := await scope.positions(current):
            found = await scope.neighbourhood(current, positions)
            candidates = [candidate for group in found for candidate in group]
            if not candidates:
                break
            scores = await scope.score(candidates)
            if scores.done.any():
                return candidates[int(np.where(scores.done, scores.goal, -np.inf).argmax())]
            best = int(scores.goal.argmax())
            if not scores.goal[best] > score:
                break
            current, score = candidates[best], float(scores.goal[best])
        return current
