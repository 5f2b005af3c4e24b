"""`robust finetune` with a recipe of several tasks: data by the names of the tasks, the shared model and its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from robust.recipe.finetune import FinetuneRecipe
    from robust.stages.multitask import Multitasked, TaskData


def run(
    plan: FinetuneRecipe,
    *,
    sources: Mapping[str, Sequence[str]],
    maps: Sequence[str],
    columns: Mapping[str, Any],
    tags: str | None,
    common: Mapping[str, Any],
    out: Path,
    device: str,
    force: bool,
    as_json: bool,
) -> None:
    """Train and show the result.

    `sources` are what `data`, `dev` and `test` were given, as `task=FILE`; `maps` their label maps, in that order, or
    one for all classifiers. `columns` are fields of `DataSpec` for texts with a label, `tags` is where tagged words
    have their tags, `common` are fields for all.
    """
    from robust.cli.training import bar
    from robust.stages.multitask import multitask
    from robust.stages.processes import first

    data = _read(plan, sources, maps, columns, tags, common)
    try:
        with bar(plan.name) as progress:
            result = multitask(
                plan, data, out=out, device="cpu" if device == "cpu" else "auto", force=force, progress=progress
            )
    except KeyboardInterrupt:
        if first():
            typer.echo("interrupted: the same command goes on from the last evaluation", err=True)
        raise typer.Exit(130) from None
    if not first():
        return
    _show(result, to_stderr=as_json)
    if as_json:
        typer.echo(json.dumps(_summary(result, plan.name), ensure_ascii=False))


def _read(
    plan: FinetuneRecipe,
    sources: Mapping[str, Sequence[str]],
    maps: Sequence[str],
    columns: Mapping[str, Any],
    tags: str | None,
    common: Mapping[str, Any],
) -> dict[str, TaskData]:
    from robust.cli.finetune import _named, spread
    from robust.data.labels import parse_label_map
    from robust.data.table import DataSpec
    from robust.stages.multitask import TaskData, plan_of
    from robust.stages.tasks import read, task_of

    every = [(option, *_parted(plan, option, given)) for option, several in sources.items() for given in several]
    matched = spread(maps, len(sources["data"]), len(every))
    found: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for (option, name, source), mapping in zip(every, matched, strict=True):
        one = plan_of(plan, name)
        told = dict(common)
        if one.task == "tagging":
            told["label"] = tags
            mapping = "" if len(maps) == 1 else mapping  # one map for all is one for all labels, not tags
        else:
            told.update(columns)
            if not source.partition(".")[2]:
                told["header"] = None
        if not source.startswith("hf:"):
            told["split"] = None
        spec = DataSpec(source=source, label_map=parse_label_map(mapping) if mapping else {}, **told)
        found.setdefault((name, option), []).append((source, read(one, spec)))
    tables = {}
    for name in dict.fromkeys(name for _, name, _ in every):
        join = task_of(plan_of(plan, name)).join
        train, dev, tests = (found.get((name, option), []) for option in ("data", "dev", "test"))
        if train:
            tables[name] = TaskData(
                train=join([table for _, table in train]),
                dev=join([table for _, table in dev]) if dev else None,
                tests=_named([source for source, _ in tests], [table for _, table in tests]),
            )
    return tables


def _parted(plan: FinetuneRecipe, option: str, given: str) -> tuple[str, str]:
    """Task and source of `task=FILE`."""
    from robust.errors import UserError, did_you_mean

    name, equals, source = given.partition("=")
    known = ", ".join(plan.tasks)
    if not equals or not source:
        raise UserError(
            f"--{option} {given}: for which of the tasks {known}?",
            fix=f"write --{option} {next(iter(plan.tasks))}=FILE",
        )
    if name not in plan.tasks:
        hint = did_you_mean(name, plan.tasks) or f"its tasks are {known}"
        raise UserError(f"--{option} {given}: {plan.name} has no task {name!r}", fix=hint)
    return name, source


def _summary(result: Multitasked, recipe: str) -> dict[str, Any]:
    def scores(done: Any, name: str) -> dict[str, Any]:
        return {kind: score.as_dict() for kind, score in done.scores[name].items()}

    return {
        "model": str(result.out),
        "recipe": recipe,
        "tasks": {
            name: {
                "model": str(done.out),
                "task": done.task,
                "labels": list(done.labels),
                "n_train": done.n_train,
                "measure": done.measure,
                "dev_scores": scores(done, "dev"),
                "test_scores": {at: scores(done, at) for at in done.scores if at != "dev"},
                "notes": list(done.notes),
            }
            for name, done in result.tasks.items()
        },
        "mean": result.mean,
        "parameters": result.parameters,
        "steps": result.steps,
        "epochs": result.epochs,
        "seconds": round(result.seconds, 2),
        "tokens": result.tokens,
        "energy": result.energy and result.energy.as_dict(),
        "resumed": result.resumed,
    }


def _show(result: Multitasked, *, to_stderr: bool) -> None:
    from rich import box
    from rich.table import Table

    from robust.cli.present import console
    from robust.stages.card import score_rows

    screen = console(stderr=to_stderr)
    for name, done in result.tasks.items():
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, title=name, title_justify="left")
        head, rows = score_rows(done)
        for column in head:
            table.add_column(column, justify="right" if column == "n" else "left")
        for row in rows:
            table.add_row(*row)
        screen.print(table)
        for note in done.notes[:-1]:  # the last one says that it was learnt with the others
            screen.print(f"note: {note}")
    cost = f", {result.tokens / result.seconds:,.0f} tokens/s, {result.energy}" if result.tokens else ""
    screen.print(
        f"mean {100 * result.mean:.1f} %; {result.epochs:.3g} epochs, {result.seconds:.0f} s{cost} → {result.out} "
        f"({', '.join(f'{done.out.name}/' for done in result.tasks.values())})"
    )
