"""Runs many searches at once on one thread and merges what they ask for.

A search runs until it awaits a `Call`; when every search in flight waits, the service that the most items wait for is
asked once for all of them. There is no clock and no event loop: the order of events follows from the answers alone,
so the same answers give the same run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from robust.core.calls import Call, Service
from robust.errors import RobustError


class Stepper(Protocol):
    """What coroutines, generators and bridges to threads or greenlets have in common."""

    def send(self, value: Any, /) -> Any: ...
    def throw(self, error: BaseException, /) -> Any: ...
    def close(self) -> Any: ...


Answerer = Callable[[Service[Any, Any], Sequence[Any]], list[Any]]
"""Answers the items of one service, in order."""

Waiting = tuple[str, Stepper, Call[Any, Any]]


def drive(
    tasks: Iterable[tuple[str, Callable[[], Stepper]]], *, answer: Answerer, in_flight: int
) -> Iterator[tuple[str, Any]]:
    """Yield `(task name, return value)` as tasks finish, or `(task name, exception)` for one that failed.

    A fault of a service reaches only the tasks whose own items cause it. A `RobustError` (the endpoint is gone, say)
    ends the run instead: it is not about one task. Closing the iterator closes every task in flight.
    """
    if in_flight < 1:
        raise ValueError("in_flight must be at least 1")
    source = iter(tasks)
    waiting: dict[str, list[Waiting]] = {}
    finished: deque[tuple[str, Any]] = deque()
    alive: dict[str, Stepper] = {}

    def resume(name: str, step: Callable[[Any], Any], argument: Any) -> None:
        try:
            call = step(argument)
            if not isinstance(call, Call):
                raise TypeError(
                    f"the search of {name!r} awaited {type(call).__name__}; a search may await only its scope's methods"
                )
        except StopIteration as stop:
            del alive[name]
            finished.append((name, stop.value))
        except RobustError:
            raise
        except Exception as error:
            alive.pop(name).close()
            finished.append((name, error))
        else:
            waiting.setdefault(call.service.identity, []).append((name, alive[name], call))

    try:
        while True:
            while len(alive) < in_flight and (task := next(source, None)) is not None:
                name, start = task
                if name in alive:
                    raise ValueError(f"two tasks are called {name!r}")
                alive[name] = start()
                resume(name, alive[name].send, None)
            while finished:
                yield finished.popleft()
            if waiting:
                most = max(waiting, key=lambda service: sum(len(call.items) for _, _, call in waiting[service]))
                for name, task_, reply in _answered(waiting.pop(most), answer):
                    resume(name, task_.throw if isinstance(reply, Exception) else task_.send, reply)
            elif not alive:
                return
    finally:
        for stepper in alive.values():
            stepper.close()


def _answered(calls: list[Waiting], answer: Answerer) -> Iterator[tuple[str, Stepper, list[Any] | Exception]]:
    service = calls[0][2].service
    items = [item for _, _, call in calls for item in call.items]
    try:
        answers = answer(service, items)
    except RobustError:
        raise
    except Exception as error:
        if len(calls) == 1:
            yield calls[0][0], calls[0][1], error
            return
        for waiting in calls:  # each alone, so that only the guilty one fails
            yield from _answered([waiting], answer)
        return
    at = 0
    for name, task, call in calls:
        yield name, task, answers[at : at + len(call.items)]
        at += len(call.items)
