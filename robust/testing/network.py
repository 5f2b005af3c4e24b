"""A small network with gradients that needs no weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from robust.core.gradient import TokenGradient, changed
from robust.core.seeds import derive
from robust.core.types import LANGS, Fields, Floats
from robust.core.victim import VictimMeta
from robust.lang.tokenise import spans

Reals = npt.NDArray[np.float64]
DIM, HIDDEN = 6, 8


@dataclass(frozen=True, kw_only=True)
class ToyNetwork:
    """`ToyVictim` with a hidden layer: a deterministic classifier of any string that also gives gradients.

    Its tokens are words. The embedding of a word adds up hashed vectors of its trigrams, over the root of their number,
    so that words spelt alike lie near each other. Each word goes through the same hidden layer (with x / (1 + |x|),
    which all machines compute alike), and the logits `(n, labels)` are sums over words. `lean` is added
    to the logit of label 0.
    """

    labels: int = 2
    sharpness: float = 1.0
    lean: float = 0.0

    @property
    def meta(self) -> VictimMeta:
        """Named `toy-network`, with its parameters as revision."""
        names = tuple([f"label {i}" for i in range(self.labels)])
        revision = f"labels={self.labels},sharpness={self.sharpness},lean={self.lean}"
        return VictimMeta(name="toy-network", revision=revision, labels=names, langs=frozenset(LANGS))

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, labels)`."""
        rows = [self._forward(_vectors(_words(fields)))[1] for fields in batch]
        return np.array(rows, np.float32).reshape(len(batch), self.labels)

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> list[TokenGradient]:
        """See `GradientVictim`."""
        return [self._gradient(fields, label) for fields, label in batch]

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        """See `GradientVictim`."""
        found = []
        for gradient, fields in batch:
            tokens = [_number(word) for word in _words(fields)]
            start, end, new_end = changed(gradient.tokens, tokens)
            old = np.array([_OF[number] for number in gradient.tokens[start:end]], np.float32).reshape(-1, DIM)
            new = np.array([_OF[number] for number in tokens[start:new_end]], np.float32).reshape(-1, DIM)
            found.append(gradient.rise(tokens, old, new))
        return np.array(found, np.float32)

    def _forward(self, vectors: Reals) -> tuple[Reals, Reals]:
        # einsum without BLAS: the order of adding is the same everywhere
        summed = np.einsum("nd,dh->nh", vectors, _matrix("in", DIM, HIDDEN))
        hidden = summed / (1 + np.abs(summed))
        out = np.einsum("nh,hl->l", hidden, _matrix("out", HIDDEN, self.labels))
        return summed, (out + np.eye(1, self.labels)[0] * self.lean) * self.sharpness

    def _gradient(self, fields: Fields, label: int) -> TokenGradient:
        words = _words(fields)
        summed, logits = self._forward(_vectors(words))
        shifted = np.exp(logits - logits.max())
        chances = shifted / shifted.sum()
        slope = (chances - np.eye(self.labels)[label]) * self.sharpness
        back = _matrix("out", HIDDEN, self.labels) @ slope
        values = (back / (1 + np.abs(summed)) ** 2) @ _matrix("in", DIM, HIDDEN).T
        places = [(at, *span) for at, field in enumerate(fields) for span in spans(field)]
        return TokenGradient(
            tokens=tuple([_number(word) for word in words]),
            places=tuple(places),
            values=values.astype(np.float32),
            loss=float(-np.log(chances[label])),
        )


_OF: dict[int, Reals] = {}


def _words(fields: Fields) -> list[str]:
    return [field[lo:hi] for field in fields for lo, hi in spans(field)]


def _number(word: str) -> int:
    number = derive("word", word)
    _OF.setdefault(number, _vector(word))
    return number


def _vectors(words: Sequence[str]) -> Reals:
    return np.array([_vector(word) for word in words], np.float64).reshape(len(words), DIM)


@lru_cache(maxsize=100_000)
def _vector(word: str) -> Reals:
    marked = f"\x02{word}\x03"
    drawn = [_draw(marked[i : i + 3], DIM) for i in range(len(marked) - 2)]
    return np.asarray(sum(drawn, np.zeros(DIM)) / len(drawn) ** 0.5)


def _draw(name: str, n: int) -> Reals:
    return np.array([derive(name, i) / 2**63 - 1 for i in range(n)])


@lru_cache(maxsize=16)
def _matrix(name: str, rows: int, columns: int) -> Reals:
    return _draw(name, rows * columns).reshape(rows, columns) * 2
