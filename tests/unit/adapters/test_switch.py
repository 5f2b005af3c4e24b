"""Synchronous code beside a coroutine, in a greenlet and in a thread."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest

from robust.adapters.switch import beside

WAYS = [
    pytest.param(True, id="thread"),
    pytest.param(
        False,
        id="greenlet",
        marks=pytest.mark.skipif(find_spec("greenlet") is None, reason="greenlet is not installed"),
    ),
]


class Suspended:
    """What a coroutine awaits until somebody sends it an answer."""

    def __init__(self, question: Any) -> None:
        self.question = question

    def __await__(self) -> Iterator[Any]:
        return (yield self.question)


def started(work: Callable[..., Any], log: list[str], *, threads: bool) -> Coroutine[Any, Any, Any]:
    @contextmanager
    def inside() -> Iterator[None]:
        log.append("in")
        yield
        log.append("out")

    async def answer(question: Any) -> Any:
        return await Suspended(question)

    return beside(work, answer, inside=inside, threads=threads)


@pytest.mark.parametrize("threads", WAYS)
def test_many_take_turns(threads: bool) -> None:
    def work(ask: Callable[[int], int], base: int) -> list[int]:
        return [ask(base + at) for at in range(3)]

    running = [(base, started(lambda ask, base=base: work(ask, base), [], threads=threads)) for base in (0, 10, 20)]
    asked = {base: [one.send(None)] for base, one in running}
    results: dict[int, list[int]] = {}
    for _ in range(3):
        for base, one in reversed(running):
            try:
                asked[base].append(one.send(asked[base][-1] * 100))
            except StopIteration as stop:
                results[base] = stop.value
    assert asked == {base: [base, base + 1, base + 2] for base in (0, 10, 20)}
    assert results == {base: [100 * (base + at) for at in range(3)] for base in (0, 10, 20)}


@pytest.mark.parametrize("threads", WAYS)
def test_its_surroundings_are_there_only_while_it_runs(threads: bool) -> None:
    log: list[str] = []

    def work(ask: Callable[[str], str]) -> str:
        log.append("runs")
        return ask("?") + "!"

    one = started(work, log, threads=threads)
    assert one.send(None) == "?"
    assert log == ["in", "runs", "out"]
    with pytest.raises(StopIteration, match="yes!"):
        one.send("yes")
    assert log.count("in") == log.count("out")


@pytest.mark.parametrize("threads", WAYS)
def test_errors_cross_over_both_ways(threads: bool) -> None:
    def work(ask: Callable[[str], str]) -> str:
        try:
            return ask("?")
        except KeyError:
            raise ValueError("from within") from None

    one = started(work, [], threads=threads)
    one.send(None)
    with pytest.raises(ValueError, match="from within"):
        one.throw(KeyError("from without"))


@pytest.mark.parametrize("threads", WAYS)
def test_closing_ends_it_through_its_finally(threads: bool) -> None:
    log: list[str] = []

    def work(ask: Callable[[str], str]) -> str:
        try:
            return ask("?")
        except Exception:
            log.append("caught")  # being closed is no exception that a broad handler may swallow
            return ""
        finally:
            log.append("cleaned up")

    one = started(work, [], threads=threads)
    one.send(None)
    one.close()
    assert log == ["cleaned up"]


@pytest.mark.parametrize("threads", WAYS)
def test_one_that_never_started_can_be_closed(threads: bool) -> None:
    started(lambda ask: ask("?"), [], threads=threads).close()
