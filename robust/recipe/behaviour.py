"""The schema of a behavioural suite: templates, word lists, and what a model should do with the sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, ValidationInfo, model_validator

from robust.core.types import Lang
from robust.recipe.attack import plain_name, unique
from robust.recipe.augment import Augmentation
from robust.recipe.parts import Count, Part

SLOT = re.compile(r"\{(\w+)(?::(\d+))?\}")
"""`{city}`, and `{city:2}` for another city in the same sentence."""


def _change(value: Any, info: ValidationInfo) -> Augmentation:
    if isinstance(value, Augmentation):
        return value
    return Augmentation.model_validate_json(json.dumps(value), strict=True)


class BehaviourTest(Part):
    """One test of one capability.

    - `MFT` (minimum functionality): `templates` are sentences with the answer `label`.
    - `INV` (invariance): the predicted label stays the same over all variants of a case. Variants are the words of the
      list `vary` in one slot, or the sentences of `variants` with the same words in their slots, or copies made by
      `change`.
    - `DIR` (direction): from the first of `variants` to each of the others, the probability of `label` does not fall
      (`up`) or rise (`down`) by more than `tolerance`.
    """

    name: Annotated[str, AfterValidator(plain_name)]
    capability: str
    kind: Literal["MFT", "INV", "DIR"]
    description: str
    templates: tuple[str, ...] = ()
    variants: tuple[tuple[str, ...], ...] = ()
    vary: str | None = None
    change: (
        Annotated[Augmentation, PlainValidator(_change), PlainSerializer(lambda part: part.model_dump(mode="json"))]
        | None
    ) = None
    label: str | None = None
    direction: Literal["up", "down"] | None = None
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.1

    @model_validator(mode="after")
    def _whole(self) -> BehaviourTest:
        ways = [bool(self.variants), self.vary is not None, self.change is not None]
        if self.kind == "MFT" and (not self.templates or self.label is None or any(ways)):
            raise ValueError(f"{self.name}: an MFT has templates and a label, and nothing else")
        if self.kind == "INV" and (sum(ways) != 1 or self.label or self.direction):
            raise ValueError(f"{self.name}: an INV has one of variants, vary and change, and no label")
        if self.kind == "DIR" and (not self.variants or self.label is None or self.direction is None):
            raise ValueError(f"{self.name}: a DIR has variants, a label and a direction")
        if bool(self.templates) == bool(self.variants):
            raise ValueError(f"{self.name}: give templates, or variants where a case has several sentences")
        if any(len(case) < 2 for case in self.variants):
            raise ValueError(f"{self.name}: variants are two sentences or more")
        if self.vary and any(f"{{{self.vary}}}" not in one for one in self.templates):
            raise ValueError(f"{self.name}: a template lacks {{{self.vary}}}")
        return self

    def sentences(self) -> tuple[str, ...]:
        """All templates, whichever way they are written."""
        return (*self.templates, *(one for case in self.variants for one in case))


class BehaviourRecipe(Part):
    """A suite of behavioural tests (Ribeiro et al. 2020); each makes at most `cases` cases of its templates."""

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name)]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1, max_length=1), AfterValidator(unique)]
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    cases: Count = 60
    lexicons: Mapping[str, tuple[str, ...]]
    tests: Annotated[tuple[BehaviourTest, ...], Field(min_length=1)]
    deviations: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _filled(self) -> BehaviourRecipe:
        names = [test.name for test in self.tests]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two tests are called {twice[0]!r}")
        for test in self.tests:
            slots = {match[1] for one in test.sentences() for match in SLOT.finditer(one)}
            slots |= {test.vary} if test.vary else set()
            if missing := sorted(slots - self.lexicons.keys()):
                raise ValueError(f"{test.name}: there is no list {missing[0]!r}")
            if test.label is not None and test.label not in self.labels:
                raise ValueError(f"{test.name}: {test.label!r} is none of the labels {', '.join(self.labels)}")
        return self
