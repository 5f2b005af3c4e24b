"""The loss that Word2Vec and FastText lower, measured on a sample of the text that is the same after every epoch.

It is measured here because gensim sums it up in single precision, which stops growing in longer trainings, and not at
all for FastText.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from robust.core.seeds import derive

Ids: TypeAlias = "NDArray[np.int64]"
Floats: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Questions put to a model: `target` `(m,)` is to be told from `noise` `(m, k)` by the mean of `given` `(m, w)`.

    `weights` `(m, w)` are those of the mean, 0 where nothing is given.
    """

    given: Ids
    weights: Floats
    target: Ids
    noise: Ids


def draw(
    words: Ids,
    sentences: Ids,
    counts: Ids,
    *,
    window: int,
    negative: int,
    thin: float,
    pairs: bool,
    seed: int,
) -> Sample:
    """Questions from a piece of text, drawn as training draws them (Mikolov et al. 2013, sections 2.2 and 2.3).

    Frequent words are thinned out (`thin`: the threshold, 0: none), a window reaches 1 to `window` words to each side,
    noise words come with their frequency to the power of 3/4. With `pairs` (skip-gram) each word of the window is
    given alone, else (CBOW) all together.
    """
    rng = np.random.default_rng(derive("negative sampling", seed))
    if thin:
        share = counts[words] / (thin * counts.sum())
        kept = rng.random(len(words)) < (np.sqrt(share) + 1) / share
        words, sentences = words[kept], sentences[kept]
    reach = rng.integers(1, window + 1, len(words))
    at = np.arange(len(words))
    steps = np.array([step for step in range(-window, window + 1) if step])
    near = at[:, None] + steps
    inside = (near >= 0) & (near < len(words)) & (np.abs(steps) <= reach[:, None])
    near = np.clip(near, 0, max(0, len(words) - 1))
    inside &= sentences[near] == sentences[:, None]
    if pairs:
        rows, columns = np.nonzero(inside)
        given, target = words[near[rows, columns]][:, None], words[rows]
        weights = np.ones(given.shape, dtype=np.float32)
    else:
        some = inside.any(axis=1)
        given, target, weights = words[near[some]], words[some], inside[some].astype(np.float32)
    rates = np.cumsum(counts.astype(np.float64) ** 0.75)
    noise = np.searchsorted(rates, rng.random((len(target), negative)) * rates[-1], side="right")
    return Sample(given=given, weights=weights, target=target, noise=noise.astype(np.int64))


def loss(sample: Sample, inputs: Floats, outputs: Floats, *, pieces: Any = 1.0) -> float | None:
    """Mean of -log σ(h·u) - Σ log σ(-h·uₖ) over the questions of a sample, in nats; None where it has none.

    h is the mean of the rows of `inputs` that are given, u and uₖ are the rows of `outputs` of target and noise; noise
    that is the target does not count. `pieces` `(n,)` are the weights of words in a mean: FastText's CBOW averages
    over their n-grams.
    """
    total, block = 0.0, 8192
    weighing = np.broadcast_to(np.asarray(pieces, dtype=np.float32), (len(inputs),))
    for start in range(0, len(sample.target), block):
        part = slice(start, start + block)
        given, target, noise = sample.given[part], sample.target[part], sample.noise[part]
        weights = sample.weights[part] * weighing[given]
        hidden = np.einsum("mw,mwd->md", weights, inputs[given]) / weights.sum(axis=1, keepdims=True)
        right = np.einsum("md,md->m", hidden, outputs[target])
        wrong = np.einsum("md,mkd->mk", hidden, outputs[noise])
        counted = noise != target[:, None]
        total += float(np.logaddexp(0, -right).sum() + (np.logaddexp(0, wrong) * counted).sum())
    return total / len(sample.target) if len(sample.target) else None
