"""From items to their copies, by a recipe; what becomes of one depends on the seed, the recipe and the item alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from robust.constraints.keep_answers import KeepAnswers
from robust.core.constraint import TargetConstraint
from robust.core.draws import Draws
from robust.core.example import Answers
from robust.core.seeds import derive
from robust.core.types import Lang, Task
from robust.errors import UserError
from robust.recipe.augment import AugmentRecipe
from robust.recipe.meaning import risks
from robust.stages.augment.items import Copy, Item
from robust.stages.augment.steps import Draft, Step, build, changes, ready, runs_a_model
from robust.stages.augment.weights import Weights

AT_ONCE = 256
"""Items that are changed together; a transformation or constraint that runs a model gets their texts in one batch."""


@dataclass(frozen=True, kw_only=True)
class Augmenter:
    """Makes `recipe.augment.copies` copies of each item (a mean of so many, where `weights` tell classes apart)."""

    recipe: AugmentRecipe
    seed: int = 0
    weights: Weights | None = None
    _ready: set[Lang] = field(default_factory=set, repr=False, compare=False)

    def __call__(self, items: Sequence[Item]) -> list[list[Copy]]:
        """The copies of each item; none of a text of which nothing could be changed, and no copy twice.

        Raises the `RobustError` family for languages that the recipe is not for, and parts that cannot be loaded.
        """
        self.load({item.lang for item in items})
        numbers = [self._number(item) for item in items]
        pairs = zip(items, numbers, strict=True)
        drafts = [self._begun(item, number) for item, last in pairs for number in range(1, last + 1)]
        for tagged in (False, True):
            # Answers guard themselves; the steps are the same in all else.
            share = [draft for draft in drafts if isinstance(draft.item.target, Answers) is tagged]
            if share:
                (self._guarded if tagged else self._step)(share)
        made = iter(drafts)
        return [_distinct(item, list(islice(made, number))) for item, number in zip(items, numbers, strict=True)]

    def load(self, langs: Iterable[Lang]) -> None:
        """Load what texts in `langs` need; raises as a call does."""
        new = sorted(set(langs) - self._ready)
        if not new:
            return
        for lang in new:
            if lang not in self.recipe.languages:
                raise UserError(
                    f"recipe {self.recipe.name!r} is for {', '.join(self.recipe.languages)}, the data are {lang}",
                    fix="choose another recipe; `robust recipes ls --family augment` shows the languages of each",
                )
        ready(self._step, new)
        self._ready.update(new)

    @property
    def runs_a_model(self) -> bool:
        """Whether a part of the recipe runs a model."""
        return runs_a_model(self._step)

    @cached_property
    def _step(self) -> Step:
        return self._built(())

    @cached_property
    def _guarded(self) -> Step:
        return self._built((KeepAnswers(),))

    def _built(self, guards: Sequence[TargetConstraint]) -> Step:
        known = self.weights
        return build(
            self.recipe.augment.step,
            guards=guards,
            word_weights=known.words if known else None,
            other_words=known.other_words if known else 1.0,
        )

    def _begun(self, item: Item, number: int) -> Draft:
        draws = Draws(derive(self.seed, "augment", self.recipe.name, item.id, number))
        return Draft(item, number, item.text, draws)

    def _number(self, item: Item) -> int:
        copies = self.recipe.augment.copies
        if self.weights is None or item.label is None:
            return copies
        mean = copies * self.weights.of_class(item.label)
        drawn = Draws(derive(self.seed, "copies", self.recipe.name, item.id)).uniform()
        return math.floor(mean) + (drawn < mean % 1)


def copies_of(
    items: Iterable[Item], recipe: AugmentRecipe, *, seed: int = 0, weights: Weights | None = None
) -> Iterator[Copy]:
    """The copies of the items, in order; raises as an `Augmenter` does."""
    augmenter, waiting = Augmenter(recipe=recipe, seed=seed, weights=weights), list[Item]()
    for item in items:
        waiting.append(item)
        if len(waiting) == AT_ONCE:
            yield from (copy for copies in augmenter(waiting) for copy in copies)
            waiting = []
    yield from (copy for copies in augmenter(waiting) for copy in copies)


def allow(recipe: AugmentRecipe, *, changed_meaning: bool) -> None:
    """Raise `UserError` for a recipe whose edits can be foreseen to change the meaning, unless that is asked for."""
    if not changed_meaning and (found := risks(recipe.augment.step)):
        raise UserError(
            f"recipe {recipe.name!r}: {', '.join(found)} can make other words of the language, so labels are at risk",
            fix="--allow-changed-meaning if you want that; `robust plugins ls transformations` says which do not",
        )


def fits_task(recipe: AugmentRecipe, task: Task) -> None:
    """Raise `UserError` for parts that texts of a task have no use for."""
    for change in changes(build(recipe.augment.step)):
        if task == "classification" and change.guards:
            raise UserError(
                f"recipe {recipe.name!r}: a constraint looks at what a model should say, which copies do not have",
                fix="take it out of the recipe",
            )
        if task == "tagging" and getattr(change.transformation, "whole", False):
            raise UserError(
                f"recipe {recipe.name!r}: {change.name} writes whole texts anew, and no tag stays with its word",
                fix="use a recipe that changes words",
            )


def _distinct(item: Item, drafts: Sequence[Draft]) -> list[Copy]:
    found, copies = [str(item.text)], list[Copy]()
    for draft in drafts:
        if (text := str(draft.text)) not in found:
            found.append(text)
            operators = tuple(dict.fromkeys(draft.operators))
            copies.append(Copy(item=item, number=draft.number, text=draft.text, operators=operators))
    return copies
