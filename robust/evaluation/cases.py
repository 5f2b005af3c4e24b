"""Cases of behavioural tests: what a suite's templates come to, and whether a model's answers pass."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from robust.core.seeds import derive
from robust.core.types import Lang
from robust.lang.base import language
from robust.recipe.augment import Augmentation, AugmentRecipe
from robust.recipe.behaviour import SLOT, BehaviourRecipe, BehaviourTest
from robust.results.rows import probabilities
from robust.stages.augment.augmenter import copies_of
from robust.stages.augment.items import Item

Kind: TypeAlias = Literal["MFT", "INV", "DIR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of a test: `texts` are its variants, the first of them the one the others are compared with.

    `label` is the answer (MFT) or the class whose probability is watched (DIR).
    """

    test: str
    capability: str
    kind: Kind
    id: str
    texts: tuple[str, ...]
    label: str | None = None
    direction: Literal["up", "down"] | None = None
    tolerance: float = 0.1

    def passes(self, logits: Sequence[Sequence[float]], labels: Sequence[str]) -> bool:
        """Whether the answers `(len(texts), len(labels))` are as they should be. `labels` are the suite's own names."""
        tops = [max(range(len(row)), key=row.__getitem__) for row in logits]
        if self.kind == "MFT":
            return all(labels[top] == self.label for top in tops)
        if self.kind == "INV":
            return len(set(tops)) == 1
        at = labels.index(self.label or "")
        first, *rest = (probabilities(row)[at] for row in logits)
        if self.direction == "up":
            return all(later >= first - self.tolerance for later in rest)
        return all(later <= first + self.tolerance for later in rest)


def expand(recipe: BehaviourRecipe) -> list[Case]:
    """The cases of a suite: templates with words in their slots, the same ones whenever it is asked.

    Of the combinations of words each template gets its share of `recipe.cases`, drawn without replacement. A case whose
    text offers nothing to `change` is left out.
    """
    lang = recipe.languages[0]
    return [case for test in recipe.tests for case in _of_test(test, recipe, lang)]


def _of_test(test: BehaviourTest, recipe: BehaviourRecipe, lang: Lang) -> list[Case]:
    groups = test.variants or tuple((one,) for one in test.templates)
    share = math.ceil(recipe.cases / len(groups))
    found: list[tuple[str, ...]] = []
    for number, group in enumerate(groups):
        rng = np.random.default_rng(derive("behaviour", recipe.name, test.name, number))
        for words in _draws(group, recipe.lexicons, test.vary, share, rng):
            if test.vary is None:
                found.append(tuple(_fill(one, words) for one in group))
            else:
                found.append(tuple(_fill(group[0], {**words, test.vary: word}) for word in recipe.lexicons[test.vary]))
    if test.change is not None:
        found = _changed([texts[0] for texts in found], test.name, test.change, lang)
    return [
        Case(
            test=test.name,
            capability=test.capability,
            kind=test.kind,
            id=str(at),
            texts=texts,
            label=test.label,
            direction=test.direction,
            tolerance=test.tolerance,
        )
        for at, texts in enumerate(dict.fromkeys(found))
    ]


def _draws(
    group: Sequence[str],
    lexicons: Mapping[str, Sequence[str]],
    vary: str | None,
    most: int,
    rng: np.random.Generator,
) -> Iterator[dict[str, str]]:
    """Words for the slots of a group of sentences; slots of one list (`{city}`, `{city:2}`) get different words."""
    slots = list(dict.fromkeys(match[0][1:-1] for one in group for match in SLOT.finditer(one)))
    slots = [slot for slot in slots if slot != vary]
    lists = [lexicons[slot.partition(":")[0]] for slot in slots]
    combinations = [
        words
        for words in itertools.product(*lists)
        if len({(slot.partition(":")[0], word) for slot, word in zip(slots, words, strict=True)}) == len(slots)
    ]
    for at in rng.permutation(len(combinations))[:most]:
        yield dict(zip(slots, combinations[at], strict=True))


def _fill(template: str, words: Mapping[str, str]) -> str:
    filled = SLOT.sub(lambda match: words[match[0][1:-1]], template)
    return filled[:1].upper() + filled[1:]


def _changed(texts: Sequence[str], name: str, change: Augmentation, lang: Lang) -> list[tuple[str, ...]]:
    """Each text with its changed copies; texts without any are left out."""
    made = AugmentRecipe(schema_version=1, name=name, languages=(lang,), augment=change)
    known = language(lang)
    items = [Item(id=str(at), text=known.text(text), lang=lang) for at, text in enumerate(dict.fromkeys(texts))]
    copies: dict[str, list[str]] = {}
    for copy in copies_of(items, made):
        copies.setdefault(str(copy.text.root), []).append(str(copy.text))
    return [(text, *changed) for text, changed in copies.items()]
