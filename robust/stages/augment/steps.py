"""The steps of a recipe, built, and what they do to copies in the making."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, TypeAlias

import numpy as np

from robust.core.attack import Loading
from robust.core.constraint import CandidateConstraint, Pair, TargetConstraint
from robust.core.draws import Draws
from robust.core.text import Text
from robust.core.transformation import DrawnTransformation, Site, Transformation, WordTransformation
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
    whole: bool = field(init=False)
    random: bool = field(init=False)
    offers: Literal["drawn", "forms", "all"] = field(init=False)
    """How the transformation is asked for candidates, where no model is run."""

    def __post_init__(self) -> None:
        part = self.transformation
        drawn = isinstance(part, DrawnTransformation)
        object.__setattr__(self, "whole", bool(getattr(part, "whole", False)))
        # `drawn` takes its chances from the draws; asked together with a model, a part has but the seed of its site.
        random = bool(getattr(part, "random", False)) and (self.runs_a_model or not drawn)
        object.__setattr__(self, "random", random)
        offers = "drawn" if drawn else "forms" if isinstance(part, WordTransformation) else "all"
        object.__setattr__(self, "offers", offers)

    @property
    def runs_a_model(self) -> bool:
        """Whether the transformation or a constraint runs a model."""
        return bool(self.costly) or bool(getattr(self.transformation, "costly", False))

    def __call__(self, drafts: Sequence[Draft]) -> None:
        """Change the drafts, one word of each at a time."""
        if self.runs_a_model:
            self._together(drafts)
            return
        for draft in drafts:
            work = _Work.begin(self, draft)
            while not work.done and work.find():
                work.take(self._offered(work.site, draft.draws))

    def _offered(self, site: Site, draws: Draws) -> Iterator[Text | str]:
        """The candidates of a site in random order."""
        part, forms = self.transformation, None
        if self.offers == "drawn":
            return part.drawn(site, draws)  # type: ignore[attr-defined, no-any-return]  # `offers` says that it is there
        if self.offers == "forms":
            forms = part.forms(site)  # type: ignore[attr-defined]
        return draws.shuffled(part([site])[0] if forms is None else forms)

    def _together(self, drafts: Sequence[Draft]) -> None:
        """Change the drafts, a word of all of them at a time: a model is asked about many texts at once."""
        live = [work for draft in drafts if (work := _Work.begin(self, draft)).find()]
        while live:
            found = self.transformation([work.site for work in live])
            for work, texts in zip(live, self._kept(live, found) if self.costly else found, strict=True):
                work.take(work.draft.draws.shuffled(texts))
            live = [work for work in live if not work.done and work.find()]

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
    site: Site = field(init=False)
    done: bool = False

    @classmethod
    def begin(cls, change: Change, draft: Draft) -> _Work:
        item, text = draft.item, draft.text
        found = places(change.rules, item, text, whole=change.whole)
        if change.word_weights and not change.whole:
            weigh(found, text, change.word_weights, change.other_words, draft.draws)
        wanted = max(change.words, math.ceil(change.share * len(text) - 1e-9)) if change.share else change.words
        return cls(change, draft, found, wanted, 0 if text is item.text else text.words_changed)

    def find(self) -> bool:
        """Draw the next word; False where none is left."""
        draft, item = self.draft, self.draft.item
        index = self.places.draw(draft.text, draft.draws)
        if index is None:
            return False
        seed = draft.draws.below(1 << 63) if self.change.random else 0
        self.site = Site(draft.text, index, item.lang, seed, item.before, item.after)
        return True

    def fits(self, text: Text) -> bool:
        """Whether a candidate is a change, the cheap constraints allow it, and the item's target still holds."""
        item, change, target = self.draft.item, self.change, self.draft.item.target
        if text == item.text or text == self.draft.text:
            return False
        if change.checks:
            pair = [Pair(item.text, text, item.lang)]
            if not all(check(pair)[0] for check in change.checks):
                return False
        if target is None:
            return True
        return item.keeps(text) and all(guard.keeps([text], target)[0] for guard in change.guards)

    def take(self, offered: Iterator[Text | str]) -> None:
        """Change the draft to the first of the candidates that fits."""
        for made in offered:
            text = self.site.candidate(made)
            if self.fits(text):
                self.draft.text = text
                self.draft.operators.append(self.change.name)
                self.done = self.wanted == 1 or text.words_changed - self.before >= self.wanted
                return


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
    return any(change.runs_a_model for change in changes(step))
