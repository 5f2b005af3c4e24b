"""A search that sees decisions alone: flip the label somehow, then come back towards the original."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from robust.core.search import BudgetExceeded, Scope
from robust.core.text import Text
from robust.errors import PluginError
from robust.registry import register
from robust.searches._space import Point, Space, explore, mixed, replaced, softmax


@register("searches", "hard_label")
@dataclass(frozen=True, kw_only=True)
class HardLabel:
    """Find any text that reaches the goal, then the one nearest to the original (Maheshwary et al. 2021).

    The search reads `done` of what it asks and never a score, so it attacks a victim that gives labels without
    probabilities just as well (arXiv:2012.14956):

    1. Random initialisation: up to `tries` texts with random candidates for random words, one word more after each that
       does not reach the goal, one fewer after each that the constraints forbid.
    2. Search-space reduction: original words are put back, those with the farthest candidates first, for as long as the
       goal stays reached. Afterwards no word can be put back alone.
    3. Optimisation: a population of `population` texts that reach the goal is crossed (each word from either parent)
       and mutated (a changed word gets its original back, or else the nearest candidate that keeps the goal reached),
       for `generations` generations or until the best has stayed the same for `patience` of them.

    Nearer means fewer changed words, then candidates that stand earlier in the transformation's lists, which begin with
    the best. All parameters are 1 or more, `population` 2 or more. When the query budget is spent, the search ends on
    the nearest text it has found.

    *Differs from the paper*: nearness stands in for the similarity of a sentence encoder, in the order of putting back,
    in drawing parents and in what a mutation may choose. The authors' code grows one random prefix of the words and
    then makes 2,500 tries with all of them; it runs 1,000 generations. A text is asked once.
    """

    tries: int = 500
    population: int = 30
    generations: int = 100
    patience: int = 15

    def __post_init__(self) -> None:
        if min(self.tries, self.generations, self.patience) < 1 or self.population < 2:
            raise PluginError(
                f"hard_label: tries is {self.tries}, population {self.population}, generations {self.generations} "
                f"and patience {self.patience}",
                fix="use 1 or more of each, and a population of 2 or more",
            )

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the nearest text that reaches the goal, or the example's text if none was found."""
        space = await explore(scope)
        if not space.origin:
            return scope.example.text
        victim = _Decisions(scope, space)
        with suppress(BudgetExceeded):
            start = await self._flipped(victim, scope.rng)
            if start is not None:
                await self._optimise(victim, scope.rng, await _reduced(victim, start))
        return space.text(victim.nearest or space.origin)

    async def _flipped(self, victim: _Decisions, rng: np.random.Generator) -> Point | None:
        sizes, size = victim.space.sizes, 1
        for _ in range(self.tries):
            point = np.zeros(len(sizes), np.int64)
            words = rng.choice(len(sizes), size=size, replace=False)
            point[words] = rng.integers(1, sizes[words] + 1)
            found = tuple(point.tolist())
            (flips,) = await victim.flips([found])
            if flips:
                return found
            size = max(1, size - 1) if flips is None else min(len(sizes), size + 1)
        return None

    async def _optimise(self, victim: _Decisions, rng: np.random.Generator, start: Point) -> None:
        changed = np.flatnonzero(start).tolist()
        members = await _mutated(victim, [start] * len(changed), changed)
        best, stale = start, 0
        for _ in range(self.generations):
            chances = softmax([-victim.distance(member) for member in members], temperature=1.0)
            pairs = rng.choice(len(members), size=(self.population - 1, 2), p=chances)
            children = [mixed(rng, members[a], members[b]) for a, b in pairs]
            flips = await victim.flips(children)
            children = [c if ok else members[a] for c, ok, (a, _) in zip(children, flips, pairs, strict=True)]
            words = rng.choice(changed, size=len(children)).tolist()
            mutants = await _mutated(victim, children, words)
            nearest = min([best, *members, *mutants], key=victim.distance)
            members, stale = [nearest, *mutants], stale + 1 if nearest == best else 0
            best = nearest
            if stale == self.patience:
                break


class _Decisions:
    """The victim as a hard-label attack sees it, and the nearest text that has reached the goal."""

    def __init__(self, scope: Scope, space: Space) -> None:
        self.space = space
        self.nearest: Point | None = None
        self._scope = scope
        self._known: dict[Point, bool | None] = {space.origin: False}

    def distance(self, point: Point) -> float:
        """Changed words, plus less than one for how far down the candidates stand in their lists."""
        choices = np.array(point)
        return float(np.count_nonzero(choices) + (np.maximum(choices - 1, 0) / self.space.sizes).mean())

    async def flips(self, points: Sequence[Point]) -> list[bool | None]:
        """Whether each point reaches the goal; None if the constraints forbid it."""
        new = [point for point in dict.fromkeys(points) if point not in self._known]
        texts, kept = await self.space.allowed(new)
        if kept:
            done = (await self._scope.score(texts)).done
            self._known.update(zip(kept, map(bool, done), strict=True))
            reached = [point for point in kept if self._known[point]]
            self.nearest = min([*([self.nearest] if self.nearest else []), *reached], key=self.distance, default=None)
        for point in new:
            self._known.setdefault(point, None)
        return [self._known[point] for point in points]


async def _reduced(victim: _Decisions, point: Point) -> Point:
    """Put original words back until none can be put back without losing the goal."""
    while True:
        put_back = [replaced(point, word, 0) for word in np.flatnonzero(point).tolist()]
        free = [nearer for nearer, ok in zip(put_back, await victim.flips(put_back), strict=True) if ok]
        if not free:
            return point
        for nearer in sorted(free, key=victim.distance):
            together = tuple([min(a, b) for a, b in zip(point, nearer, strict=True)])
            if not (await victim.flips([together]))[0]:
                break
            point = together


async def _mutated(victim: _Decisions, points: Sequence[Point], words: Sequence[int]) -> list[Point]:
    """Each point with the original word, or else with the nearest candidate that keeps the goal reached."""
    put_back = [replaced(point, word, 0) for point, word in zip(points, words, strict=True)]
    nearer = [
        [] if ok else [replaced(point, word, choice) for choice in range(1, point[word])]
        for point, word, ok in zip(points, words, await victim.flips(put_back), strict=True)
    ]
    flips = iter(await victim.flips([option for options in nearer for option in options]))
    kept = [[option for option in options if next(flips)] for options in nearer]
    back = await victim.flips(put_back)
    return [
        original if ok else (options or [point])[0]
        for original, ok, options, point in zip(put_back, back, kept, points, strict=True)
    ]
