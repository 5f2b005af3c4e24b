"""How a search asks for something: it awaits a `Call` of a `Service`, and the engine answers.

A service is a pure function over a batch. The engine gathers the calls of all searches in flight, asks each service
once for the distinct items among them, and hands every search its own answers.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")
In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)


class Service(Protocol[In_contra, Out_co]):
    """A pure batch function with what the engine needs to batch, cache and store it."""

    @property
    def identity(self) -> str:
        """Name and resolved parameters (and weights): equal identities give equal answers."""
        ...

    def key(self, item: In_contra, /) -> Hashable:
        """Items with equal keys have the same answer."""
        ...

    def cost(self, item: In_contra, /) -> int:
        """Estimated size of an item, in tokens; items of a batch are padded to the largest."""
        ...

    def __call__(self, items: Sequence[In_contra], /) -> Sequence[Out_co]:
        """One answer for each item, in order."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Call(Generic[In, Out]):
    """The one thing a search may await; evaluates to one answer for each item."""

    service: Service[In, Out]
    items: Sequence[In]

    def __await__(self) -> Generator[Call[Any, Any], Any, list[Out]]:
        answers: list[Out] = yield self
        return answers
