"""The space that population searches walk: the words of the original that may be edited, each with its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from robust.core.search import Scope
from robust.core.text import Text

Point: TypeAlias = tuple[int, ...]
"""One choice for each word of a space: 0 leaves the word alone, k takes its k-th candidate."""

Reals: TypeAlias = npt.NDArray[np.float64]

FORBIDDEN = float("-inf")


class Space:
    """The texts that are made of candidates of the original's words.

    The candidates are those of the unedited text, so a word never drifts away over several replacements. A point is
    asked once: its score is remembered, and so is that the constraints forbid it.
    """

    def __init__(self, scope: Scope, found: Sequence[Sequence[Text]]) -> None:
        """`found`: the candidates of each editable word, in reading order; words without any take no part."""
        self._scope, original = scope, scope.example.text
        self._edits = [[text.edits_since(original) for text in candidates] for candidates in found if candidates]
        self.sizes = np.array([len(edits) for edits in self._edits], np.int64)
        self.origin: Point = (0,) * len(self._edits)
        self.won: Text | None = None
        self.reached: set[Point] = set()
        self._goals: dict[Point, float] = {self.origin: scope.start}

    def text(self, point: Point) -> Text:
        """The text of a point."""
        text = self._scope.example.text
        # From the last word to the first: an edit that adds or deletes a word moves only words that are done.
        for edits, choice in zip(reversed(self._edits), reversed(point), strict=True):
            text = text.apply(edits[choice - 1]) if choice else text
        return text

    def variants(self, point: Point, word: int) -> list[Point]:
        """The points that differ from `point` in that word alone, the original word first."""
        choices = range(int(self.sizes[word]) + 1)
        return [replaced(point, word, choice) for choice in choices if choice != point[word]]

    def asked(self, point: Point) -> bool:
        """Whether the point was asked, or is forbidden."""
        return point in self._goals

    def goal(self, point: Point) -> float:
        """Goal score of a point that was asked; `FORBIDDEN` if it breaks a constraint."""
        return self._goals[point]

    async def ask(self, points: Sequence[Point]) -> bool:
        """Score the points that are new; True once a text has reached the goal: `won`, the best of the first batch."""
        new = [point for point in dict.fromkeys(points) if point not in self._goals]
        texts, kept = await self.allowed(new)
        self._goals.update(dict.fromkeys(new, FORBIDDEN))
        if not kept:
            return self.won is not None
        scores = await self._scope.score(texts)
        self._goals.update(zip(kept, map(float, scores.goal), strict=True))
        self.reached.update([point for point, done in zip(kept, scores.done, strict=True) if done])
        if self.won is None and scores.done.any():
            self.won = texts[int(np.where(scores.done, scores.goal, -np.inf).argmax())]
        return self.won is not None

    async def allowed(self, points: Sequence[Point]) -> tuple[list[Text], list[Point]]:
        """The points that the constraints allow, with their texts."""
        texts = [self.text(point) for point in points]
        keep = await self._scope.allowed(texts)
        kept = [(text, point) for text, point, ok in zip(texts, points, keep, strict=True) if ok]
        return [text for text, _ in kept], [point for _, point in kept]

    async def improved(self, points: Sequence[Point], words: Sequence[int]) -> list[Point]:
        """Each point (one that was asked) with the best choice for its word, or as it is if no choice raises its score.

        This is the perturb subroutine of Alzantot et al. 2018, for a whole population at once.
        """
        tried = [self.variants(point, word) for point, word in zip(points, words, strict=True)]
        await self.ask([variant for variants in tried for variant in variants])
        best = [max(variants, key=self.goal) for variants in tried]
        return [b if self.goal(b) > self.goal(p) else p for b, p in zip(best, points, strict=True)]


async def explore(scope: Scope) -> Space:
    """The space around the example's text."""
    text = scope.example.text
    return Space(scope, await scope.neighbourhood(text, await scope.positions(text)))


def replaced(point: Point, word: int, choice: int) -> Point:
    """The point with another choice for one word."""
    return (*point[:word], choice, *point[word + 1 :])


def mixed(rng: np.random.Generator, mother: Point, father: Point) -> Point:
    """Uniform crossover: each word comes from either parent, with equal chance."""
    from_father = rng.random(len(mother)) < 0.5
    return tuple([f if swap else m for m, f, swap in zip(mother, father, from_father, strict=True)])


def draw_word(rng: np.random.Generator, point: Point, weights: Reals, *, repeat: bool = False) -> int:
    """A word of the space, drawn by weight from those that are unchanged; from all if `repeat`, or if none is."""
    unchanged = np.array(point) == 0
    if not repeat and unchanged.any():
        weights = weights * unchanged
    return int(rng.choice(len(point), p=weights / weights.sum()))


def softmax(values: Sequence[float], temperature: float) -> Reals:
    """Probabilities that grow with the values; the lower the temperature, the more they favour the largest."""
    scaled = np.asarray(values, np.float64) / temperature
    weights: Reals = np.exp(scaled - scaled.max())
    return np.asarray(weights / weights.sum())
