"""Draws one-word substitutions at random: from rows at random, by the recipe `synonyms` of `robust augment`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.types import Lang
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.recipe.augment import AugmentRecipe
from robust.recipe.load import load
from robust.stages.augment.augmenter import copies_of
from robust.stages.augment.items import Item


@dataclass(frozen=True, slots=True)
class Change:
    """A text before and after, in words; `old` and `new` hold the place of the substituted word in each."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    old: int
    new: int
    lang: Lang

    @property
    def pair(self) -> tuple[str, str]:
        return self.before[self.old], self.after[self.new]


def draw(files: Sequence[str], lang: Lang, number: int, seed: int) -> list[Change]:
    """`number` changes, as many from each of `files`, one to a text; other than the texts, nothing depends on files."""
    recipe = load("synonyms", family="augment", schema=AugmentRecipe)
    rng, found = np.random.default_rng(seed), list[Change]()
    for file in files:
        table = read(DataSpec(source=file, text=None if file.endswith("jsonl") else "0", label="", lang=lang, id=""))
        rows = [table.rows[at] for at in rng.permutation(len(table.rows))[: 3 * number]]
        items = [Item(id=row.id, text=language(lang).text(row.fields[0]), lang=lang) for row in rows]
        changes = (change(str(copy.item.text), str(copy.text), lang) for copy in copies_of(items, recipe, seed=seed))
        kept = [one for one in changes if one is not None][: number // len(files)]
        found += kept
    return found


def change(before: str, after: str, lang: Lang) -> Change | None:
    """What a copy changed: the last word that differs is the substituted one, any before it were made to agree."""
    old, new = language(lang).text(before).words, language(lang).text(after).words
    end = 0
    while end < min(len(old), len(new)) and old[-1 - end] == new[-1 - end]:
        end += 1
    if end == len(old) or end == len(new):
        return None
    return Change(old, new, len(old) - 1 - end, len(new) - 1 - end, lang)
