"""Cuts what is asked into batches that fit: sorted by length, to a token budget that halves when memory runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from robust.core.calls import Service
from robust.errors import ModelError, OutOfMemory

RECOVERY = 32
"""Batches that must fit before a halved budget is doubled again."""


@dataclass(kw_only=True)
class Batcher:
    """Asks services in batches; each service has its own budget.

    `tokens` is the most padded tokens (items × longest item) of a batch, `items` the most items. Neighbours in length
    share a batch, so little is spent on padding. When a batch does not fit, its service's budget halves and the batch
    is cut again; after `RECOVERY` batches that fit, the budget doubles until it is `tokens` again.
    """

    tokens: int = 8192
    items: int = 1024
    batches: int = 0
    _budgets: dict[str, int] = field(default_factory=dict)
    _fitting: dict[str, int] = field(default_factory=dict)

    def run(self, service: Service[Any, Any], items: Sequence[Any]) -> list[Any]:
        """One answer for each item, in order. Raises `ModelError` when a single item does not fit."""
        costs = [max(1, service.cost(item)) for item in items]
        order = sorted(range(len(items)), key=costs.__getitem__)
        answers: list[Any] = [None] * len(items)
        at = 0
        while at < len(order):
            chosen = self._next(service.identity, order, costs, at)
            try:
                got = service([items[i] for i in chosen])
            except OutOfMemory as error:
                self._shrink(service.identity, len(chosen), sum(costs[i] for i in chosen), error)
                continue
            if len(got) != len(chosen):
                raise ValueError(f"{service.identity} gave {len(got)} answers for {len(chosen)} items")
            for i, value in zip(chosen, got, strict=True):
                answers[i] = value
            at += len(chosen)
            self.batches += 1
            self._grow(service.identity)
        return answers

    def budget(self, identity: str) -> int:
        """The present token budget of a service."""
        return self._budgets.get(identity, self.tokens)

    def _next(self, identity: str, order: list[int], costs: list[int], at: int) -> list[int]:
        budget, end = self.budget(identity), at + 1
        while end < len(order) and end - at < self.items and costs[order[end]] * (end - at + 1) <= budget:
            end += 1
        return order[at:end]

    def _shrink(self, identity: str, n: int, tokens: int, error: OutOfMemory) -> None:
        if n == 1:
            raise ModelError(
                f"one input of about {tokens} tokens does not fit in memory",
                fix="use a smaller model, a shorter maximum length or another device",
            ) from error
        self._budgets[identity] = max(1, min(self.budget(identity), tokens) // 2)
        self._fitting[identity] = 0

    def _grow(self, identity: str) -> None:
        if identity in self._budgets:
            self._fitting[identity] += 1
            if self._fitting[identity] >= RECOVERY:
                self._fitting[identity] = 0
                self._budgets[identity] *= 2
                if self._budgets[identity] >= self.tokens:
                    del self._budgets[identity]
