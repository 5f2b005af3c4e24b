"""Random changes of a text, over which a smoothed model takes a vote."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import numpy as np

from robust.core.text import Text
from robust.core.types import Lang

SMOOTHING = "smoothing.json"
"""Beside a model's weights: the kernel, how many draws are taken, and the languages; or the defence that votes."""


class Kernel(Protocol):
    """A distribution over changes of a text."""

    def draw(self, text: Text, langs: Collection[Lang], rng: np.random.Generator, mask: str, /) -> str:
        """One change of `text`, drawn by `rng` alone; `mask` is what the model reads as a hidden word."""
        ...


class MaskedVote(Protocol):
    """How a model votes on a text without some of its words and with noise in its layers; see `rsmi`."""

    @property
    def sigma(self) -> float: ...

    @property
    def layers(self) -> int: ...

    @property
    def masks(self) -> int: ...

    @property
    def pool(self) -> int: ...

    @property
    def votes(self) -> int: ...

    @property
    def again(self) -> int: ...

    @property
    def alpha(self) -> float: ...


def rewritten(text: Text, words: dict[int, str]) -> str:
    """`text` with other words at some places, everything between the words as it is."""
    string, parts, at = str(text), [], 0
    for index, (start, end) in enumerate(text.spans):
        parts += [string[at:start], words.get(index, string[start:end])]
        at = end
    return "".join([*parts, string[at:]])
