"""`robust finetune`: train a classifier on labelled texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from robust.data.table import Table
    from robust.stages.finetune import Finetuned


def finetune(
    recipe: Annotated[str, typer.Argument(help="Recipe name (robust recipes ls) or a .yaml file.")],
    data: Annotated[
        list[str], typer.Option("--data", "-d", help="Training data: csv/tsv/jsonl/parquet or hf:NAME. Repeatable.")
    ],
    out: Annotated[Path, typer.Option(help="Directory of the finished model.")],
    dev: Annotated[
        list[str] | None, typer.Option(help="Data to choose the checkpoint by. Default: a tenth of --data. Repeatable.")
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option(help="Data the finished model is scored on for its card. Repeatable.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Start from this model instead of what the recipe names.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    pair: Annotated[str | None, typer.Option(help="Column of the second text of a pair.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the label.")] = None,
    label_map: Annotated[
        list[str] | None,
        typer.Option(
            help="old=new,old=new; labels not named are left out. Once for all files, or once for each file: --data, "
            "then --dev, then --test ('' for none)."
        ),
    ] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether a csv/tsv file starts with column names.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file.")] = "utf-8",
    split: Annotated[str | None, typer.Option(help="Split of an hf: set given as --data.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es: the language that the model card declares.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N rows of every file.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of everything random. Default: the recipe's.")] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Override a recipe field: train.epochs=2. Repeatable.")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Put a bag of words, trained on the same rows, next to it.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto or cpu.")] = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a model at --out; give up unfinished work for it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
) -> None:
    """Train a classifier and write it, with its model card, to a directory that `--model` takes.

    An interrupted training goes on from its last checkpoint when the same command is given again.
    """
    from robust.data.labels import parse_label_map
    from robust.data.source import DataSpec, read
    from robust.errors import UserError
    from robust.lang.base import language
    from robust.recipe.finetune import FinetuneRecipe
    from robust.recipe.load import load
    from robust.stages.examples import join
    from robust.stages.finetune import finetune as train_model

    if device not in ("auto", "cpu"):
        raise UserError(f"unknown device {device!r}", fix="use auto (an accelerator where there is one) or cpu")
    code = language(lang).code if lang else None
    changes = list(overrides or ())
    if seed is not None:
        changes.append(f"train.seed={seed}")
    plan = load(recipe, family="finetune", schema=FinetuneRecipe, overrides=changes)
    plan = _from_model(plan, model, code)

    sources = [*data, *(dev or ()), *(test or ())]
    maps = _spread(label_map or [], len(data), len(sources))
    tables = [
        read(
            DataSpec(
                source=source,
                text=text,
                pair=pair,
                label=label,
                label_map=parse_label_map(mapping) if mapping else {},
                header=header if source.partition(".")[2] else None,
                encoding=encoding,
                split=split if source.startswith("hf:") else None,
                lang=code,
                limit=limit,
            )
        )
        for source, mapping in zip(sources, maps, strict=True)
    ]
    trained, rest = tables[: len(data)], tables[len(data) :]
    chosen, tested = rest[: len(dev or ())], rest[len(dev or ()) :]
    try:
        with _bar(plan.name) as progress:
            result = train_model(
                plan,
                train=join(trained),
                dev=join(chosen) if chosen else None,
                tests=_named(test or [], tested),
                out=out,
                baseline=baseline,
                device="cpu" if device == "cpu" else "auto",
                force=force,
                progress=progress,
            )
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on from the last checkpoint", err=True)
        raise typer.Exit(130) from None
    _show(result, to_stderr=as_json)
    if as_json:
        typer.echo(json.dumps(_summary(result, plan.name), ensure_ascii=False))


def _from_model(plan: Any, model: str | None, lang: str | None) -> Any:
    changed = plan.model_dump()
    if model is not None:
        changed.update(model={"checkpoint": model}, tokenizer=None)
    if lang is not None:
        changed.update(languages=(lang,))
    return type(plan).model_validate(changed)


def _spread(maps: Sequence[str], n_train: int, n_all: int) -> list[str]:
    """A label map for every file: one for all, one for each, or one for each training file (the rest as they are)."""
    from robust.errors import UserError

    if len(maps) <= 1:
        return [maps[0] if maps else ""] * n_all
    if len(maps) == n_all:
        return list(maps)
    if len(maps) == n_train:
        return [*maps, *[""] * (n_all - n_train)]
    raise UserError(
        f"--label-map is given {len(maps)} times for {n_all} files",
        fix="give it once for all, or once for each --data, then each --dev and --test, in the same order",
    )


def _named(sources: Sequence[str], tables: Sequence[Table]) -> dict[str, Table]:
    """Test tables by the name of their file without its ending; numbered when two are called the same."""
    found: dict[str, Table] = {}
    for source, table in zip(sources, tables, strict=True):
        stem = Path(source).name.partition(".")[0] or source
        name = stem
        number = 1
        while name in found or name == "dev":
            number += 1
            name = f"{stem}-{number}"
        found[name] = table
    return found


def _summary(result: Finetuned, recipe: str) -> dict[str, Any]:
    return {
        "model": str(result.out),
        "recipe": recipe,
        "labels": list(result.labels),
        "parameters": result.parameters,
        "n_train": result.n_train,
        "dev_accuracy": result.dev.as_dict(),
        "test_accuracy": {name: score.as_dict() for name, score in result.tests.items()},
        "baseline_accuracy": {name: score.as_dict() for name, score in result.baseline.items()},
        "epochs": result.epochs,
        "seconds": round(result.seconds, 2),
        "resumed": result.resumed,
        "notes": list(result.notes),
    }


def _show(result: Finetuned, *, to_stderr: bool) -> None:
    from rich import box
    from rich.table import Table

    from robust.cli.present import console

    screen = console(stderr=to_stderr)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("set")
    table.add_column("n", justify="right")
    table.add_column("accuracy")
    if result.baseline:
        table.add_column("bag of words")
    for name, score in {"dev": result.dev, **result.tests}.items():
        beside = [result.baseline[name].percent()] if result.baseline else []
        table.add_row(name, str(score.n), score.percent(), *beside)
    screen.print(table)
    for note in result.notes:
        screen.print(f"note: {note}")
    screen.print(f"{result.n_train} rows, {result.epochs:g} epochs, {result.seconds:.0f} s → {result.out}")


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int, Mapping[str, float]], None]]:
    """A bar on a terminal's standard error; elsewhere one line for every evaluation."""
    import rich.progress as bars

    from robust.cli.present import console

    screen = console(stderr=True)
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TextColumn("loss {task.fields[loss]} dev {task.fields[dev]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(title, total=None, loss="–", dev="–")

        def tell(step: int, steps: int, numbers: Mapping[str, float]) -> None:
            shown: dict[str, Any] = {"loss": f"{float(numbers['loss']):.3f}"} if "loss" in numbers else {}
            if "eval_accuracy" in numbers:
                shown["dev"] = f"{100 * numbers['eval_accuracy']:.1f} %"
                if not screen.is_terminal:
                    screen.print(f"{title}: step {step} of {steps}, dev accuracy {shown['dev']}")
            bar.update(task, completed=step, total=steps, **shown)

        yield tell
