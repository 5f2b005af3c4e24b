"""Ask next for the candidate with the largest expected improvement: a search for few queries."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Lang
from robust.errors import PluginError
from robust.lang.frequency import frequencies
from robust.registry import register
from robust.searches._space import FORBIDDEN, Point, Space, replaced

CLIP = 1e-6
"""Goal scores nearer to 0 or 1 than this count as this near."""
MEAN, SPREAD, ROOM = 0.1, 0.3, 0.15
"""What is expected of a word's candidates before any was asked, in log-odds: the mean of their gains, and, for their
standard deviation, `SPREAD` plus `ROOM` times the logarithm of their number."""
DIGITS = 9
"""Decimals of expected improvements that count: what differs by less is a tie, on any machine."""


@register("searches", "expected_improvement")
@dataclass(frozen=True, kw_only=True)
class ExpectedImprovement:
    """Bayesian optimisation of a text, one query at a time, with what each word is worth as the only unknowns.

    The candidates of each word are those of the original text, the rarest first (Mozes et al. 2021, aclanthology
    2021.eacl-main.13: successful substitutions are rarer than the words they replace). The gain of a candidate is by
    how much it raises the log-odds of the goal score. The gains of one word's candidates are taken for draws of one
    normal distribution, whose mean and variance are estimated from those that were asked and one that counts as asked
    before. Next is the word whose next candidate has the largest expected improvement (Jones, Schonlau and Welch 1998,
    J. Global Optimization 13:455-492) over the best of that word. So words need no ranking of their own: what would
    rank them may already end the attack.

    A gain counts if it is more than `least` of the way from the original text to the goal; that share falls by a factor
    e whenever `patience`, a share too, of all candidates were asked. Such a candidate stays in the text, and the others
    are tried on it. As soon as the gains that count add up to the way that is left, the text with the fewest of them
    that do is asked. When every candidate was asked, the text with the best of each word is, and the search ends.

    Of a text that reaches the goal, changes that it can spare by these sums are taken back, in `prune` queries at most.

    Log-odds need goal scores from 0 to 1, as classification has them; others are clipped to that range.
    """

    least: float = 0.3
    patience: float = 0.125
    prune: int = 6

    def __post_init__(self) -> None:
        if not 0 <= self.least < 1:
            raise PluginError(f"expected_improvement: least is {self.least}", fix="use 0 or more, and less than 1")
        if not self.patience > 0:
            raise PluginError(f"expected_improvement: patience is {self.patience}", fix="use a number above 0")
        if self.prune < 0:
            raise PluginError(f"expected_improvement: prune is {self.prune}", fix="use 0 or more")

    async def __call__(self, scope: Scope, /) -> Text:
        """Returns the text that reached the goal, with superfluous changes taken back, or the best that was asked."""
        text = scope.example.text
        found = await scope.neighbourhood(text, await scope.positions(text))
        walk = _Walk(Space(scope, [_rarest_first(group, text, scope.example.lang) for group in found]))
        await self._explore(walk)
        if not walk.won:
            await walk.combine()
        if walk.won:
            await walk.take_back(self.prune)
        return walk.space.text(walk.base)

    async def _explore(self, walk: _Walk) -> None:
        asked, way = 0, max(-walk.level, 0.0)
        patience = self.patience * int(walk.space.sizes.sum())
        while not walk.won:
            bar = self.least * math.exp(-asked / patience) * way if patience else 0.0
            if (jump := walk.predicted(bar)) is not None:
                asked += 1
                await walk.go(jump)
            elif (word := walk.most_promising(bar)) is not None:
                asked += 1
                await walk.probe(word, bar)
            else:
                return


@dataclass
class _Word:
    """What is known of one word's candidates: their gains, in the order they were asked; nan where one is forbidden."""

    size: int
    gains: list[float] = field(default_factory=list)
    choice: int = 0
    """The best candidate that was asked, from 1; 0 while none has a gain above 0."""
    best: float = 0.0
    count: int = 1
    mean: float = MEAN
    squares: float = 0.0

    def __post_init__(self) -> None:
        self.squares = (SPREAD + ROOM * math.log(self.size)) ** 2

    def see(self, gain: float) -> None:
        """Add the gain of the next candidate (Welford 1962)."""
        self.gains.append(gain)
        if math.isnan(gain):
            return
        if gain > self.best:
            self.choice, self.best = len(self.gains), gain
        self.count += 1
        off = gain - self.mean
        self.mean += off / self.count
        self.squares += off * (gain - self.mean)

    def expected(self, bar: float) -> float:
        """Expected improvement of the next candidate over the best, or over `bar` if that is more."""
        sigma = math.sqrt(self.squares / self.count * (1 + 1 / self.count))
        above = self.mean - max(self.best, bar)
        z = above / sigma
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return round(above * math.erfc(-z / math.sqrt(2)) / 2 + sigma * density, DIGITS)


class _Walk:
    """Where the search is, and what it knows."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.base = space.origin
        self.words = [_Word(int(size)) for size in space.sizes]

    @property
    def won(self) -> bool:
        return bool(self.space.reached)

    @property
    def level(self) -> float:
        return self._level(self.base)

    def _level(self, point: Point) -> float:
        """Log-odds of the goal score of a point that was asked."""
        goal = min(max(self.space.goal(point), CLIP), 1 - CLIP)
        return math.log(goal / (1 - goal))

    def _gains(self, point: Point) -> list[float]:
        """What the choices of a point gained, each by itself."""
        return [word.gains[choice - 1] if choice else 0.0 for word, choice in zip(self.words, point, strict=True)]

    def most_promising(self, bar: float) -> int | None:
        """The word whose next candidate to ask; None when all were asked."""
        left = [at for at, word in enumerate(self.words) if len(word.gains) < word.size]
        return max(left, key=lambda at: self.words[at].expected(bar), default=None)

    async def probe(self, at: int, bar: float) -> None:
        """Ask for the next candidate of a word, in the text so far."""
        word = self.words[at]
        point = replaced(self.base, at, len(word.gains) + 1)
        await self.space.ask([point])
        if self.space.goal(point) == FORBIDDEN:
            word.see(math.nan)
            return
        rise = self._level(point) - self.level
        word.see(rise + self._gains(self.base)[at])
        if self.won or rise > bar:
            self.base = point

    def predicted(self, bar: float) -> Point | None:
        """The point with the fewest changes whose gains add up to the goal; None if none does, or it was asked."""
        level, point = self.level - sum(self._gains(self.base)), self.space.origin
        best = [(word.best, at) for at, word in enumerate(self.words) if word.best > bar]
        for gain, at in sorted(best, key=lambda pair: -pair[0]):
            point, level = replaced(point, at, self.words[at].choice), level + gain
            if level > 0:
                return None if self.space.asked(point) else point
        return None

    async def go(self, point: Point) -> None:
        """Ask for a point, and move there if it is nearer to the goal."""
        await self.space.ask([point])
        if point in self.space.reached or self.space.goal(point) > self.space.goal(self.base):
            self.base = point

    async def combine(self) -> None:
        """Ask for the best of every word together."""
        await self.go(tuple([word.choice for word in self.words]))

    async def take_back(self, queries: int) -> None:
        """Take changes back, those of small gains first, as long as the others' gains are enough for the goal."""
        gains = self._gains(self.base)
        changed = sorted([at for at, choice in enumerate(self.base) if choice], key=lambda at: gains[at])
        while queries:
            point, left, spared = self.base, self.level, 0
            for at in changed[:-1]:
                left -= gains[at]
                if left <= 0:
                    break
                point, spared = replaced(point, at, 0), spared + 1
            if not spared:
                return
            queries -= not self.space.asked(point)
            await self.space.ask([point])
            if point in self.space.reached:
                self.base, changed = point, changed[spared:]
            else:  # that was too much at a time, or this change is needed
                changed = changed[: spared // 2] + changed[-1:] if spared > 1 else changed[1:]


def _rarest_first(candidates: Sequence[Text], original: Text, lang: Lang) -> list[Text]:
    """Sorted by how often the words they bring in are written; equally rare ones keep their order."""
    counts = frequencies(lang)

    def count(candidate: Text) -> int:
        new = [edit.word for edit in candidate.edits_since(original) if edit.word]
        return min([counts.get(unicodedata.normalize("NFC", word).lower(), 0) for word in new], default=0)

    return sorted(candidates, key=count)
