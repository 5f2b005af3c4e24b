"""The engine's `Scope`: all that a search may do to its one example, counted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.attack import Attack
from robust.core.calls import Call
from robust.core.constraint import CandidateConstraint, Pair, PositionConstraint, TargetConstraint
from robust.core.example import Example, TokenLabels
from robust.core.goal import AimedGoal, for_victim
from robust.core.gradient import GradientVictim, TokenGradient, Vocabulary, VocabularyVictim
from robust.core.search import BudgetExceeded, Scores
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Bools, Floats
from robust.core.victim import AnyVictim
from robust.engine.judge import judge_of
from robust.engine.services import (
    ConstraintService,
    GradientService,
    TransformationService,
    is_costly,
    victim_service,
)


class Services:
    """The parts of one attack on one victim, made ready once and shared by all its scopes."""

    def __init__(self, attack: Attack, victim: AnyVictim) -> None:
        self.attack = attack
        self.judge = judge_of(attack.goal, victim.meta)
        self.victim = victim_service(victim)
        self.canonical = victim_service(victim, canonical=True)
        self.gradients = GradientService(victim) if isinstance(victim, GradientVictim) else None
        goal = for_victim(attack.goal, victim.meta)
        self.aim = goal.aim if isinstance(goal, AimedGoal) else None
        self.transformation = TransformationService(attack.transformation) if is_costly(attack.transformation) else None
        self.positions = [c for c in attack.constraints if isinstance(c, PositionConstraint)]
        self.targets = [c for c in attack.constraints if isinstance(c, TargetConstraint)]
        self.whole = bool(getattr(attack.transformation, "whole", False))
        judges = [c for c in attack.constraints if isinstance(c, CandidateConstraint)]
        self.cheap = [c for c in judges if not is_costly(c)]
        self.costly = [ConstraintService(c) for c in judges if is_costly(c)]


@dataclass(frozen=True, slots=True)
class Best:
    """The candidate nearest to the goal so far."""

    done: bool
    goal: float
    text: Text


class ExampleScope:
    """One example under attack; implements `robust.core.search.Scope`."""

    def __init__(self, example: Example, services: Services, seed: int) -> None:
        """`seed`: of the run; this scope's own derives from it, the attack's name and the example's id."""
        self._example, self._services = example, services
        self._seed = derive(seed, services.attack.name, example.id)
        self._rng = np.random.default_rng(self._seed)
        # Two edited texts of one string may cut it into different words, which a tagger reads.
        by_words = isinstance(example.target, TokenLabels)
        self._key: Callable[[Text], Hashable] = example.fields if by_words else str
        self._known: dict[Hashable, Floats] = {}
        self._before: dict[Hashable, Floats] = {}
        self._accepted = {str(example.text)}
        self._free: tuple[Text | None, list[int]] = (None, [])
        self._start = float("nan")
        self._differentiated: set[str] = set()
        self.queries = 0
        self.best: Best | None = None

    @property
    def example(self) -> Example:
        return self._example

    @property
    def rng(self) -> np.random.Generator:
        return self._rng

    @property
    def start(self) -> float:
        return self._start

    @property
    def unique_queries(self) -> int:
        """Distinct texts asked for so far; a text's gradient counts apart from its logits."""
        return len(self._known) + len(self._differentiated)

    def prepare(self, clean: Floats) -> Example:
        """Let the goal see the canonical answer to the unedited text, before anything is asked; gives the example."""
        self._example = self._services.judge.prepared(clean, self._example)
        return self._example

    async def open(self) -> None:
        """Ask for the unedited text, the first query."""
        self._start = float((await self.score([self._example.text])).goal[0])

    async def again(self, text: Text, exact: Floats) -> None:
        """Begin anew as if the victim had said `exact` of `text`; what it said of other texts is not asked again.

        The search goes the way it went until it comes to `text`. Queries are counted from the beginning, as if that had
        been its answer from the first.
        """
        self._before = {**self._before, **self._known, self._key(text): exact}
        self._known, self._differentiated, self._accepted = {}, set(), {str(self._example.text)}
        self._rng = np.random.default_rng(self._seed)
        self.queries, self.best = 0, None
        await self.open()

    def logits(self, text: Text, /) -> Floats | None:
        """What the victim said about `text`, if it was asked."""
        return self._known.get(self._key(text))

    @property
    def queries_left(self) -> int | None:
        budget = self._services.attack.query_budget
        return None if budget is None else max(0, budget - self.queries)

    async def score(self, texts: Sequence[Text], /) -> Scores:
        asked = texts[: self.queries_left]
        answers = await self._answers(asked)
        scores = self._services.judge.scores(answers, asked, self._example)
        self._remember(asked, scores)
        if len(asked) < len(texts):
            raise BudgetExceeded
        return scores

    async def ask(self, texts: Sequence[Text], /) -> list[Floats]:
        left = self.queries_left
        if left is not None and left < len(texts):
            raise BudgetExceeded
        return await self._answers(texts)

    async def _answers(self, texts: Sequence[Text]) -> list[Floats]:
        self.queries += len(texts)
        known = self._known
        keys = [self._key(text) for text in texts]
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if self._before:
            known.update({key: self._before[key] for key in unknown if key in self._before})
            unknown = {key: text for key, text in unknown.items() if key not in known}
        if unknown:
            items = [self._example.fields(text) for text in unknown.values()]
            known.update(zip(unknown, await Call(self._services.victim, items), strict=True))
        return [known[key] for key in keys]

    def _remember(self, texts: Sequence[Text], scores: Scores) -> None:
        # probes (a word deleted, say, to see what it matters) are no candidates: only accepted texts can be the best
        candidates = np.array([str(text) in self._accepted for text in texts], np.bool_)
        if not candidates.any():
            return
        done = candidates & scores.done
        reached = np.where(done if done.any() else candidates, scores.goal, -np.inf)
        top = int(reached.argmax())
        found = Best(bool(scores.done[top]), float(scores.goal[top]), texts[top])
        if self.best is None or (found.done, found.goal) > (self.best.done, self.best.goal):
            self.best = found

    async def gradients(self, texts: Sequence[Text], /) -> list[TokenGradient]:
        service, aim, target = self._services.gradients, self._services.aim, self._example.target
        if service is None or not isinstance(target, (int, np.integer)):
            raise TypeError("no gradients: the search must declare needs_gradients")
        budget = self._services.attack.query_budget
        if budget is not None and self.queries + len(texts) > budget:
            raise BudgetExceeded
        self.queries += len(texts)
        self._differentiated.update(str(text) for text in texts)
        label = int(target) if aim is None else aim
        found = await Call(service, [(self._example.fields(text), label) for text in texts])
        return found if aim is None else [gradient.reversed() for gradient in found]

    async def estimates(self, gradient: TokenGradient, texts: Sequence[Text], /) -> Floats:
        service = self._services.gradients
        if service is None:
            raise TypeError("no gradients: the search must declare needs_gradients")
        return service.victim.estimates([(gradient, self._example.fields(text)) for text in texts])

    def vocabulary(self) -> Vocabulary | None:
        service = self._services.gradients
        return service.victim.vocabulary() if service and isinstance(service.victim, VocabularyVictim) else None

    async def positions(self, text: Text, /) -> list[int]:
        return list(self._positions(text))

    def _positions(self, text: Text) -> list[int]:
        if self._free[0] is not text:  # a search asks for one word after the other of the same text
            allowed = np.ones(len(text), np.bool_)
            if self._services.whole:
                allowed[1:] = False
            else:
                for constraint in self._services.positions:
                    allowed &= constraint.positions(text, self._example.lang)
                for guard in self._services.targets:
                    allowed &= guard.free(text, self._example.target)
            self._free = (text, np.flatnonzero(allowed).tolist())
        return self._free[1]

    async def neighbours(self, text: Text, index: int, /) -> list[Text]:
        return (await self.neighbourhood(text, [index]))[0]

    async def neighbourhood(self, text: Text, indices: Sequence[int], /) -> list[list[Text]]:
        free = set(self._positions(text))
        sites = [self._site(text, index) for index in indices if index in free]
        proposed = iter(await self._proposed(sites))
        groups = [list(dict.fromkeys(next(proposed))) if index in free else [] for index in indices]
        groups = [[t for t in group if t != text] for group in groups]
        keep = iter(await self.allowed([t for group in groups for t in group]))
        return [[t for t in group if next(keep)] for group in groups]

    def _site(self, text: Text, index: int) -> Site:
        random = getattr(self._services.attack.transformation, "random", False)
        seed = derive(self._seed, index, str(text)) if random else 0
        return Site(text, index, self._example.lang, seed, self._example.before, self._example.after)

    async def _proposed(self, sites: list[Site]) -> Sequence[Sequence[Text]]:
        if not sites:
            return []
        if self._services.transformation is None:
            return self._services.attack.transformation(sites)
        answers = await Call(self._services.transformation, sites)
        return [[site.text.apply(edits) for edits in found] for site, found in zip(sites, answers, strict=True)]

    async def allowed(self, texts: Sequence[Text], /) -> Bools:
        original, lang = self._example.text, self._example.lang
        keep = np.ones(len(texts), np.bool_)
        if not len(texts):
            return keep
        pairs = [Pair(original, text, lang) for text in texts]
        for constraint in self._services.cheap:
            left = np.flatnonzero(keep)
            keep[left] = constraint([pairs[i] for i in left])
        for guard in self._services.targets:
            left = np.flatnonzero(keep)
            keep[left] = guard.keeps([pairs[i].candidate for i in left], self._example.target)
        for service in self._services.costly:
            left = np.flatnonzero(keep)
            if len(left):
                keep[left] = await Call(service, [pairs[i] for i in left])
        self._accepted.update(str(text) for text, kept in zip(texts, keep, strict=True) if kept)
        return keep
