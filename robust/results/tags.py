"""What taggers are worth: entities found, word accuracy and macro-F1, with intervals over sentences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from robust.results.estimates import Estimate, bootstrap
from robust.results.metrics import Sums, macro_f1

Sentences = Sequence[Sequence[str]]
OUTSIDE = "O"


def entities(gold: Sentences, predicted: Sentences, *, seed: int = 0) -> dict[str, Estimate]:
    """`f1`, `precision` and `recall` of entities over all types, and word `accuracy`; tags are IOB2.

    An entity counts where its type and both ends are right (Tjong Kim Sang & De Meulder 2003, W03-0419). Entities are
    seqeval's, strictly: predicted I- tags without a B- before them are none. An empty prediction is no tag: its word is
    wrong, and in no entity. Intervals resample sentences.
    """
    counts, words = _entities(gold, predicted), _words(gold, predicted)
    return {
        "f1": bootstrap(counts, f1, seed=seed),
        "precision": bootstrap(counts, lambda sums: _ratio(sums[..., 0], sums[..., 2]), seed=seed),
        "recall": bootstrap(counts, lambda sums: _ratio(sums[..., 0], sums[..., 1]), seed=seed),
        "accuracy": bootstrap(words, lambda sums: _ratio(sums[..., 0], sums[..., 1]), seed=seed),
    }


def words(gold: Sentences, predicted: Sentences, *, seed: int = 0) -> dict[str, Estimate]:
    """Word `accuracy` and `macro_f1` of tags; an empty prediction is no tag, so wrong. Intervals resample sentences."""
    counts = _words(gold, predicted)
    return {
        "accuracy": bootstrap(counts, lambda sums: _ratio(sums[..., 0], sums[..., 1]), seed=seed),
        "macro_f1": bootstrap(_tags(gold, predicted), macro_f1, seed=seed),
    }


def entity_values(gold: Sentences, predicted: Sentences) -> dict[str, float]:
    """The numbers of `entities` without intervals."""
    found, right = _entities(gold, predicted).sum(axis=0), _words(gold, predicted).sum(axis=0)
    return {
        "f1": float(f1(found)),
        "precision": float(_ratio(found[0], found[2])),
        "recall": float(_ratio(found[0], found[1])),
        "accuracy": float(_ratio(right[0], right[1])),
    }


def word_values(gold: Sentences, predicted: Sentences) -> dict[str, float]:
    """The numbers of `words` without intervals."""
    right = _words(gold, predicted).sum(axis=0)
    return {
        "accuracy": float(_ratio(right[0], right[1])),
        "macro_f1": float(macro_f1(_tags(gold, predicted).sum(axis=0))),
    }


def f1(sums: Sums) -> Sums:
    """F1 from hits, gold and predicted counts `(…, 3)`; 0 where there is nothing to find and nothing is found."""
    return _ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def _ratio(part: Sums, whole: Sums) -> Sums:
    found: Sums = np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=np.asarray(whole) > 0)
    return found


def _entities(gold: Sentences, predicted: Sentences) -> Sums:
    """For every sentence the entities that are right, gold and predicted `(sentences, 3)`."""
    from seqeval.scheme import IOB2, Entities

    rows = []
    for true, said in zip(
        Entities([list(tags) for tags in gold], IOB2).entities,
        Entities([[tag or OUTSIDE for tag in tags] for tags in predicted], IOB2).entities,
        strict=True,
    ):
        rows.append((len(set(true) & set(said)), len(true), len(said)))
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _words(gold: Sentences, predicted: Sentences) -> Sums:
    """For every sentence the words whose tag is right, and all words `(sentences, 2)`."""
    rows = [
        (sum(a == b for a, b in zip(*pair, strict=True)), len(pair[0])) for pair in zip(gold, predicted, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _tags(gold: Sentences, predicted: Sentences) -> Sums:
    """For every sentence and tag the words that are hits, gold and predicted `(sentences, 3 × tags)`."""
    known = sorted({*chain(*gold), *chain(*predicted)} - {""})
    numbers = {tag: at for at, tag in enumerate(known)}
    counts: npt.NDArray[np.float64] = np.zeros((len(gold), 3, len(known)))
    for row, (true, said) in enumerate(zip(gold, predicted, strict=True)):
        for a, b in zip(true, said, strict=True):
            counts[row, 0, numbers[a]] += a == b
            counts[row, 1, numbers[a]] += 1
            if b:
                counts[row, 2, numbers[b]] += 1
    return counts.reshape(len(gold), -1)
