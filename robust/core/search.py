"""How the space of candidates is walked: the one part of an attack that is a coroutine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from robust.core.example import Example
from robust.core.gradient import TokenGradient, Vocabulary
from robust.core.text import Text
from robust.core.types import Bools, Floats


class BudgetExceeded(Exception):
    """Raised inside a search when its query budget is spent; the engine keeps the best text so far."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the victim and the goal say about `n` texts: `goal` (n,), `done` (n,), `logits` (n, n_labels).

    Victims of other tasks than classification have no logits here: (n, 0).
    """

    goal: Floats
    done: Bools
    logits: Floats

    def __len__(self) -> int:
        return len(self.goal)


class Scope(Protocol):
    """Everything a search may do to its one example. The engine implements it, and so do test fakes."""

    @property
    def example(self) -> Example: ...

    @property
    def rng(self) -> np.random.Generator:
        """The only source of randomness of a search; seeded by run, attack and example."""
        ...

    @property
    def start(self) -> float:
        """Goal score of the unedited text: the engine has asked it already, as the first query."""
        ...

    @property
    def queries_left(self) -> int | None:
        """How many queries the budget still allows; None where there is no budget."""
        ...

    async def score(self, texts: Sequence[Text], /) -> Scores:
        """Ask the victim; each text is one query. Raises `BudgetExceeded` once the budget is spent."""
        ...

    async def ask(self, texts: Sequence[Text], /) -> list[Floats]:
        """As `score`, but only what the victim says, `(n_labels,)` for each text: for a search with a goal of its own.

        No candidate is remembered as the best so far. Raises `BudgetExceeded`, before any is asked, if the budget does
        not reach for all.
        """
        ...

    def logits(self, text: Text, /) -> Floats | None:
        """What the victim said of a text that was asked for, `(n_labels,)`; None if it was not. No query."""
        ...

    async def positions(self, text: Text, /) -> list[int]:
        """Indices of the words that the constraints allow to be edited, in reading order."""
        ...

    async def neighbours(self, text: Text, index: int, /) -> list[Text]:
        """Allowed candidates that edit word `index`, each once, without `text` itself."""
        ...

    async def neighbourhood(self, text: Text, indices: Sequence[int], /) -> list[list[Text]]:
        """`neighbours` of several words, asked together."""
        ...

    async def allowed(self, texts: Sequence[Text], /) -> Bools:
        """Whether each text satisfies every constraint against the original, `(n,)`."""
        ...

    async def gradients(self, texts: Sequence[Text], /) -> list[TokenGradient]:
        """The gradient of the loss that the attack raises, for each text; each is one query.

        The loss is the cross-entropy of the example's class, or minus that of the class that the goal is after. Only
        for searches that declare `needs_gradients`. Raises `BudgetExceeded`, before any is asked, if the budget does
        not reach for all.
        """
        ...

    async def estimates(self, gradient: TokenGradient, texts: Sequence[Text], /) -> Floats:
        """First-order estimate of how much that loss rises from the gradient's text to each of `texts`, `(n,)`.

        No query. See `TokenGradient.rise`.
        """
        ...

    def vocabulary(self) -> Vocabulary | None:
        """The words that the victim reads as one token, with their vectors; None if it shows no such table. No query.

        Only for searches that declare `needs_gradients`.
        """
        ...


class Search(Protocol):
    """Sequential code: `await` only methods of the scope. Returns the text it ends on; the engine judges it.

    A search that asks for gradients says so with `needs_gradients = True` (a class attribute or a property), so that a
    victim without them is refused before a run begins.
    """

    async def __call__(self, scope: Scope, /) -> Text: ...
