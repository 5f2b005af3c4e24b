"""From a source to a file of copies: streamed, and by several processes where that is asked for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, Literal, Protocol

from robust.core.types import Lang, Task
from robust.data.table import DataSpec
from robust.data.write import write
from robust.errors import UserError
from robust.stages.augment.items import Copy, Item
from robust.stages.augment.tasks import Kind, Out, open_rows

ROWS = 256
"""Rows that are changed together, and sent to another process together."""


class Maker(Protocol):
    """What makes copies: a recipe's steps, or an attack."""

    @property
    def runs_a_model(self) -> bool:
        """Whether a model is asked, so that one process has to do."""
        ...

    def __call__(self, items: Sequence[Item], /) -> list[list[Copy]]:
        """The copies of each item."""
        ...


@dataclass(frozen=True, kw_only=True)
class AugmentRequest:
    """What `robust augment` is asked for.

    `lang` is the language of rows that do not say. `keep` writes every row before its copies. `workers` processes work
    at a time; what is written does not depend on it.
    """

    maker: Maker
    data: DataSpec
    out: str
    task: Task = "classification"
    field: Literal[0, 1] = 0
    lang: Lang | None = None
    keep: bool = False
    workers: int = 1


@dataclass(slots=True)
class Report:
    """What was made: rows used, copies, rows without any, words changed in all copies together, seconds.

    `left_out` counts rows that were not used, by label or reason.
    """

    n: int = 0
    copies: int = 0
    unchanged: int = 0
    words_changed: int = 0
    seconds: float = 0.0
    left_out: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The numbers as `--json` prints them."""
        mean = self.words_changed / self.copies if self.copies else None
        told = {"n": self.n, "copies": self.copies, "unchanged": self.unchanged, "words_changed_mean": mean}
        return {**told, "left_out": self.left_out, "seconds": round(self.seconds, 3)}


@dataclass(slots=True)
class _Made:
    rows: list[Out] = field(default_factory=list)
    report: Report = field(default_factory=Report)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done with each piece, in whichever process."""

    maker: Maker
    kind: Kind
    keep: bool

    def __call__(self, piece: Sequence[Any]) -> _Made:
        made = _Made()
        found = self.maker([self.kind.item(row) for row in piece])
        for row, copies in zip(piece, found, strict=True):
            if self.keep:
                made.rows.append(self.kind.kept(row))
            made.rows += [self.kind.copied(row, copy) for copy in copies]
            made.report.n += 1
            made.report.copies += len(copies)
            made.report.unchanged += not copies
            made.report.words_changed += sum(copy.text.words_changed for copy in copies)
        return made


def augment(request: AugmentRequest) -> Report:
    """Write the copies of a source. Raises the `RobustError` family; then, or when interrupted, nothing is written."""
    if request.workers > 1 and request.maker.runs_a_model:
        raise UserError("--workers: the recipe runs a model, which one process does", fix="leave --workers out")
    began, report = time.perf_counter(), Report()
    with open_rows(request.data, request.task, field=request.field, lang=request.lang, size=ROWS) as source:
        work = _Work(request.maker, source.kind, request.keep)

        def rows() -> Iterator[Out]:
            found = map(work, source.pieces) if request.workers == 1 else _shared(work, source.pieces, request.workers)
            for made in found:
                report.n += made.report.n
                report.copies += made.report.copies
                report.unchanged += made.report.unchanged
                report.words_changed += made.report.words_changed
                yield from made.rows

        write(rows(), source.columns, request.out, types=source.types)
        report.left_out = dict(source.left_out)
    report.seconds = time.perf_counter() - began
    return report


_work: _Work | None = None


def _begin(work: _Work) -> None:
    global _work
    _work = work


def _one(piece: Sequence[Any]) -> _Made:
    assert _work is not None
    return _work(piece)


def _shared(work: _Work, pieces: Iterator[Sequence[Any]], workers: int) -> Iterator[_Made]:
    """The pieces in order, worked on by several processes; a few at a time, so that memory stays flat."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(work,))
    waiting: deque[Future[_Made]] = deque()
    try:
        for piece in pieces:
            waiting.append(pool.submit(_one, piece))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
