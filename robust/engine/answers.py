"""Answers what searches ask: from the store when it is there, else from the service, each distinct item once."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from robust.core.calls import Service
from robust.engine.batching import Batcher
from robust.engine.store import Keys, Store


@runtime_checkable
class Storable(Protocol):
    """A service whose answers are worth keeping on disk."""

    def parts(self, item: Any, /) -> Sequence[str]:
        """The item as strings; distinct items give distinct sequences."""
        ...

    def encode(self, item: Any, answer: Any, /) -> bytes: ...
    def decode(self, item: Any, data: bytes, /) -> Any: ...


@dataclass(kw_only=True)
class Stats:
    """What the engine did: items asked of services, answered by sharing or from the store, and computed."""

    asked: int = 0
    shared: int = 0
    from_store: int = 0
    computed: int = 0
    batches: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    """Time inside each service, by identity."""
    listener: Callable[[Stats], None] | None = None
    """Told after every group of answers."""

    def as_dict(self) -> dict[str, Any]:
        """The counts and times as JSON-ready values."""
        counts = ("asked", "shared", "from_store", "computed", "batches")
        return {**{name: getattr(self, name) for name in counts}, "seconds": dict(self.seconds)}


@dataclass(kw_only=True)
class Answers:
    """The engine's `Answerer`: de-duplicates, looks up, batches, keeps."""

    batcher: Batcher
    store: Store | None = None
    stats: Stats = field(default_factory=Stats)
    _keys: dict[str, Keys] = field(default_factory=dict)

    def __call__(self, service: Service[Any, Any], items: Sequence[Any]) -> list[Any]:
        wanted = [service.key(item) for item in items]
        todo: dict[Hashable, Any] = {}
        for key, item in zip(wanted, items, strict=True):
            todo.setdefault(key, item)
        self.stats.asked += len(items)
        self.stats.shared += len(items) - len(todo)
        known = self._lookup(service, todo) if self.store is not None and isinstance(service, Storable) else {}
        rest = [key for key in todo if key not in known]
        if rest:
            began = time.perf_counter()
            fresh = self.batcher.run(service, [todo[key] for key in rest])
            spent = self.stats.seconds
            spent[service.identity] = spent.get(service.identity, 0.0) + time.perf_counter() - began
            self.stats.computed += len(rest)
            known.update(zip(rest, fresh, strict=True))
            if self.store is not None and isinstance(service, Storable):
                digest = self._digest(service)
                self.store.put([(digest(service.parts(todo[k])), service.encode(todo[k], known[k])) for k in rest])
        self.stats.batches = self.batcher.batches
        if self.stats.listener is not None:
            self.stats.listener(self.stats)
        return [known[key] for key in wanted]

    def _digest(self, service: Service[Any, Any]) -> Keys:
        if service.identity not in self._keys:
            self._keys[service.identity] = Keys(service.identity)
        return self._keys[service.identity]

    def _lookup(self, service: Any, todo: dict[Hashable, Any]) -> dict[Hashable, Any]:
        assert self.store is not None
        digest = self._digest(service)
        keys = {digest(service.parts(item)): key for key, item in todo.items()}
        found = self.store.get(list(keys))
        self.stats.from_store += len(found)
        return {keys[k]: service.decode(todo[keys[k]], value) for k, value in found.items()}
