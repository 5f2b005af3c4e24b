"""A victim and a transformation whose every answer a test writes down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from robust.core.example import Example
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import LANGS, Fields, Lang
from robust.core.victim import VictimMeta
from robust.lang.tokenise import spans
from robust.testing import FakeScope


@dataclass(frozen=True)
class Scripted:
    """A victim whose probability of class 1 is a function of the string."""

    probability: Callable[[str], float]
    meta: ClassVar = VictimMeta(name="scripted", revision="1", labels=("0", "1"))

    def logits(self, batch: Sequence[Fields], /) -> np.ndarray:
        p = np.array([self.probability(fields[0]) for fields in batch], np.float64).clip(1e-4, 1 - 1e-4)
        return np.stack([np.log(1 - p), np.log(p)], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Table:
    """A transformation that looks words up; a replacement of "" deletes, "+w" inserts w before the word."""

    words: dict[str, list[str]]
    langs: ClassVar[frozenset[Lang]] = frozenset(LANGS)

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [[self._edit(site, new) for new in self.words.get(site.word, [])] for site in sites]

    def _edit(self, site: Site, new: str) -> Text:
        if new.startswith("+"):
            return site.text.insert(site.index, new[1:])
        return site.text.replace(site.index, new)


@dataclass(frozen=True)
class Only:
    """Only these words may be edited."""

    words: frozenset[str]

    def positions(self, text: Text, lang: Lang, /) -> np.ndarray:
        return np.array([word in self.words for word in text.words], np.bool_)


@dataclass(frozen=True)
class Without:
    """Candidates must not contain this string."""

    string: str

    def __call__(self, pairs: Sequence) -> np.ndarray:
        return np.array([self.string not in str(pair.candidate) for pair in pairs], np.bool_)


def scope_for(
    string: str,
    probability: Callable[[str], float],
    table: dict[str, list[str]],
    constraints: tuple = (),
    **options: Any,
) -> FakeScope:
    example = Example(id="e", text=Text(string, spans(string)), target=1, lang="en")
    return FakeScope(
        example=example, victim=Scripted(probability), transformation=Table(table), constraints=constraints, **options
    )


def weights(**of: float) -> Callable[[str], float]:
    """Probability 0.9, less what each word that is no longer there weighs."""

    def probability(string: str) -> float:
        return 0.9 - sum(weight for word, weight in of.items() if word not in string.split())

    return probability


def asked(scope: FakeScope) -> list[str]:
    return [str(text) for text in scope.asked]


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The fake scope never suspends, so one step is all."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("suspended")


WORDS = ["the", "plot", "is", "a", "mess", "and", "the", "jokes", "are", "old", "but", "the", "cast", "is", "fine"]
TABLE = {
    "plot": ["story", "tale", "scheme"],
    "mess": ["muddle", "jumble"],
    "jokes": ["gags", "quips", "puns", "jests"],
    "old": ["stale"],
    "cast": ["actors", "players"],
    "fine": ["good", "decent", "okay"],
}


def rugged(depth: float) -> Callable[[str], float]:
    """A probability that depends on words and on pairs of words, so that the order of changes matters."""

    def probability(string: str) -> float:
        words = string.split()
        changed = [w for w, o in zip(words, WORDS, strict=True) if w != o]
        draws = [derive(w) / 2**64 for w in changed]
        draws += [derive(a, b) / 2**64 - 0.5 for a in changed for b in changed if a < b]
        return min(0.95, max(0.05, 0.9 - depth * sum(draws)))

    return probability
