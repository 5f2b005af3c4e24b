"""An attack is a search over the candidates of a transformation, held by constraints, towards a goal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np

from robust.core.constraint import Constraint
from robust.core.example import Example
from robust.core.goal import AnyGoal
from robust.core.gradient import GradientVictim
from robust.core.search import Search
from robust.core.transformation import Transformation
from robust.core.types import Lang
from robust.core.victim import AnyVictim
from robust.errors import DataError, ModelError

Status: TypeAlias = Literal["success", "failure", "skipped", "error"]
"""`skipped`: misclassified before the attack starts, or the goal is met already; `error`: an exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """`query_budget` is the most queries a search may ask for one example; the clean prediction counts as the first."""

    name: str
    search: Search
    transformation: Transformation
    constraints: tuple[Constraint, ...] = ()
    goal: AnyGoal
    query_budget: int | None = None

    def ready(self, langs: Collection[Lang]) -> None:
        """Let every part load what it needs for texts in `langs`. Raises the `RobustError` of a part that cannot."""
        for part in (self.search, self.transformation, *self.constraints, self.goal):
            if isinstance(part, Loading):
                part.ready(langs)

    def check(self, victim: AnyVictim, examples: Sequence[Example] = ()) -> None:
        """Refuse a victim that lacks what the search needs, tried on the first of `examples`.

        Raises `ModelError` where there are no gradients, `DataError` where the target is no class to take them for.
        """
        if not needs_gradients(self.search):
            return
        fix = (
            "use a transformers classifier (a directory or a hub id), or an attack that needs none, such as textfooler"
        )
        if not isinstance(victim, GradientVictim):
            raise ModelError(f"{self.name} needs gradients, and {victim.meta.name} gives none", fix=fix)
        for example in examples[:1]:
            if not isinstance(example.target, (int, np.integer)):
                raise DataError(
                    f"{self.name} needs gradients, and these are for classes, not {type(example.target).__name__}",
                    fix="attack a classification data set",
                )
            victim.gradients([(example.fields(example.text), int(example.target))])


def needs_gradients(search: object) -> bool:
    """Whether a search asks its scope for gradients."""
    return bool(getattr(search, "needs_gradients", False))


@runtime_checkable
class Loading(Protocol):
    """Optional: a plugin that loads a model. A run calls `ready` once, before it writes anything."""

    def ready(self, langs: Collection[Lang], /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an attack did to one example.

    `queries` counts every text asked for, as papers do; `unique_queries` counts distinct ones. `adversarial` is set
    only on success. `verified`: the success (or the skip) was confirmed in float32, alone in its batch. The logits
    are canonical where verified; `adversarial_logits` are those of the adversarial text, or of the best text found.
    Tasks other than classification have no logits here but answers and counts (see `robust.core.goal.Reading`), of the
    unedited text and, on success, of the adversarial one.
    """

    example_id: str
    status: Status
    original: str
    adversarial: str | None = None
    verified: bool = False
    clean_logits: tuple[float, ...] = ()
    adversarial_logits: tuple[float, ...] = ()
    best_score: float = float("nan")
    queries: int = 0
    unique_queries: int = 0
    clean_answer: str | None = None
    adversarial_answer: str | None = None
    clean_counts: tuple[float, ...] = ()
    adversarial_counts: tuple[float, ...] = ()
    words: int = 0
    words_changed: int = 0
    error: str | None = None
