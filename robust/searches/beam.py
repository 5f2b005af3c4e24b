"""The best few edits of the whole text at each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from robust.errors import PluginError
from robust.registry import register


@register("searches", "beam")
@dataclass(frozen=True, kw_only=True)
class Beam:
    """Score every allowed edit of every word of `width` texts, keep the best `width` of all, begin again.

    An edit is kept only if it raises the score of the text it was made on; the search stops when none does. `width` is
    1 or more; 1 is `greedy`. A text that is reached from several members of the beam is asked once. With a width of 8
    Yoo et al. 2020 (arXiv:2009.06368, Table 3) count three to five times the queries of `greedy`, for a success rate
    that is up to 6 points higher.

    *Differs from the paper*: TextAttack's beam search also follows edits that lower the score, until no word is left.
    """

    width: int = 8

    def __post_init__(self) -> None:
        if self.width < 1:
            raise PluginError(f"beam: width is {self.width}", fix="use 1 or more")

    async def __call__(self, scope: Scope, /) -> Text:
        """Walk from the example's text; returns the best text it has seen."""
        beam = [(scope.start, scope.example.text)]
        best_score, best = beam[0]
        while True:
            # the score to beat, for each candidate: the lowest of the texts that lead to it
            bars: dict[Text, float] = {}
            for score, text in beam:
                for group in await scope.neighbourhood(text, await scope.positions(text)):
                    for candidate in group:
                        bars[candidate] = min(score, bars.get(candidate, score))
            if not bars:
                return best
            candidates = list(bars)
            scores = await scope.score(candidates)
            if scores.done.any():
                return candidates[int(np.where(scores.done, scores.goal, -np.inf).argmax())]
            order = np.argsort(-scores.goal, kind="stable")
            ranked = [(float(scores.goal[i]), candidates[i]) for i in order]
            beam = [(score, text) for score, text in ranked if score > bars[text]][: self.width]
            if not beam:
                return best
            if beam[0][0] > best_score:
                best_score, best = beam[0]
