"""The progress bar of an attack: examples done, queries a second, time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from robust.runner import Progress


class Tell(Protocol):
    """Takes the news of an attack; `title` replaces what stands before the bar."""

    def __call__(self, news: Progress, /, *, title: str | None = None) -> None: ...


@contextmanager
def attack_bar(title: str) -> Iterator[Tell]:
    """Show a bar on standard error when it is a terminal, nothing otherwise; yields what to call with news."""
    import rich.progress as bars

    from robust.cli.present import console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[successes]} broken"),
        bars.TextColumn("{task.fields[rate]:,.0f} queries/s"),
        bars.TimeRemainingColumn(),
    )
    out = console(stderr=True)
    with bars.Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(title, total=None, successes=0, rate=0.0)

        def tell(news: Progress, /, *, title: str | None = None) -> None:
            rate = news.queries / news.seconds if news.seconds else 0.0
            bar.update(
                task, description=title, completed=news.done, total=news.total, successes=news.successes, rate=rate
            )

        yield tell
