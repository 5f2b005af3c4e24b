"""Cuts what is asked into batches that fit: sorted by length, to a token budget that halves when memory runs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from robust.core.calls import Service
from robust.errors import ModelError, OutOfMemory

RECOVERY = 32
"""Batches that must fit before a halved budget is doubled again."""
OWN = 8
"""How many times the budget a service gets that cuts what it is given by itself: the more, the more of one length."""


@dataclass(kw_only=True)
class Batcher:
    """Asks services in batches; each service has its own budget.

    `tokens` is the most padded tokens (items × longest item) of a batch, `items` the most items. Neighbours in length
    share a batch, so little is spent on padding. When a batch does not fit, its service's budget halves and the batch
    is cut again; after `RECOVERY` batches that fit, the budget doubles until it is what it was. A service that says
    `own_batches` has `OWN` times the budget.
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
            chosen = self._next(self.budget(service), order, costs, at)
            try:
                got = service([items[i] for i in chosen])
            except OutOfMemory as error:
                self._shrink(service, len(chosen), sum(costs[i] for i in chosen), error)
                continue
            if len(got) != len(chosen):
                raise ValueError(f"{service.identity} gave {len(got)} answers for {len(chosen)} items")
            for i, value in zip(chosen, got, strict=True):
                answers[i] = value
            at += len(chosen)
            self.batches += 1
            self._grow(service)
        return answers

    def budget(self, service: Service[Any, Any]) -> int:
        """The present token budget of a service."""
        return self._budgets.get(service.identity, self._most(service))

    def _most(self, service: Service[Any, Any]) -> int:
        return self.tokens * (OWN if getattr(service, "own_batches", False) else 1)

    def _next(self, budget: int, order: list[int], costs: list[int], at: int) -> list[int]:
        end = at + 1
        while end < len(order) and end - at < self.items and costs[order[end]] * (end - at + 1) <= budget:
            end += 1
        return order[at:end]

    def _shrink(self, service: Service[Any, Any], n: int, tokens: int, error: OutOfMemory) -> None:
        if n == 1:
            raise ModelError(
                f"one input of about {tokens} tokens does not fit in memory",
                fix="use a smaller model, a shorter maximum length or another device",
            ) from error
        self._budgets[service.identity] = max(1, min(self.budget(service), tokens) // 2)
        self._fitting[service.identity] = 0

    def _grow(self, service: Service[Any, Any]) -> None:
        identity = service.identity
        if identity in self._budgets:
            self._fitting[identity] += 1
            if self._fitting[identity] >= RECOVERY:
                self._fitting[identity] = 0
                self._budgets[identity] *= 2
                if self._budgets[identity] >= self._most(service):
                    del self._budgets[identity]
