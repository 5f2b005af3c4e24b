"""A small attack with every kind of part, on a victim that counts what it is asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from robust.core.attack import Attack, Outcome
from robust.core.constraint import Pair
from robust.core.example import Example
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Bools, Fields, Floats, Lang
from robust.core.victim import VictimMeta
from robust.engine.run import EngineOptions, run_attack

LETTERS = "abcdefghijklmnñopqrstuvwxyzáé"


@dataclass
class Hashed:
    """Logits from the trigrams of the text: any edit moves them, the same text never does."""

    asked: list[int] = field(default_factory=list)
    meta: VictimMeta = field(default=VictimMeta(name="hashed", revision="1", labels=("a", "b")))

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        self.asked.append(len(batch))
        out = np.zeros((len(batch), 2), np.float32)
        for row, fields in zip(out, batch, strict=True):
            text = "\n".join(fields)
            for i in range(len(text) - 2):
                digest = hashlib.blake2b(text[i : i + 3].encode(), digest_size=4).digest()
                row[digest[0] % 2] += digest[1] / 255 - 0.3
        return out / 10


@dataclass(frozen=True, kw_only=True)
class Swaps:
    """Swap two letters of a word; `costly` sends it through the engine like a model."""

    langs: ClassVar[frozenset[Lang]] = frozenset({"en", "es"})
    costly: bool = False

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        return [[s.text.replace(s.index, w) for w in swapped(s.word)] for s in sites]


def swapped(word: str) -> list[str]:
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Random letters, from the site's seed alone."""

    langs: ClassVar[frozenset[Lang]] = frozenset({"en", "es"})
    random: ClassVar[bool] = True

    def __call__(self, sites: Sequence[Site], /) -> list[list[Text]]:
        out = []
        for site in sites:
            rng = np.random.default_rng(site.seed)
            out.append([site.text.replace(site.index, "".join(rng.choice(list(LETTERS), 5))) for _ in range(4)])
        return out


@dataclass(frozen=True, kw_only=True)
class FewWords:
    most: int = 3
    costly: bool = False

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        return np.array([p.candidate.words_changed <= self.most for p in pairs], np.bool_)


@dataclass(frozen=True, kw_only=True)
class LongWords:
    length: int = 4

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        return np.array([len(word) >= self.length for word in text.words], np.bool_)


@dataclass(frozen=True, kw_only=True)
class Untargeted:
    def score(self, logits: Floats, target: object, /) -> Floats:
        assert isinstance(target, int)
        return np.asarray(-logits[:, target] + logits.sum(-1), np.float32)

    def done(self, logits: Floats, target: object, /) -> Bools:
        return logits.argmax(-1) != target


@dataclass(frozen=True, kw_only=True)
class Greedy:
    """Words in random order, the best candidate of each."""

    async def __call__(self, scope: Scope, /) -> Text:
        text, best = scope.example.text, scope.start
        for index in scope.rng.permutation(await scope.positions(text)):
            found = await scope.neighbours(text, int(index))
            if not found:
                continue
            scores = await scope.score(found)
            top = int(scores.goal.argmax())
            if scores.goal[top] > best:
                text, best = found[top], float(scores.goal[top])
            if scores.done[top]:
                return text
        return text


def attack(**parts: object) -> Attack:
    given = {
        "name": "toy",
        "search": Greedy(),
        "transformation": Swaps(),
        "constraints": (FewWords(), LongWords()),
        "goal": Untargeted(),
        **parts,
    }
    return Attack(**given)  # type: ignore[arg-type]


def text(string: str) -> Text:
    return Text(string, [m.span() for m in re.finditer(r"\w+", string)])


def examples(n: int) -> list[Example]:
    rng = np.random.default_rng(7)
    rows = []
    for i in range(n):
        string = " ".join("".join(rng.choice(list(LETTERS), rng.integers(2, 9))) for _ in range(rng.integers(5, 12)))
        label = int(Hashed().logits([(string,)])[0].argmax()) if i % 7 else int(rng.integers(2))
        rows.append(Example(id=f"toy/{i}", text=text(string), target=label, lang="es"))
    return rows


DATA = examples(60)


def outcomes(a: Attack, victim: object = None, **options: object) -> dict[str, Outcome]:
    """What came of each example, by its name; one outcome an example."""
    engine = EngineOptions(**{k: options.pop(k) for k in ("in_flight", "batch_tokens") if k in options})  # type: ignore[arg-type]
    data = options.pop("data", DATA)
    rows = list(run_attack(a, victim or Hashed(), data, options=engine, **options))  # type: ignore[arg-type]
    assert len(rows) == len({row.example_id for row in rows}) == len(data)  # type: ignore[arg-type]
    return {row.example_id: row for row in rows}
