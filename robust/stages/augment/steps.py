"""The steps of a recipe, built, and what they do to copies in the making."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

import numpy as np

from robust.core.attack import Loading
from robust.core.constraint import CandidateConstraint, Pair, TargetConstraint
from robust.core.draws import Draws
from robust.core.text import Text
from robust.core.transformation import Site, Transformation, WordTransformation
from robust.core.types import Lang
from robust.recipe import augment as recipe
from robust.stages.augment.items import Item
from robust.stages.augment.places import Places, Rules, places, rules, weigh


@dataclass(slots=True)
class Draft:
    """A copy in the making; `draws` are its own, so that nothing depends on the other copies."""

    item: Item
    number: int
    text: Text
    draws: Draws
    operators: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Words of a text changed by one transformation.

    `checks` are the constraints on candidates that cost little, `costly` those that run a model; `word_weights` and
    `other_words` say how much likelier a word (in small letters) is drawn than another.
    """

    name: str
    transformation: Transformation
    rules: Rules
    checks: tuple[CandidateConstraint, ...]
    costly: tuple[CandidateConstraint, ...]
    guards: tuple[TargetConstraint, ...]
    words: int
    share: float
    word_weights: Mapping[str, float] = field(default_factory=dict)
    other_words: float = 1.0

    def __call__(self, drafts: Sequence[Draft]) -> None:
        """Change the drafts, one word of each at a time."""
        offers = self.transformation if isinstance(self.transformation, WordTransformation) else None
        live = [work for draft in drafts if (work := _Work.begin(self, draft)).find()]
        while live:
            if offers is not None and not self.costly:
                for work in live:
                    forms = offers.forms(work.site)
                    work.take(self.transformation([work.site])[0] if forms is None else forms)
            else:
                found = self.transformation([work.site for work in live])
                for work, texts in zip(live, self._kept(live, found) if self.costly else found, strict=True):
                    work.take(texts)
            live = [work for work in live if work.find()]

    def _kept(self, live: Sequence[_Work], found: Sequence[Sequence[Text]]) -> list[list[Text]]:
        """Those candidates that the costly constraints allow; each is asked about all of them at once."""
        good = [[text for text in texts if work.fits(text)] for work, texts in zip(live, found, strict=True)]
        asked = zip(live, good, strict=True)
        pairs = [Pair(text.root, text, work.draft.item.lang) for work, texts in asked for text in texts]
        keep = np.ones(len(pairs), np.bool_)
        for constraint in self.costly:
            if keep.any():
                left = np.flatnonzero(keep)
                keep[left] = constraint([pairs[at] for at in left])
        kept = iter(keep)
        return [[text for text in texts if next(kept)] for texts in good]


@dataclass(slots=True)
class _Work:
    """One change of one draft, as far as it is."""

    change: Change
    draft: Draft
    places: Places
    wanted: int
    before: int
    random: bool
    site: Site = field(init=False)
    done: bool = False

    @classmethod
    def begin(cls, change: Change, draft: Draft) -> _Work:
        whole = bool(getattr(change.transformation, "whole", False))
        item, text = draft.item, draft.text
        found = places(change.rules, item, text, whole=whole)
        if change.word_weights and not whole:
            weigh(found, text, change.word_weights, change.other_words, draft.draws)
        wanted = max(change.words, math.ceil(change.share * len(text) - 1e-9))
        before = 0 if text is item.text else text.words_changed
        return cls(change, draft, found, wanted, before, bool(getattr(change.transformation, "random", False)))

    def find(self) -> bool:
        """Draw the next word; False where enough are changed or none is left."""
        draft = self.draft
        if self.done:
            return False
        index = self.places.draw(draft.text, draft.draws)
        if index is None:
            return False
        seed = draft.draws.below(1 << 63) if self.random else 0
        self.site = Site(draft.text, index, draft.item.lang, seed, draft.item.before, draft.item.after)
        return True

    def fits(self, text: Text) -> bool:
        """Whether a candidate is a change, the cheap constraints allow it, and the item's target still holds."""
        draft, change = self.draft, self.change
        if text == draft.text or text == draft.item.text:
            return False
        pair = [Pair(draft.item.text, text, draft.item.lang)] if change.checks else []
        if not all(check(pair)[0] for check in change.checks):
            return False
        target = draft.item.target
        if target is None:
            return True
        return draft.item.keeps(text) and all(guard.keeps([text], target)[0] for guard in change.guards)

    def take(self, offered: Sequence[Text] | Sequence[str]) -> None:
        """Change the draft to one of the candidates (or words) that fit, drawn alike."""
        draws, site = self.draft.draws, self.site
        left: list[Text | str] = list(offered)
        while left:
            at = draws.below(len(left))
            option = left[at]
            text = site.text.replace(site.index, option) if isinstance(option, str) else option
            if self.fits(text):
                self.draft.text = text
                self.draft.operators.append(self.change.name)
                one = self.wanted == 1
                self.done = one or text.words_changed - self.before >= self.wanted
                return
            left[at] = left[-1]
            left.pop()


@dataclass(frozen=True, slots=True)
class InTurn:
    """Every step in turn."""

    steps: tuple[Step, ...]

    def __call__(self, drafts: Sequence[Draft]) -> None:
        """Change the drafts."""
        for step in self.steps:
            step(drafts)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One step for each draft; `bounds` are the cumulated weights, the last one their sum."""

    steps: tuple[Step, ...]
    bounds: tuple[float, ...]

    def __call__(self, drafts: Sequence[Draft]) -> None:
        """Change the drafts."""
        shares: list[list[Draft]] = [[] for _ in self.steps]
        for draft in drafts:
            drawn = draft.draws.uniform() * self.bounds[-1]
            shares[next(at for at, bound in enumerate(self.bounds) if drawn < bound)].append(draft)
        for step, share in zip(self.steps, shares, strict=True):
            step(share)


@dataclass(frozen=True, slots=True)
class Sometimes:
    """A step with probability `p`."""

    step: Step
    p: float

    def __call__(self, drafts: Sequence[Draft]) -> None:
        """Change the drafts."""
        self.step([draft for draft in drafts if draft.draws.uniform() < self.p])


Step: TypeAlias = Change | InTurn | OneOf | Sometimes


def build(
    step: recipe.AnyStep,
    *,
    guards: Sequence[TargetConstraint] = (),
    word_weights: Mapping[str, float] | None = None,
    other_words: float = 1.0,
) -> Step:
    """The step of a recipe with every plugin built. `guards` hold for all its changes."""

    def inner(step: recipe.AnyStep) -> Step:
        return build(step, guards=guards, word_weights=word_weights, other_words=other_words)

    if isinstance(step, recipe.Sequence):
        return InTurn(tuple([inner(part) for part in step.sequence]))
    if isinstance(step, recipe.OneOf):
        weights = step.weights or [1.0] * len(step.one_of)
        return OneOf(tuple([inner(part) for part in step.one_of]), tuple(accumulate(weights)))
    if isinstance(step, recipe.Sometimes):
        return Sometimes(inner(step.sometimes), step.p)
    constraints = [part.build() for part in step.constraints]
    judging = [part for part in constraints if isinstance(part, CandidateConstraint)]
    known = rules(constraints, guards)
    return Change(
        name=step.transformation.name,
        transformation=step.transformation.build(),
        rules=known,
        checks=tuple([part for part in judging if not getattr(part, "costly", False)]),
        costly=tuple([part for part in judging if getattr(part, "costly", False)]),
        guards=known.targets,
        words=step.words,
        share=step.share,
        word_weights=word_weights or {},
        other_words=other_words,
    )


def changes(step: Step) -> Iterator[Change]:
    """Every change among the steps."""
    if isinstance(step, Change):
        yield step
    elif isinstance(step, Sometimes):
        yield from changes(step.step)
    else:
        for part in step.steps:
            yield from changes(part)


def ready(step: Step, langs: Collection[Lang]) -> None:
    """Let every part load what it needs. Raises the `RobustError` of a part that cannot."""
    for change in changes(step):
        for part in (change.transformation, *change.checks, *change.costly):
            if isinstance(part, Loading):
                part.ready(langs)


def runs_a_model(step: Step) -> bool:
    """Whether a part of a step runs a model."""
    return any(change.costly or getattr(change.transformation, "costly", False) for change in changes(step))
