"""A victim that needs no weights, and a scope that needs no engine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np

from robust.core.constraint import CandidateConstraint, Constraint, Pair, PositionConstraint, TargetConstraint
from robust.core.example import Example
from robust.core.goal import AimedGoal, AnyGoal, ReadyGoal, given, resolved
from robust.core.gradient import GradientVictim, TokenGradient, Vocabulary, VocabularyVictim
from robust.core.search import BudgetExceeded, Scores, Search
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site, Transformation
from robust.core.types import LANGS, Bools, Fields, Floats, Lang
from robust.core.victim import Victim, VictimMeta
from robust.goals.untargeted import Untargeted
from robust.lang.tokenise import spans


@dataclass(frozen=True, kw_only=True)
class ToyVictim:
    """A deterministic classifier of any string: every three characters cast a hashed vote for each label.

    Its logits `(n, labels)` are the same on every machine, in every batch and under every `PYTHONHASHSEED`. A small
    edit moves a few votes, so most attacks succeed; `lean` is added to the logit of label 0, which makes it harder to
    talk the victim out of it. `sharpness` is the size of the logits.
    """

    labels: int = 2
    sharpness: float = 1.0
    lean: float = 0.0

    @property
    def meta(self) -> VictimMeta:
        names = tuple([f"label {i}" for i in range(self.labels)])
        revision = f"labels={self.labels},sharpness={self.sharpness},lean={self.lean}"
        return VictimMeta(name="toy", revision=revision, labels=names, langs=frozenset(LANGS))

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, labels)`; the fields of an input are read one after the other."""
        rows = np.zeros((len(batch), self.labels), np.int64)
        for row, fields in zip(rows, batch, strict=True):
            text = f"\x02{chr(0x1F).join(fields)}\x03"
            for i in range(len(text) - 2):
                row += _votes(text[i : i + 3], self.labels)
        # The sums are whole numbers, so the order of adding cannot matter.
        lean = np.eye(1, self.labels) * self.lean
        return ((rows / 256 + lean) * self.sharpness).astype(np.float32)


@lru_cache(maxsize=100_000)
def _votes(trigram: str, labels: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    digest = hashlib.blake2b(trigram.encode("utf-8", "surrogatepass"), digest_size=labels).digest()
    return np.frombuffer(digest, np.uint8).astype(np.int64) - 128


def toy_example(string: str, *, lang: Lang, victim: Victim | None = None, id: str = "") -> Example:  # noqa: A002
    """An example whose target is what `victim` (by default `ToyVictim()`) says about it, so that it can be attacked."""
    target = int((victim or ToyVictim()).logits([(string,)])[0].argmax())
    return Example(id=id or string, text=Text(string, spans(string)), target=target, lang=lang)


@dataclass(frozen=True, kw_only=True)
class LetterSwaps:
    """The simplest transformation: every swap of two adjacent characters of a word."""

    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        """All swaps from left to right, without repeats and without the word itself."""
        return [[s.text.replace(s.index, word) for word in self._variants(s.word)] for s in sites]

    def _variants(self, word: str) -> list[str]:
        swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
        return [variant for variant in dict.fromkeys(swapped) if variant != word]


@dataclass(kw_only=True)
class FakeScope:
    """Implements `robust.core.search.Scope` by calling its parts directly; never suspends.

    `asked` holds every text that was asked for, for its score or its gradient, the unedited one first: its length is
    the query count. Gradients need a victim that gives them, such as `ToyNetwork`.
    """

    example: Example
    victim: Victim = field(default_factory=ToyVictim)
    goal: AnyGoal = field(default_factory=Untargeted)
    transformation: Transformation = field(default_factory=LetterSwaps)
    constraints: tuple[Constraint, ...] = ()
    query_budget: int | None = None
    seed: int = 0
    asked: list[Text] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._start = float(self._answers([self.example.text]).goal[0])

    @cached_property
    def _ready_goal(self) -> ReadyGoal:
        return resolved(self.goal, self.victim.meta.labels)

    @cached_property
    def rng(self) -> np.random.Generator:
        """The search's generator."""
        return np.random.default_rng(derive(self.seed, self.example.id))

    @property
    def start(self) -> float:
        """Goal score of the unedited text."""
        return self._start

    @property
    def queries(self) -> int:
        """Texts asked for so far, the unedited one included."""
        return len(self.asked)

    def _answers(self, texts: Sequence[Text]) -> Scores:
        self.asked.extend(texts)
        rows = self.victim.logits([self.example.fields(text) for text in texts])
        logits = np.asarray(rows, np.float32).reshape(len(texts), len(self.victim.meta.labels))
        goal, target = given(self._ready_goal, texts), self.example.target
        return Scores(goal.score(logits, target), goal.done(logits, target), logits)

    @property
    def queries_left(self) -> int | None:
        """Queries that the budget still allows."""
        return None if self.query_budget is None else max(0, self.query_budget - self.queries)

    async def score(self, texts: Sequence[Text], /) -> Scores:
        """Ask the victim; raises `BudgetExceeded` when fewer than `len(texts)` queries are left."""
        asked = list(texts[: self.queries_left])
        scores = self._answers(asked)
        if len(asked) < len(texts):
            raise BudgetExceeded
        return scores

    async def ask(self, texts: Sequence[Text], /) -> list[Floats]:
        """The victim's answers; raises `BudgetExceeded`, and asks nothing, when fewer queries are left."""
        if self.queries_left is not None and self.queries_left < len(texts):
            raise BudgetExceeded
        return list(self._answers(list(texts)).logits)

    def logits(self, text: Text, /) -> Floats | None:
        """What the victim says of a text that was asked for."""
        if text not in self.asked:
            return None
        answer: Floats = np.asarray(self.victim.logits([self.example.fields(text)])[0], np.float32)
        return answer

    async def gradients(self, texts: Sequence[Text], /) -> list[TokenGradient]:
        """The gradient for each text; raises `BudgetExceeded` when fewer queries are left."""
        if self.query_budget is not None and self.queries + len(texts) > self.query_budget:
            raise BudgetExceeded
        assert isinstance(self.victim, GradientVictim)
        assert isinstance(self.example.target, int)
        self.asked.extend(texts)
        aimed = self._ready_goal if isinstance(self._ready_goal, AimedGoal) else None
        label = aimed.aim if aimed else self.example.target
        found = self.victim.gradients([(self.example.fields(text), label) for text in texts])
        return [gradient.reversed() for gradient in found] if aimed else list(found)

    async def estimates(self, gradient: TokenGradient, texts: Sequence[Text], /) -> Floats:
        """First-order estimates, `(n,)`."""
        assert isinstance(self.victim, GradientVictim)
        return self.victim.estimates([(gradient, self.example.fields(text)) for text in texts])

    def vocabulary(self) -> Vocabulary | None:
        """The victim's, if it shows it."""
        return self.victim.vocabulary() if isinstance(self.victim, VocabularyVictim) else None

    async def positions(self, text: Text, /) -> list[int]:
        """Indices of the words that may be edited."""
        keep = np.ones(len(text), np.bool_)
        for constraint in self.constraints:
            if isinstance(constraint, PositionConstraint):
                keep &= constraint.positions(text, self.example.lang)
            if isinstance(constraint, TargetConstraint):
                keep &= constraint.free(text, self.example.target)
        return [int(i) for i in np.flatnonzero(keep)]

    async def neighbours(self, text: Text, index: int, /) -> list[Text]:
        """Allowed candidates that edit word `index`."""
        return (await self.neighbourhood(text, [index]))[0]

    async def neighbourhood(self, text: Text, indices: Sequence[int], /) -> list[list[Text]]:
        """`neighbours` of several words."""
        free = await self.positions(text)
        found: list[list[Text]] = []
        for index in indices:
            site = Site(text, index, self.example.lang, derive(self.seed, self.example.id, index, str(text)))
            proposed = self.transformation([site])[0] if index in free else []
            fresh = [candidate for candidate in dict.fromkeys(proposed) if candidate != text]
            keep = await self.allowed(fresh)
            found.append([candidate for candidate, ok in zip(fresh, keep, strict=True) if ok])
        return found

    async def allowed(self, texts: Sequence[Text], /) -> Bools:
        """Whether each text satisfies every constraint, `(n,)`."""
        keep = np.ones(len(texts), np.bool_)
        pairs = [Pair(self.example.text, text, self.example.lang) for text in texts]
        for constraint in self.constraints:
            if isinstance(constraint, CandidateConstraint):
                keep &= constraint(pairs)
            if isinstance(constraint, TargetConstraint):
                keep &= constraint.keeps(texts, self.example.target)
        return keep


def run_search(search: Search, scope: FakeScope) -> Text:
    """Run a search to its end on a fake scope and return its text; an exception it raises comes through."""
    task = search(scope)
    try:
        awaited = task.send(None)
    except StopIteration as stop:
        ended: Text = stop.value
        return ended
    task.close()
    raise TypeError(f"{search!r} awaited {awaited!r}; a search may only await methods of its scope")
