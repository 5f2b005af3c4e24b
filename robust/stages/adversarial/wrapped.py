"""Training items made of other ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from robust.stages.tasks import Items


@dataclass(kw_only=True)
class Wrapped:
    """As many items as `items` has, of the same epoch; each is made of the one at its place."""

    items: Items

    @property
    def epoch(self) -> int:
        """The epoch of the items."""
        return self.items.epoch

    @epoch.setter
    def epoch(self, value: int) -> None:
        self.items.epoch = value

    @property
    def cut(self) -> int:
        """How many of the items were longer than the model reads."""
        return self.items.cut

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.items[index]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(len(self)))
