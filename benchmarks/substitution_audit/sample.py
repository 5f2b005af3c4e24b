"""Words of real texts at random, and what replaces them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from robust.core.constraint import Pair
from robust.core.text import Text
from robust.core.transformation import Site
from robust.core.types import Lang
from robust.data.source import DataSpec, read
from robust.lang.base import language
from robust.recipe.augment import AugmentRecipe
from robust.recipe.load import load
from robust.stages.augment.steps import Change as Step
from robust.stages.augment.steps import build, changes


@dataclass(frozen=True, slots=True)
class Asked:
    """Word `at` of a text, which a system is asked to replace."""

    text: Text
    at: int
    lang: Lang

    @property
    def span(self) -> tuple[int, int]:
        return self.text.spans[self.at]


@dataclass(frozen=True, slots=True)
class Change:
    """A text before and after, in words; `old` and `new` hold the place of the substituted word in each.

    A phrase that replaces a word is one word here.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    old: int
    new: int
    lang: Lang

    @property
    def pair(self) -> tuple[str, str]:
        return self.before[self.old], self.after[self.new]


def words(files: Sequence[str], lang: Lang, number: int, seed: int) -> list[Asked]:
    """`number` words, one a text, the files in turn: any of letters alone that is longer than two and no stop word.

    Nothing that a system can or cannot do decides which. Fewer where the files have fewer texts.
    """
    rng, rows = np.random.default_rng(seed), list[list[str]]()
    for file in files:
        table = read(DataSpec(source=file, text=None if file.endswith("jsonl") else "0", label="", lang=lang, id=""))
        rows.append([table.rows[at].fields[0] for at in rng.permutation(len(table.rows))])
    found = list[Asked]()
    for string in (one for together in zip_longest(*rows) for one in together if one is not None):
        text = language(lang).text(string)
        free = [at for at, word in enumerate(text.words) if _content(word, lang)]
        if free:
            found.append(Asked(text, free[int(rng.integers(len(free)))], lang))
        if len(found) == number:
            break
    return found


def _content(word: str, lang: Lang) -> bool:
    return len(word) > 2 and word.isalpha() and not language(lang).is_stopword(word)


def ours(asked: Sequence[Asked], seed: int) -> Iterator[Change | None]:
    """What the recipe `synonyms` of `robust augment` makes of each word, had it drawn that one; None for none."""
    recipe = load("synonyms", family="augment", schema=AugmentRecipe)
    (step,) = changes(build(recipe.augment.step))
    rng = np.random.default_rng(seed)
    for one in asked:
        found = _candidates(step, one) if _free(step, one) else []
        if not found:
            yield None
            continue
        made = found[int(rng.integers(len(found)))]
        yield Change(one.text.words, made.words, one.at, made.origins.index(one.at), one.lang)


def _free(step: Step, one: Asked) -> bool:
    rules = step.rules
    return all(rule.allows(one.text, one.at, one.lang) for rule in rules.words) and all(
        rule.positions(one.text, one.lang)[one.at] for rule in rules.positions
    )


def _candidates(step: Step, one: Asked) -> list[Text]:
    made = step.transformation([Site(one.text, one.at, one.lang)])[0]
    return [text for text in made if all(check([Pair(one.text, text, one.lang)])[0] for check in step.checks)]


def put(one: Asked, new: str) -> Change:
    """`new` in the place of the word, and nothing else changed."""
    before = one.text.words
    return Change(before, (*before[: one.at], new, *before[one.at + 1 :]), one.at, one.at, one.lang)
