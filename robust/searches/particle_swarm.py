"""Particle swarm optimisation on the words of a text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from robust.errors import PluginError
from robust.registry import register
from robust.searches._space import Point, Reals, draw_word, explore

FIRST, LAST = 0.8, 0.2
"""The inertia, and the chance to move towards the particle's own best, in the first iteration and after the last."""
MOST_CANDIDATES = 10
"""More candidates do not raise a word's chance to be drawn further (authors' code)."""


@register("searches", "particle_swarm")
@dataclass(frozen=True, kw_only=True)
class ParticleSwarm:
    """The particle swarm of Zang et al. 2020 (aclanthology.org/2020.acl-main.540).

    A particle is an edited text, with a velocity for each of its words. The first `population` particles are originals
    with one word replaced: drawn by the number of its candidates, by the one that raises the score most. Then, in each
    of `iterations`:

    1. The velocity of a word grows where the particle differs from the best that it has been, and from the best of the
       swarm, and shrinks where it agrees (`velocities`). The sigmoid of it is the chance that the word turns into the
       best one's.
    2. With a chance that falls from 0.8 to 0.2 a particle moves towards its own best, with one that rises from 0.2 to
       0.8 towards the swarm's.
    3. With chance 1 - 2 x (share of the text's words that are changed) it mutates: one more word is replaced as above.

    The search ends at the first text that reaches the goal. `population` and `iterations` (1 or more each) are 60 and
    20 in the paper. `max_velocity` (above 0), 3 in the paper, bounds the velocity: words turn with a chance of 0.047 to
    0.953.

    *Differs from the paper*: the signs and the size of the change in velocity are those of the authors' code, which
    does not bound it. A particle whose move the constraints forbid stays where it is. A text is asked once.
    """

    population: int = 60
    iterations: int = 20
    max_velocity: float = 3.0

    def __post_init__(self) -> None:
        if self.population < 1 or self.iterations < 1:
            raise PluginError(
                f"particle_swarm: population is {self.population} and iterations {self.iterations}",
                fix="use 1 or more of each",
            )
        if not 0 < self.max_velocity < np.inf:
            raise PluginError(f"particle_swarm: max_velocity is {self.max_velocity}", fix="use a number above 0")

    async def __call__(self, scope: Scope, /) -> Text:
        """Move from the example's text; returns the best text that the swarm has seen."""
        space, rng = await explore(scope), scope.rng
        if not space.origin:
            return scope.example.text
        weights = np.minimum(space.sizes, MOST_CANDIDATES).astype(np.float64)
        drawn = [draw_word(rng, space.origin, weights) for _ in range(self.population)]
        particles = await space.improved([space.origin] * self.population, drawn)
        own, swarm = list(particles), max(particles, key=space.goal)
        shape = (self.population, len(space.origin))
        velocity = np.tile(rng.uniform(-self.max_velocity, self.max_velocity, (self.population, 1)), (1, shape[1]))
        for iteration in range(self.iterations):
            if space.won is not None:
                break
            passed = iteration / self.iterations
            inertia = to_own = FIRST - (FIRST - LAST) * passed
            velocity = velocities(velocity, particles, own, swarm, inertia=inertia, largest=self.max_velocity)
            turn = 1 / (1 + np.exp(-velocity))
            moved = _turned(rng, particles, own, turn, chance=to_own)
            moved = _turned(rng, moved, [swarm] * self.population, turn, chance=FIRST + LAST - to_own)
            if await space.ask(moved):
                break
            particles = [m if np.isfinite(space.goal(m)) else p for m, p in zip(moved, particles, strict=True)]

            changed = np.count_nonzero(np.array(particles), axis=1) / len(scope.example.text)
            mutating = np.flatnonzero(rng.random(self.population) < 1 - 2 * changed)
            drawn = [draw_word(rng, particles[i], weights) for i in mutating]
            mutants = await space.improved([particles[i] for i in mutating], drawn)
            for i, mutant in zip(mutating, mutants, strict=True):
                particles[i] = mutant
            own = [p if space.goal(p) > space.goal(best) else best for p, best in zip(particles, own, strict=True)]
            swarm = max([swarm, *own], key=space.goal)
        return space.text(swarm) if space.won is None else space.won


def velocities(
    velocity: Reals, particles: list[Point], own: list[Point], swarm: Point, *, inertia: float, largest: float
) -> Reals:
    """The next velocities, `(population, words)`.

    inertia x velocity + (1 - inertia) x (pull of the own best + pull of the swarm's), where a pull is `largest` for a
    word that differs and -`largest` for one that is the same; cut to ±`largest`.
    """
    at = np.array(particles)
    pull = np.where(at == np.array(own), -largest, largest) + np.where(at == np.array(swarm), -largest, largest)
    return np.asarray(np.clip(inertia * velocity + (1 - inertia) * pull, -largest, largest))


def _turned(
    rng: np.random.Generator, particles: list[Point], towards: list[Point], turn: Reals, *, chance: float
) -> list[Point]:
    """Particles after a move towards other points; word j of particle i turns with probability `turn[i, j]`."""
    moves = rng.random((len(particles), 1)) < chance
    turns = moves & (rng.random(turn.shape) < turn)
    return [tuple(row) for row in np.where(turns, np.array(towards), np.array(particles)).tolist()]
