from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import pytest

from robust.engine.batching import OWN, RECOVERY, Batcher
from robust.errors import ModelError, OutOfMemory


@dataclass
class Doubling:
    """Doubles numbers; an item costs its value, and a batch above `room` does not fit."""

    room: int = 10**9
    batches: list[list[int]] = field(default_factory=list)
    identity: str = "doubling"
    own_batches: bool = False

    def key(self, item: int, /) -> Hashable:
        return item

    def cost(self, item: int, /) -> int:
        return item

    def __call__(self, items: Sequence[int], /) -> Sequence[int]:
        if max(items) * len(items) > self.room:
            raise OutOfMemory
        self.batches.append(list(items))
        return [2 * item for item in items]


def test_answers_keep_the_order_of_the_items() -> None:
    items = [5, 1, 9, 3, 3, 7]
    assert Batcher(tokens=10).run(Doubling(), items) == [10, 2, 18, 6, 6, 14]


def test_neighbours_in_length_share_a_batch_within_the_budget() -> None:
    service = Doubling()
    Batcher(tokens=12).run(service, [9, 1, 2, 6, 3, 5, 4])
    assert [sorted(batch) for batch in service.batches] == [[1, 2, 3], [4, 5], [6], [9]]


def test_at_most_so_many_items() -> None:
    service = Doubling()
    Batcher(tokens=1000, items=3).run(service, [1] * 8)
    assert [len(batch) for batch in service.batches] == [3, 3, 2]


def test_the_budget_halves_when_memory_runs_out_and_recovers() -> None:
    service, batcher = Doubling(room=40), Batcher(tokens=128)
    assert batcher.run(service, list(range(1, 9))) == [2 * i for i in range(1, 9)]
    assert batcher.budget(service) <= 40
    service.room = 10**9
    for _ in range(4 * RECOVERY):
        batcher.run(service, [1])
    assert batcher.budget(service) == 128


def test_one_service_out_of_memory_does_not_slow_the_others() -> None:
    batcher = Batcher(tokens=64)
    service = Doubling(room=16)
    batcher.run(service, [2] * 30)
    assert batcher.budget(service) < 64
    assert batcher.budget(Doubling(identity="another")) == 64


def test_a_service_that_cuts_its_batches_itself_is_given_more_and_less_when_it_does_not_fit() -> None:
    service, batcher = Doubling(own_batches=True), Batcher(tokens=8)
    assert batcher.run(service, [1] * (8 * OWN + 1)) == [2] * (8 * OWN + 1)
    assert [len(batch) for batch in service.batches] == [8 * OWN, 1]
    service.room = 4
    batcher.run(service, [1] * 8)
    assert batcher.budget(service) == 4
    service.room = 10**9
    for _ in range(8 * RECOVERY):
        batcher.run(service, [1])
    assert batcher.budget(service) == 8 * OWN


def test_one_item_that_does_not_fit_is_said() -> None:
    with pytest.raises(ModelError, match="does not fit"):
        Batcher(tokens=64).run(Doubling(room=10), [20])


def test_a_service_must_answer_every_item() -> None:
    class Short(Doubling):
        def __call__(self, items: Sequence[int], /) -> Sequence[int]:
            return [0]

    with pytest.raises(ValueError, match="gave 1 answers for 2 items"):
        Batcher().run(Short(), [1, 1])
