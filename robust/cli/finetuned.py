"""How a fine-tuning looks while it runs and when it is done: a bar, a table of scores, a summary for `--json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from robust.stages.finetune import Finetuned


def summary(result: Finetuned, recipe: str) -> dict[str, Any]:
    """What `--json` prints."""
    scores = {name: {kind: score.as_dict() for kind, score in found.items()} for name, found in result.scores.items()}
    return {
        "model": str(result.out),
        "recipe": recipe,
        "labels": list(result.labels),
        "parameters": result.parameters,
        "n_train": result.n_train,
        "task": result.task,
        "measure": result.measure,
        **_accuracies(result),
        "dev_scores": scores.pop("dev"),
        "test_scores": scores,
        "baseline_accuracy": {name: score.as_dict() for name, score in result.baseline.items()},
        "epochs": result.epochs,
        "steps": result.steps,
        "processes": result.processes,
        "seconds": round(result.seconds, 2),
        "tokens": result.tokens,
        "energy": result.energy and result.energy.as_dict(),
        "resumed": result.resumed,
        "notes": list(result.notes),
    }


def _accuracies(result: Finetuned) -> dict[str, Any]:
    found = {name: scores["accuracy"].as_dict() for name, scores in result.scores.items() if "accuracy" in scores}
    return {"dev_accuracy": found.pop("dev"), "test_accuracy": found} if found else {}


def show(result: Finetuned, *, to_stderr: bool) -> None:
    """Print the scores of every set, what was noted on the way, and where the model is."""
    from rich import box
    from rich.table import Table

    from robust.cli.present import console
    from robust.stages.card import score_rows

    screen = console(stderr=to_stderr)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    head, rows = score_rows(result)
    for name in head:
        table.add_column(name, justify="right" if name == "n" else "left")
    for row in rows:
        table.add_row(*row)
    screen.print(table)
    for note in result.notes:
        screen.print(f"note: {note}")
    cost = f", {result.tokens / result.seconds:,.0f} tokens/s, {result.energy}" if result.tokens else ""
    screen.print(f"{result.n_train} rows, {result.epochs:g} epochs, {result.seconds:.0f} s{cost} → {result.out}")


@contextmanager
def bar(title: str, measure: str | None) -> Iterator[Callable[[int, int, Mapping[str, float]], None]]:
    """A bar on a terminal's standard error; elsewhere one line for every evaluation.

    Shows `measure` of the dev set, or the task's own where it is None.
    """
    import rich.progress as bars

    from robust.cli.present import console
    from robust.stages.card import NAMES
    from robust.stages.processes import first

    screen = console(stderr=True)
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TextColumn("loss {task.fields[loss]} dev {task.fields[dev]}"),
        bars.TimeRemainingColumn(),
    )
    hidden = not (screen.is_terminal and first())
    with bars.Progress(*columns, console=screen, transient=True, disable=hidden) as shown_bar:
        task = shown_bar.add_task(title, total=None, loss="–", dev="–")

        def tell(step: int, steps: int, numbers: Mapping[str, float]) -> None:
            shown: dict[str, Any] = {"loss": f"{float(numbers['loss']):.3f}"} if "loss" in numbers else {}
            known = [name for name in (measure, "f1", "accuracy") if f"eval_{name}" in numbers]
            if known:
                kind = str(known[0])
                value = numbers[f"eval_{kind}"]
                shown["dev"] = f"{value:.3f}" if kind == "matthews" else f"{100 * value:.1f} %"
                if not screen.is_terminal:
                    named = NAMES.get(kind, kind)
                    screen.print(f"{title}: step {step} of {steps}, dev {named} {shown['dev']}")
            shown_bar.update(task, completed=step, total=steps, **shown)

        yield tell
