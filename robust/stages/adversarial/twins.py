"""Training items with adversarial twins: an example and what an attack made of it share a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from robust.stages.adversarial.wrapped import Wrapped


@dataclass(kw_only=True)
class Twinned(Wrapped):
    """Items, some of which bring a twin under the key `twin`; which ones is told before each epoch.

    Yoo & Qi 2021 (arXiv:2109.00544), eq. 2: the loss is L(x, y) + L(x′, y), with their weight of 1.

    *Differs from the authors' code*, which shuffles texts and twins together: here an epoch has the same number of
    updates however many twins there are, and a batch with twins is larger.
    """

    twins: Mapping[int, dict[str, Any]] = field(default_factory=dict)

    def __getitem__(self, index: int) -> dict[str, Any]:
        item = self.items[index]
        return {**item, "twin": self.twins[index]} if index in self.twins else item


def together(collate: Callable[[list[dict[str, Any]]], Any]) -> Callable[[list[dict[str, Any]]], Any]:
    """A collator whose batches hold the items and, after them, their twins."""

    def collated(items: list[dict[str, Any]]) -> Any:
        own = [{key: value for key, value in item.items() if key != "twin"} for item in items]
        return collate([*own, *(item["twin"] for item in items if "twin" in item)])

    return collated
