"""A population of edited texts that is crossed and perturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from robust.errors import PluginError
from robust.registry import register
from robust.searches._space import Point, Reals, Space, draw_word, explore, mixed, softmax

Initial = Literal["random", "every_word"]
Parents = Literal["softmax", "proportional"]
Crossover = Literal["uniform", "one_point"]
DrawWords = Literal["by_candidates", "uniform"]

FLOOR = 1e-6
"""Keeps a chance for parents whose score is 0 (Jia et al. 2019, authors' code)."""


@register("searches", "genetic")
@dataclass(frozen=True, kw_only=True)
class Genetic:
    """The genetic algorithm of Alzantot et al. 2018 (arXiv:1804.07998, Algorithm 1).

    To perturb a text is to draw a word and give it the candidate with the highest score, if that raises the text's own.
    The first generation are `population` perturbed originals. Each of the next `generations` keeps the best member and
    fills up with perturbed children of two parents. The search ends at the first text that reaches the goal.

    - `population` (2 or more) and `generations` (1 or more): the paper's 60 and 20.
    - `parents`: drawn by the `softmax` of score / `temperature` (above 0; the lower, the more the best are favoured;
      0.3 in the authors' code), or `proportional` to the score (Jia et al. 2019, arXiv:1909.00986).
    - `crossover`: each word comes from either parent with equal chance (`uniform`), or the beginning from one and the
      end from the other (`one_point`, Wang et al. 2019, arXiv:1909.06723).
    - `initial`: members change a `random` word each, or `every_word` is changed in one member and the best are kept
      (Wang et al.).
    - `draw_words`: a word is drawn with a chance that grows with the number of its candidates (`by_candidates`), or
      every word has the same (`uniform`, Jia et al.).
    - `repeat`: words that were changed may be changed again, or back (Wang et al., Jia et al.); otherwise only once
      every word of a member has been changed.

    *Differs from the papers*: candidates are always those of the original word in the original text, as in the code of
    Alzantot et al. and of Jia et al. (the former write of the current text's). A child that the constraints forbid
    gives way to its first parent. A text is asked once. Wang et al. bound how often a word may be replaced.
    """

    population: int = 60
    generations: int = 20
    temperature: float = 0.3
    parents: Parents = "softmax"
    crossover: Crossover = "uniform"
    initial: Initial = "random"
    draw_words: DrawWords = "by_candidates"
    repeat: bool = False

    def __post_init__(self) -> None:
        if self.population < 2 or self.generations < 1:
            raise PluginError(
                f"genetic: population is {self.population} and generations {self.generations}",
                fix="use a population of 2 or more and 1 generation or more",
            )
        if not self.temperature > 0:
            raise PluginError(f"genetic: temperature is {self.temperature}", fix="use a number above 0")
        kinds = {"parents": Parents, "crossover": Crossover, "initial": Initial, "draw_words": DrawWords}
        for name, kind in kinds.items():
            if getattr(self, name) not in get_args(kind):
                raise PluginError(
                    f"genetic: {name} is {getattr(self, name)!r}", fix=f"use one of {', '.join(get_args(kind))}"
                )

    async def __call__(self, scope: Scope, /) -> Text:
        """Evolve from the example's text; returns the best text of the last generation."""
        space, rng = await explore(scope), scope.rng
        if not space.origin:
            return scope.example.text
        weights = space.sizes.astype(np.float64) if self.draw_words == "by_candidates" else np.ones(len(space.sizes))
        members = await self._first(space, rng, weights)
        for _ in range(self.generations):
            if space.won is not None:
                break
            chances = self.chances([space.goal(member) for member in members])
            pairs = rng.choice(len(members), size=(self.population - 1, 2), p=chances)
            mothers, fathers = [members[a] for a, _ in pairs], [members[b] for _, b in pairs]
            children = [self._cross(rng, mother, father) for mother, father in zip(mothers, fathers, strict=True)]
            if await space.ask(children):
                break
            children = [
                child if np.isfinite(space.goal(child)) else mother
                for child, mother in zip(children, mothers, strict=True)
            ]
            words = [draw_word(rng, child, weights, repeat=self.repeat) for child in children]
            members = _best_first(space, [members[0], *await space.improved(children, words)])
        return space.text(members[0]) if space.won is None else space.won

    async def _first(self, space: Space, rng: np.random.Generator, weights: Reals) -> list[Point]:
        if self.initial == "every_word":
            words = list(range(len(space.origin)))
        else:
            words = [draw_word(rng, space.origin, weights) for _ in range(self.population)]
        members = await space.improved([space.origin] * len(words), words)
        return _best_first(space, members)[: self.population]

    def chances(self, goals: Sequence[float]) -> Reals:
        """The chance of each member to become a parent, from its score; the nearer to the goal, the higher."""
        if self.parents == "softmax":
            return softmax(goals, self.temperature)
        fitness = np.maximum(np.asarray(goals, np.float64), 0) + FLOOR
        return np.asarray(fitness / fitness.sum())

    def _cross(self, rng: np.random.Generator, mother: Point, father: Point) -> Point:
        if self.crossover == "one_point":
            cut = int(rng.integers(len(mother)))
            return mother[:cut] + father[cut:]
        return mixed(rng, mother, father)


def _best_first(space: Space, members: Sequence[Point]) -> list[Point]:
    return sorted(members, key=space.goal, reverse=True)
