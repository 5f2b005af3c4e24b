"""The single best edit, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from robust.registry import register


@register("searches", "one_step")
@dataclass(frozen=True, kw_only=True)
class OneStep:
    """Score every candidate of the unedited text once and take the best: of those that reach the goal, if any does.

    For transformations that rewrite or extend a text as a whole, where a second step would stack one on the other. All
    candidates are asked together.
    """

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the best candidate, or the example's text where there is none."""
        text = scope.example.text
        found = await scope.neighbourhood(text, await scope.positions(text))
        candidates = [candidate for group in found for candidate in group]
        if not candidates:
            return text
        scores = await scope.score(candidates)
        ranked = np.where(scores.done, scores.goal, -np.inf) if scores.done.any() else scores.goal
        return candidates[int(ranked.argmax())]
