"""What keeps candidates honest.

A constraint judges whole candidates, or says beforehand which words may be edited, or both. A constraint that runs a
model sets `costly = True`: its answers are kept on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from robust.core.example import Target
from robust.core.text import Text
from robust.core.types import Bools, Lang


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate next to the original it stands for."""

    original: Text
    candidate: Text
    lang: Lang


@runtime_checkable
class CandidateConstraint(Protocol):
    """Judges candidates."""

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = keep."""
        ...


@runtime_checkable
class PositionConstraint(Protocol):
    """Says which words may be edited, so that no query is spent on the others."""

    def positions(self, text: Text, lang: Lang, /) -> Bools:
        """`(len(text),)`, True = the word may be edited; `text.root` is the original."""
        ...


@runtime_checkable
class WordConstraint(Protocol):
    """Optional: a `PositionConstraint` that can judge one word without looking at all of them."""

    def allows(self, text: Text, index: int, lang: Lang, /) -> bool:
        """`positions(text, lang)[index]`."""
        ...


@runtime_checkable
class TargetConstraint(Protocol):
    """Knows what the model should say: gold entities or answers that an attack leaves alone."""

    def free(self, text: Text, target: Target, /) -> Bools:
        """`(len(text),)`, True = the word may be edited. Raises `DataError` for a target of another task."""
        ...

    def keeps(self, texts: Sequence[Text], target: Target, /) -> Bools:
        """`(n,)`, True = the edited text still has what the target speaks of."""
        ...


Constraint: TypeAlias = CandidateConstraint | PositionConstraint | TargetConstraint
