"""Training items that bring a changed copy of themselves, drawn anew in every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from robust.core.seeds import derive
from robust.core.types import Fields, Lang
from robust.data.table import Row, Table
from robust.errors import DataError
from robust.lang.base import language
from robust.recipe.augment import AugmentRecipe
from robust.stages.augment import Augmenter, Item
from robust.stages.tasks import Items


@dataclass(kw_only=True)
class Noised:
    """The rows of `train`, each with a copy under the key `twin`, by one of `recipes`; both texts of a pair change.

    Ivgi & Berant 2021 (arXiv:2104.05062): copies drawn at random in every epoch take the place of a search for
    adversarial ones. What is drawn depends on seed, epoch and row alone. A text of which nothing could be changed has
    no twin. `inputs` makes of a copy what the model reads of it, as was done with the items. Iterating gives the texts
    without their twins: they are put in order of length by their own.

    *Differs from the paper*: the copy is any draw, not the one of several that the model is most wrong about.
    """

    items: Items
    train: Table
    recipes: Sequence[AugmentRecipe]
    tokenizer: Any
    inputs: Callable[[str], str] | None = None
    lang: Lang | None
    max_length: int
    seed: int
    _augmenters: dict[tuple[int, int], Augmenter] = field(default_factory=dict, repr=False)

    @property
    def epoch(self) -> int:
        """The epoch of the items."""
        return self.items.epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self.items.epoch = value

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        item, row = self.items[index], self.train.rows[index]
        fields = self.changed(row)
        if fields == row.fields:
            return item
        if self.inputs is not None:
            fields = tuple(map(self.inputs, fields))
        found = self.tokenizer(*fields, truncation=True, max_length=self.max_length)
        return {**item, "twin": {**{name: found[name] for name in item if name in found}, "labels": item["labels"]}}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.items)

    def changed(self, row: Row) -> Fields:
        """The texts of a row, changed as this epoch has it."""
        lang = self.lang or row.lang or self.train.lang
        if lang is None:
            raise DataError(
                f"{self.train.name}: the language of row {row.id} is not known", fix="say --lang en or --lang es"
            )
        which = derive("noise", self.seed, self.epoch, row.id) % len(self.recipes)
        augmenter = self._augmenter(which)
        made = []
        for at, text in enumerate(row.fields):
            item = Item(id=f"{row.id}/{at}", text=language(lang).text(text), lang=lang)
            copies = augmenter([item])[0]
            made.append(str(copies[0].text) if copies else text)
        return tuple(made)

    def _augmenter(self, which: int) -> Augmenter:
        key = (which, self.epoch)
        if key not in self._augmenters:
            self._augmenters = {other: held for other, held in self._augmenters.items() if other[1] == self.epoch}
            one = self.recipes[which].model_copy(
                update={"augment": self.recipes[which].augment.model_copy(update={"copies": 1})}
            )
            self._augmenters[key] = Augmenter(recipe=one, seed=derive("noise", self.seed, self.epoch))
        return self._augmenters[key]
