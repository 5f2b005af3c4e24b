"""Where attention looks before it has learnt anything: at the neighbours, instead of everywhere alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SHIFTS = (-1, 1, -2, 2)
"""How far from a token the heads of a layer look at first, head by head, again and again."""

FREQUENCIES = 16
_FASTEST, _SLOWEST = 2.5, 0.02
"""Radians a token: the fastest tell neighbours apart, the slowest the ends of a long text."""

_SHARPNESS = 2.0


def start(model: Any, *, layers: int = 2) -> None:
    """Change the random weights of a BERT in place so that its lowest `layers` attend to neighbouring tokens.

    With the usual random weights attention is the same for all tokens, and a masked language model stays for millions
    of tokens on what follows from words without order. Here the last dimensions of the embeddings (two for each of
    `FREQUENCIES`) belong to positions alone, as sines and cosines; looking some tokens away is then a rotation, which
    queries are given (`SHIFTS`) on top of their random weights, keys the identity. All weights go on learning.

    Starting attention from a useful pattern is the idea of Trockman & Kolter 2023 (arXiv:2305.09828); the pattern is
    another. Call it after words have their embeddings: it takes these dimensions from them.
    """
    import torch

    config = model.config
    size, heads = int(config.hidden_size), int(config.num_attention_heads)
    frequencies = _frequencies(size // heads)
    own = 2 * len(frequencies)
    words = model.get_input_embeddings().weight
    bert = model.base_model
    queries, keys = _patterns(size, heads, frequencies)
    with torch.no_grad():
        places = bert.embeddings.position_embeddings.weight
        spread = float(words.std())
        words[:, -own:] = 0.0
        bert.embeddings.token_type_embeddings.weight[:, -own:] = 0.0
        places[:, -own:] = torch.from_numpy(waves(len(places), frequencies) * (spread * np.sqrt(2.0)))
        places[:, :-own] = 0.0
        for layer in bert.encoder.layer[:layers]:
            layer.attention.self.query.weight.add_(torch.from_numpy(queries))
            layer.attention.self.key.weight.add_(torch.from_numpy(keys))


def waves(positions: int, frequencies: NDArray[np.float64]) -> NDArray[np.float32]:
    """`(positions, 2 · frequencies)`: sine and cosine of each angle, side by side."""
    angles = np.arange(positions)[:, None] * frequencies[None, :]
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(positions, -1).astype(np.float32)


def _frequencies(width: int) -> NDArray[np.float64]:
    return np.geomspace(_FASTEST, _SLOWEST, min(FREQUENCIES, width // 2))


def _patterns(
    size: int, heads: int, frequencies: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What is added to the matrices of queries and keys `(size, size)`, output first as torch has them."""
    width, own = size // heads, 2 * len(frequencies)
    queries, keys = np.zeros((size, size)), np.zeros((size, size))
    for head in range(heads):
        for at, frequency in enumerate(frequencies):
            row, column = head * width + 2 * at, size - own + 2 * at
            turn = SHIFTS[head % len(SHIFTS)] * frequency
            # sin(a + t) = cos t · sin a + sin t · cos a; cos(a + t) = cos t · cos a - sin t · sin a
            queries[row : row + 2, column : column + 2] = [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
            keys[row : row + 2, column : column + 2] = np.eye(2)
    scale = np.sqrt(_SHARPNESS)
    return (queries * scale).astype(np.float32), (keys * scale).astype(np.float32)
