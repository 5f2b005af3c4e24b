"""What a way to learn word vectors hands back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Vectors `(n, size)` in the order of the vocabulary, and how they came about.

    `curve` has an entry for each epoch, with its `loss`. `subwords` `(buckets, size)` are FastText's vectors of
    character n-grams. `tokens`, `seconds` and `numbers` are those of an `Outcome`.
    """

    table: NDArray[np.float32] = field(repr=False)
    parameters: int
    tokens: int
    seconds: float
    curve: Sequence[Mapping[str, Any]]
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    subwords: NDArray[np.float32] | None = field(default=None, repr=False)
