"""Random changes of a text, over which a smoothed model takes a vote."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np

from robust.core.text import Text
from robust.core.types import Lang

SMOOTHING = "smoothing.json"
"""Beside a model's weights: the kernel, how many draws are taken, and the languages."""


class Kernel(Protocol):
    """A distribution over changes of a text."""

    def draw(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> str:
        """One change of `text`, drawn by `rng` alone; `mask` is what the model reads as a hidden word."""
        ...


def rewritten(text: Text, words: dict[int, str]) -> str:
    """`text` with other words at some places, everything between the words as it is."""
    string, parts, at = str(text), [], 0
    for index, (start, end) in enumerate(text.spans):
        parts += [string[at:start], words.get(index, string[start:end])]
        at = end
    return "".join([*parts, string[at:]])
