"""The progress bar of commands that train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int, Mapping[str, float]], None]]:
    """A bar on a terminal's standard error; elsewhere a line for every evaluation and each twentieth of the way."""
    import rich.progress as bars

    from robust.cli.present import console

    screen = console(stderr=True)
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[shown]}"),
        bars.TimeRemainingColumn(),
    )
    said = -1
    with bars.Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(title, total=None, shown="")
        parts: dict[str, str] = {}

        def tell(step: int, steps: int, numbers: Mapping[str, float]) -> None:
            nonlocal said
            if "loss" in numbers:
                parts["loss"] = f"{float(numbers['loss']):.3f}"
            evaluated = [name for name in numbers if name.startswith("eval_") and name.endswith(_MEASURES)]
            for name in evaluated:
                parts[f"dev {name.removeprefix('eval_')}"] = f"{100 * numbers[name]:.1f} %"
            shown = ", ".join(f"{name} {value}" for name, value in parts.items())
            twentieth = 20 * step // max(1, steps)
            if not screen.is_terminal and (evaluated or twentieth > said):
                screen.print(f"{title}: step {step} of {steps}, {shown}")
                said = twentieth
            progress.update(task, completed=step, total=steps, shown=shown)

        yield tell


_MEASURES: Any = ("accuracy", "f1", "matthews", "exact_match", "mean")
