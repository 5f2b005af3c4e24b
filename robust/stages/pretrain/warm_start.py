"""Embeddings to start from: word vectors of the word pieces themselves, learnt from the same text in a few minutes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robust.errors import UserError

_ROW = 256
_RARE = 3


def embeddings(
    tokens: NDArray[Any],
    *,
    vocab_size: int,
    size: int,
    epochs: int,
    spread: float,
    folder: Path,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Vectors `(vocab_size, size)` of the pieces in `tokens`, by Word2Vec's CBOW (Mikolov et al. 2013).

    CBOW guesses a piece from the mean of its neighbours, which is the simplest masked language model: an encoder that
    starts from its vectors is past the long plateau at the beginning of masked training. They are centred and scaled to
    a standard deviation of `spread`; pieces seen fewer than 3 times get random ones. Made once, kept in `folder`.

    Raises `UserError` where gensim is not installed (`require` says so before anything is done).
    """
    path = folder / "embeddings.npy"
    if path.exists():
        found: NDArray[np.float32] = np.load(path)
        return found
    require()
    from gensim.models import Word2Vec

    model = Word2Vec(
        _Rows(tokens),
        vector_size=size,
        window=5,
        min_count=_RARE,
        negative=5,
        sample=1e-3,
        sg=0,
        epochs=epochs,
        workers=1,
        seed=seed + 1,
    )
    known = np.array([int(name) for name in model.wv.index_to_key])
    vectors = np.array(model.wv.vectors, dtype=np.float32)
    vectors -= vectors.mean(axis=0)
    table = np.random.default_rng(seed).normal(0.0, spread, (vocab_size, size)).astype(np.float32)
    table[known] = vectors * (spread / vectors.std())
    folder.mkdir(parents=True, exist_ok=True)
    np.save(path, table)
    return table


def require() -> None:
    """Raise `UserError` unless gensim is installed."""
    try:
        import gensim  # noqa: F401
    except ImportError:
        raise UserError(
            "a warm start of the embeddings needs gensim",
            fix="pip install 'robust[vectors]', or start from random ones: --set model.warm_start=0",
        ) from None


class _Rows:
    """The token stream as sentences of numbers written out, read again for every pass."""

    def __init__(self, tokens: NDArray[Any]) -> None:
        self.tokens = tokens

    def __iter__(self) -> Iterator[list[str]]:
        for start in range(0, len(self.tokens), _ROW):
            yield [str(at) for at in self.tokens[start : start + _ROW].tolist()]
