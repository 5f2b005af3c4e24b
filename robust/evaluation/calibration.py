"""Whether a model is as sure as it is right: expected calibration error and Brier score, clean and attacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from robust.results.estimates import Estimate, bootstrap, mean
from robust.results.rows import Row

BINS = 15
"""As in Guo et al. 2017."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How sure a model is of its answers, and how right.

    `ece`: expected calibration error over `bins` bins of confidence of equal width (Guo et al. 2017, arXiv:1706.04599),
    `adaptive_ece` over bins with equally many rows (Nixon et al. 2019, arXiv:1904.01685, of the answer alone); both are
    mean distances of confidence and accuracy, from 0 to 1. `brier`: mean squared distance of the probabilities from the
    truth, summed over the classes (Brier 1950), from 0 to 2. Intervals are the bootstrap's; those of the errors lie
    high, because chance alone makes a calibrated model's error positive.
    """

    n: int
    bins: int
    accuracy: float | None
    confidence: float | None
    ece: Estimate
    adaptive_ece: Estimate
    brier: Estimate

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON-ready values."""
        plain = {name: getattr(self, name) for name in ("n", "bins", "accuracy", "confidence")}
        return {**plain, **{name: getattr(self, name).as_dict() for name in ("ece", "adaptive_ece", "brier")}}


def calibration(logits: Sequence[Sequence[float]], gold: Sequence[int], *, bins: int = BINS) -> Calibration:
    """Score logits `(n, n_labels)` against class indices. Raises `ValueError` for other lengths."""
    if len(logits) != len(gold):
        raise ValueError(f"{len(logits)} rows of logits and {len(gold)} labels")
    if not len(gold):
        none = Estimate(value=None, k=None, n=0, low=None, high=None, method="bootstrap")
        return Calibration(n=0, bins=bins, accuracy=None, confidence=None, ece=none, adaptive_ece=none, brier=none)
    raw = np.asarray(logits, np.float64)
    chances = np.exp(raw - raw.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    truth = np.asarray(gold, np.int64)
    confidence, right = chances.max(axis=1), (chances.argmax(axis=1) == truth).astype(np.float64)
    equal_width = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    equal_mass = np.argsort(np.argsort(confidence, kind="stable")) * bins // len(confidence)
    squares = ((chances - np.eye(raw.shape[1])[truth]) ** 2).sum(axis=1)
    return Calibration(
        n=len(truth),
        bins=bins,
        accuracy=float(right.mean()),
        confidence=float(confidence.mean()),
        ece=_error(confidence - right, equal_width, bins),
        adaptive_ece=_error(confidence - right, equal_mass, bins),
        brier=mean(squares),
    )


def _error(gaps: Array, bins: npt.NDArray[np.int64], count: int) -> Estimate:
    """Σ over bins of |Σ gaps| / n, from what every row adds to the sum of its bin."""
    parts = np.zeros((len(gaps), count))
    parts[np.arange(len(gaps)), bins] = gaps
    return bootstrap(parts, lambda sums: np.abs(sums).sum(axis=-1) / len(gaps))


def of_rows(rows: Sequence[Row]) -> dict[str, Calibration]:
    """`clean`, and `attacked` where there was an attack, from the rows of any run of a classifier.

    Attacked, a broken example counts with its adversarial text and any other with its own. Rows without an answer count
    nowhere.
    """
    if rows and "logits" in rows[0]:
        said = [row for row in rows if row["logits"]]
        return {"clean": calibration([row["logits"] for row in said], [row["label"] for row in said])}
    said = [row for row in rows if row["status"] != "error" and row["clean_logits"]]
    gold = [row["label"] for row in said]
    return {
        "clean": calibration([row["clean_logits"] for row in said], gold),
        "attacked": calibration([_final(row) for row in said], gold),
    }


def _final(row: Mapping[str, Any]) -> Sequence[float]:
    logits: Sequence[float] = row["adversarial_logits" if row["status"] in ("success", "broken") else "clean_logits"]
    return logits
