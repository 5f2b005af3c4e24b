"""Words from left to right."""

from __future__ import annotations

from dataclasses import dataclass

from robust.core.search import Scope
from robust.core.text import Text
from robust.registry import register


@register("searches", "left_to_right")
@dataclass(frozen=True, kw_only=True)
class LeftToRight:
    """Take each word's best candidate if it raises the score by at least `step`; stop at the first success."""

    step: float = 0.0

    async def __call__(self, scope: Scope, /) -> Text:
        current, best = scope.example.text, scope.start
        for index in await scope.positions(current):
            candidates = await scope.neighbours(current, index)
            if not candidates:
                continue
            scores = await scope.score(candidates)
            top = int(scores.goal.argmax())
            if scores.goal[top] > best + self.step:
                current, best = candidates[top], float(scores.goal[top])
            if scores.done[top]:
                return candidates[top]
        return current
