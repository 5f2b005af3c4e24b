"""Synchronous code beside a coroutine: it runs until it asks, the coroutine answers, it goes on.

A greenlet where there is one (a switch takes well under a microsecond), else a thread; either way one of the two runs
at a time, so nothing depends on a clock.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

try:
    import greenlet
except ImportError:
    greenlet = None

Q = TypeVar("Q")
A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Q]):
    question: Q


class _Gone(BaseException):
    """Thrown into code that nobody waits for any more; no `except Exception` catches it."""


class _Line(Protocol):
    """The other side: each method lets it run until it asks (`_Asked`), ends (its result) or raises."""

    def start(self) -> Any: ...
    def send(self, answer: Any, /) -> Any: ...
    def throw(self, error: BaseException, /) -> Any: ...
    def close(self) -> None: ...


async def beside(
    work: Callable[[Callable[[Q], A]], R],
    answer: Callable[[Q], Awaitable[A]],
    *,
    inside: Callable[[], AbstractContextManager[None]],
    threads: bool | None = None,
) -> R:
    """Run `work(ask)`, awaiting `answer(question)` for each `ask(question)` it makes; returns what it returns.

    `inside()` is entered whenever `work` runs, and left whenever it waits. What `answer` raises is raised where `work`
    asked. If this coroutine is closed, so is `work`. `threads`: True for a thread even where there are greenlets.
    """
    use_threads = greenlet is None if threads is None else threads
    line: _Line = _Thread(work) if use_threads else _Greenlet(work)
    try:
        with inside():
            said = line.start()
        while isinstance(said, _Asked):
            try:
                reply = await answer(said.question)
            except Exception as error:
                with inside():
                    said = line.throw(error)
            else:
                with inside():
                    said = line.send(reply)
        result: R = said
        return result
    finally:
        with inside():
            line.close()


class _Greenlet:
    def __init__(self, work: Callable[[Callable[[Any], Any]], Any]) -> None:
        self._other = greenlet.greenlet(lambda: work(self._ask))

    def _ask(self, question: Any) -> Any:
        return self._other.parent.switch(_Asked(question))

    def _resumed(self, how: Callable[..., Any], *given: Any) -> Any:
        self._other.parent = greenlet.getcurrent()  # whoever resumes it gets the next question
        return how(*given)

    def start(self) -> Any:
        return self._resumed(self._other.switch)

    def send(self, answer: Any, /) -> Any:
        return self._resumed(self._other.switch, answer)

    def throw(self, error: BaseException, /) -> Any:
        return self._resumed(self._other.throw, error)

    def close(self) -> None:
        if self._other:  # started, and not at its end
            self._resumed(self._other.throw, greenlet.GreenletExit)


class _Thread:
    def __init__(self, work: Callable[[Callable[[Any], Any]], Any]) -> None:
        self._work = work
        self._to_other, self._to_us = threading.Semaphore(0), threading.Semaphore(0)
        self._message: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._message = self._work(self._ask)
        except BaseException as error:  # it belongs to the one who waits
            self._error = error
        self._to_us.release()

    def _ask(self, question: Any) -> Any:
        self._message = _Asked(question)
        self._to_us.release()
        self._to_other.acquire()
        return self._taken()

    def _taken(self) -> Any:
        error, self._error = self._error, None
        if error is not None:
            raise error
        message, self._message = self._message, None
        return message

    def _wait(self) -> Any:
        self._to_us.acquire()
        return self._taken()

    def start(self) -> Any:
        self._thread.start()
        return self._wait()

    def send(self, answer: Any, /) -> Any:
        self._message = answer
        self._to_other.release()
        return self._wait()

    def throw(self, error: BaseException, /) -> Any:
        self._error = error
        self._to_other.release()
        return self._wait()

    def close(self) -> None:
        if self._thread.is_alive():
            self._error = _Gone()
            self._to_other.release()
            self._thread.join()
