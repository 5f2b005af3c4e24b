"""Training items that bring changed copies of themselves, drawn anew in every epoch; the hardest is learnt."""

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
from robust.stages.adversarial.wrapped import Wrapped
from robust.stages.augment import Augmenter, Item


@dataclass(kw_only=True)
class Noised(Wrapped):
    """The rows of `train`, each with `draws` copies under the key `copies`, made by one of `recipes` for each epoch.

    Ivgi & Berant 2021 (arXiv:2104.05062): copies drawn at random take the place of a search for adversarial ones; the
    one that the model is most wrong about is learnt (`hardest`). What is drawn depends on seed, epoch and row alone.
    Both texts of a pair change; a text of which nothing could be changed has no copies. `inputs` makes of a copy what
    the model reads of it, as was done with the items. Iterating gives the texts without their copies: they are put in
    order of length by their own.
    """

    train: Table
    recipes: Sequence[AugmentRecipe]
    draws: int = 1
    tokenizer: Any
    inputs: Callable[[str], str] | None = None
    lang: Lang | None
    max_length: int
    seed: int
    _augmenters: dict[tuple[int, int], Augmenter] = field(default_factory=dict, repr=False)

    def __getitem__(self, index: int) -> dict[str, Any]:
        item, copies = self.items[index], self.changed(self.train.rows[index])
        return {**item, "copies": [self._encoded(fields, item) for fields in copies]} if copies else item

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.items)

    def changed(self, row: Row) -> list[Fields]:
        """The copies of a row, as this epoch has them; fewer where two of them are the same."""
        lang = self.lang or row.lang or self.train.lang
        if lang is None:
            raise DataError(
                f"{self.train.name}: the language of row {row.id} is not known", fix="say --lang en or --lang es"
            )
        augmenter = self._augmenter(derive("noise", self.seed, self.epoch, row.id) % len(self.recipes))
        texts = [language(lang).text(field) for field in row.fields]
        items = [Item(id=f"{row.id}/{at}", text=text, lang=lang) for at, text in enumerate(texts)]
        made = [[str(copy.text) for copy in copies] for copies in augmenter(items)]
        most = max(map(len, made), default=0)
        columns = [own + [field] * (most - len(own)) for own, field in zip(made, row.fields, strict=True)]
        return list(zip(*columns, strict=True))

    def _encoded(self, fields: Fields, item: dict[str, Any]) -> dict[str, Any]:
        read = fields if self.inputs is None else tuple(map(self.inputs, fields))
        found = self.tokenizer(*read, truncation=True, max_length=self.max_length)
        return {**{name: found[name] for name in item if name in found}, "labels": item["labels"]}

    def _augmenter(self, which: int) -> Augmenter:
        key = (which, self.epoch)
        if key not in self._augmenters:
            self._augmenters = {other: held for other, held in self._augmenters.items() if other[1] == self.epoch}
            asked, how = self.recipes[which], {"copies": self.draws}
            one = asked.model_copy(update={"augment": asked.augment.model_copy(update=how)})
            self._augmenters[key] = Augmenter(recipe=one, seed=derive("noise", self.seed, self.epoch))
        return self._augmenters[key]


def beside(collate: Callable[[list[dict[str, Any]]], Any]) -> Callable[[list[dict[str, Any]]], Any]:
    """A collator whose batches hold the items and then their copies; `of` says whose copy a row is (-1: none)."""

    def collated(items: list[dict[str, Any]]) -> Any:
        own = [{key: value for key, value in item.items() if key != "copies"} for item in items]
        copies = [(at, copy) for at, item in enumerate(items) for copy in item.get("copies", ())]
        batch = collate([*own, *(copy for _, copy in copies)])
        if copies:
            import torch

            batch["of"] = torch.tensor([-1] * len(own) + [at for at, _ in copies])
        return batch

    return collated


def hardest(model: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """A batch of `beside` with one copy of each item: the one with the highest loss, of the model without dropout."""
    import torch

    rows = dict(inputs)
    of = rows.pop("of", None)
    if of is None or not bool((of[1:] == of[:-1])[of[1:] >= 0].any()):
        return rows
    copies = (of >= 0).nonzero().flatten()
    was = model.training
    with torch.no_grad():
        model.eval()
        logits = model(**{key: value[copies] for key, value in rows.items() if key != "labels"}).logits.float()
        model.train(was)
    losses = torch.nn.functional.cross_entropy(logits, rows["labels"][copies], reduction="none")
    best: dict[int, int] = {}
    for row, item, loss in zip(copies.tolist(), of[copies].tolist(), losses.tolist(), strict=True):
        if item not in best or loss > float(losses[best[item] - int(copies[0])]):
            best[item] = row
    kept = torch.cat([(of < 0).nonzero().flatten(), torch.tensor(sorted(best.values()), device=of.device)])
    return {key: value[kept] for key, value in rows.items()}
