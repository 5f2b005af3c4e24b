"""Every combination, fewest changed words first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

from robust.core.search import Scope
from robust.core.text import Text
from robust.errors import PluginError
from robust.registry import register
from robust.searches._space import Point, Space, explore

BATCH = 128
"""Texts asked together: the most that are asked beyond the first success."""


@register("searches", "exhaustive")
@dataclass(frozen=True, kw_only=True)
class Exhaustive:
    """Try all texts made of candidates of the original's words: first one changed word, then two, and so on.

    A bound for the other searches. Where it goes through the whole space without success, no search that replaces each
    word once can succeed; where it succeeds, none can with fewer edited words (both as long as the candidates of a word
    do not depend on the words around it). Of several successes among 128 texts with equally many edited words, the one
    with the highest score is returned.

    `max_texts` (1 or more): the search gives up after so many texts, whether the constraints allow them or not. A space
    of n words with k candidates each has (k + 1)^n - 1 texts: 20 words with 10 candidates give 200 texts with one
    changed word and 19,000 with two.
    """

    max_texts: int = 10_000

    def __post_init__(self) -> None:
        if self.max_texts < 1:
            raise PluginError(f"exhaustive: max_texts is {self.max_texts}", fix="use 1 or more")

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the text that reaches the goal, or the example's text if none does."""
        space, left = await explore(scope), self.max_texts
        for changed in range(1, len(space.origin) + 1):
            points = _points(space, changed)
            while batch := list(islice(points, min(BATCH, left))):
                await space.ask(batch)
                if space.won is not None:
                    return space.won
                left -= len(batch)
        return scope.example.text


def _points(space: Space, changed: int) -> Iterator[Point]:
    """All points with that many changed words."""
    for words in combinations(range(len(space.origin)), changed):
        for choices in product(*[range(1, space.sizes[word] + 1) for word in words]):
            taken = dict(zip(words, choices, strict=True))
            yield tuple([taken.get(word, 0) for word in range(len(space.origin))])
