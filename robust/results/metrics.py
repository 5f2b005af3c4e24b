"""What classifiers are worth: accuracy, macro-F1 and Matthews correlation, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from robust.results.estimates import Estimate, bootstrap, proportion

Sums = npt.NDArray[np.float64]


def classification(gold: Sequence[int], predicted: Sequence[int], *, seed: int = 0) -> dict[str, Estimate]:
    """`accuracy`, `macro_f1` and `matthews` of class numbers from 0; a prediction may be -1 (no class).

    Macro-F1 is the mean over the classes that are anywhere in `gold` or `predicted`. Matthews correlation is
    Gorodkin's for several classes (2004, Comput. Biol. Chem. 28:367-374), in [-1, 1] and 0 where either side has a
    single class. Both equal scikit-learn's, and their intervals are the bootstrap's.
    """
    hits, parts, f1_parts = _parts(gold, predicted)
    return {
        "accuracy": proportion(int(hits.sum()), len(hits)),
        "macro_f1": bootstrap(f1_parts, macro_f1, seed=seed),
        "matthews": bootstrap(parts, matthews, seed=seed),
    }


def values(gold: Sequence[int], predicted: Sequence[int]) -> dict[str, float]:
    """The same numbers without intervals; 0 where there are no rows."""
    hits, parts, f1_parts = _parts(gold, predicted)
    return {
        "accuracy": float(hits.mean()) if len(hits) else 0.0,
        "macro_f1": float(macro_f1(f1_parts.sum(axis=0))),
        "matthews": float(matthews(parts.sum(axis=0))),
    }


def _parts(gold: Sequence[int], predicted: Sequence[int]) -> tuple[npt.NDArray[np.bool_], Sums, Sums]:
    """Which rows are right, and what each adds, for every class, to its hits, gold rows and predicted rows.

    The second of these leaves out -1, which is no class to have an F1.
    """
    true, said = np.asarray(gold, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    if true.shape != said.shape:
        raise ValueError(f"{len(true)} labels and {len(said)} predictions")
    classes, numbers = np.unique(np.concatenate([true, said]), return_inverse=True)
    one_hot = np.eye(len(classes))
    mine, told = one_hot[numbers[: len(true)]], one_hot[numbers[len(true) :]]
    parts = (mine * told, mine, told)
    real = classes >= 0
    return true == said, np.concatenate(parts, axis=1), np.concatenate([part[:, real] for part in parts], axis=1)


def macro_f1(sums: Sums) -> Sums:
    """Mean F1 of the classes from their hits, gold rows and predicted rows `(…, 3 × classes)`."""
    hits, gold, said = np.split(sums, 3, axis=-1)
    there = (gold + said) > 0
    f1 = np.divide(2 * hits, gold + said, out=np.zeros_like(hits), where=there)
    found: Sums = f1.sum(axis=-1) / np.maximum(there.sum(axis=-1), 1)
    return found


def matthews(sums: Sums) -> Sums:
    """Matthews correlation from the same sums; 0 where it is not defined."""
    hits, gold, said = np.split(sums, 3, axis=-1)
    n = gold.sum(axis=-1)
    shared = hits.sum(axis=-1) * n - (gold * said).sum(axis=-1)
    spread = np.sqrt((n**2 - (gold**2).sum(axis=-1)) * (n**2 - (said**2).sum(axis=-1)))
    found: Sums = np.divide(shared, spread, out=np.zeros_like(spread), where=spread > 0)
    return found
