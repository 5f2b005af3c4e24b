"""Changed copies of the rows of a table, many rows at a time, each row's own random draws apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robust.core.attack import Loading
from robust.core.constraint import CandidateConstraint, Pair, PositionConstraint, TargetConstraint
from robust.core.seeds import derive
from robust.core.text import Text
from robust.core.transformation import Site, Transformation
from robust.core.types import Lang
from robust.data.table import Row, Table
from robust.errors import DataError, UserError
from robust.lang.base import language
from robust.recipe.augment import AugmentRecipe

ROWS = 256
"""Rows that are changed together; a transformation or constraint that runs a model gets their texts in one batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A changed copy of a row's text: `number` counts the copies of a row, `words_changed` words."""

    row: Row
    number: int
    text: str
    words_changed: int


@dataclass(slots=True)
class _Draft:
    """A copy in the making: `order` holds the words (by their place in the original) still to be tried."""

    row: Row
    number: int
    lang: Lang
    text: Text
    seed: int
    rng: np.random.Generator
    wanted: int
    order: list[int] = field(default_factory=list)


def augment(table: Table, recipe: AugmentRecipe, *, lang: Lang | None = None, seed: int = 0) -> Iterator[Copy]:
    """The copies of each row, in order; none of a text of which no word could be changed, and no copy twice.

    The text that is changed is the row's first; `lang` goes before the language of a row, and that before the table's.
    What becomes of a row depends on `seed`, the recipe and the row, not on the other rows. Raises the `RobustError`
    family, before the first copy, for languages that the recipe is not for, or parts that cannot be loaded.
    """
    langs = [_language(row, table, lang) for row in table.rows]
    for code in sorted(set(langs) - set(recipe.languages)):
        raise UserError(
            f"recipe {recipe.name!r} is for {', '.join(recipe.languages)}, the data are {code}",
            fix="choose another recipe; `robust recipes ls --family augment` shows the languages of each",
        )
    plan = recipe.augment
    transformation, constraints = plan.transformation.build(), [part.build() for part in plan.constraints]
    for part in constraints:
        if isinstance(part, TargetConstraint):
            raise UserError(
                f"recipe {recipe.name!r}: a constraint looks at what a model should say, which copies do not have",
                fix="take it out of the recipe",
            )
    for part in (transformation, *constraints):
        if isinstance(part, Loading):
            part.ready(set(langs))
    for start in range(0, len(table.rows), ROWS):
        several = list(zip(table.rows[start : start + ROWS], langs[start : start + ROWS], strict=True))
        drafts = [_draft(row, code, number, recipe, seed) for row, code in several for number in range(plan.copies)]
        for draft in drafts:
            draft.order = _order(draft, transformation, constraints)
        _change(drafts, transformation, constraints)
        seen: dict[str, set[str]] = {}
        for draft in drafts:
            found, text = seen.setdefault(draft.row.id, {draft.row.fields[0]}), str(draft.text)
            if text not in found:
                found.add(text)
                yield Copy(row=draft.row, number=draft.number, text=text, words_changed=draft.text.words_changed)


def _language(row: Row, table: Table, lang: Lang | None) -> Lang:
    code = lang or row.lang or table.lang
    if code is None:
        raise DataError(f"{table.name}: the language of row {row.id} is not known", fix="say --lang en or --lang es")
    return code


def _draft(row: Row, lang: Lang, number: int, recipe: AugmentRecipe, seed: int) -> _Draft:
    text = language(lang).text(row.fields[0])
    own = derive(seed, "augment", recipe.name, row.id, number)
    wanted = max(recipe.augment.words, math.ceil(recipe.augment.share * len(text) - 1e-9))
    return _Draft(row, number, lang, text, own, np.random.default_rng(own), wanted)


def _order(draft: _Draft, transformation: Transformation, constraints: Sequence[Any]) -> list[int]:
    """The words that may be changed, shuffled; last comes first."""
    allowed = np.ones(len(draft.text), np.bool_)
    if getattr(transformation, "whole", False):
        allowed[1:] = False
    else:
        for constraint in constraints:
            if isinstance(constraint, PositionConstraint):
                allowed &= constraint.positions(draft.text, draft.lang)
    return [int(at) for at in draft.rng.permutation(np.flatnonzero(allowed))]


def _change(drafts: Sequence[_Draft], transformation: Transformation, constraints: Sequence[Any]) -> None:
    """Change one word of every unfinished draft at a time, until none is left."""
    live = [draft for draft in drafts if draft.order]
    while live:
        owners = [draft for draft in live if draft.order[-1] in draft.text.origins]
        sites = [_site(draft) for draft in owners]
        for draft, options in zip(owners, _options(owners, sites, transformation, constraints), strict=True):
            if options:
                draft.text = options[int(draft.rng.integers(len(options)))]
        for draft in live:
            draft.order.pop()
        live = [draft for draft in live if draft.order and draft.text.words_changed < draft.wanted]


def _site(draft: _Draft) -> Site:
    """Where the next word is now."""
    index = draft.text.origins.index(draft.order[-1])
    return Site(draft.text, index, draft.lang, derive(draft.seed, index, str(draft.text)), (), draft.row.fields[1:])


def _options(
    drafts: Sequence[_Draft], sites: Sequence[Site], transformation: Transformation, constraints: Sequence[Any]
) -> list[list[Text]]:
    """The candidates of each site that every constraint allows, in the order of the transformation."""
    proposed = [
        [text for text in dict.fromkeys(found) if text != site.text and text != site.text.root]
        for site, found in zip(sites, transformation(sites), strict=True)
    ]
    pairs = [
        Pair(draft.text.root, text, draft.lang) for draft, found in zip(drafts, proposed, strict=True) for text in found
    ]
    keep = np.ones(len(pairs), np.bool_)
    for constraint in constraints:
        if isinstance(constraint, CandidateConstraint) and keep.any():
            left = np.flatnonzero(keep)
            keep[left] = constraint([pairs[at] for at in left])
    kept = iter(keep)
    return [[text for text in found if next(kept)] for found in proposed]
