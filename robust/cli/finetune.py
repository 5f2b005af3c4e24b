"""`robust finetune`: train a model for a task on labelled data."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from robust.cli.options import (
    DataSplitOption,
    HeaderOption,
    JsonOption,
    LabelOption,
    ModelOutOption,
    PairOption,
    RecipeArgument,
    RecipeSeedOption,
    TrainingDeviceOption,
    TrainingSetOption,
)

_FORMATS = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".conllu", ".conll", ".txt", ".gz", ".xz", ".bz2")


def finetune(
    recipe: RecipeArgument,
    data: Annotated[
        list[str],
        typer.Option(
            "--data",
            "-d",
            help="Training data: csv/tsv/jsonl/parquet or hf:NAME; for tags of words also .conllu, and CoNLL columns "
            "in files with any other ending; for questions SQuAD's .json. For several tasks TASK=FILE, also "
            "after --dev and --test. Repeatable.",
        ),
    ],
    out: ModelOutOption,
    dev: Annotated[
        list[str] | None, typer.Option(help="Data to choose the checkpoint by. Default: a tenth of --data. Repeatable.")
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option(help="Data the finished model is scored on for its card. Repeatable.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Start from this model instead of what the recipe names.")
    ] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            help="Learn also what this model says of the texts, or bag-of-words; MODEL@PREFIX: only of those whose id "
            "begins so. Repeatable: their mean."
        ),
    ] = None,
    unlabelled: Annotated[
        list[str] | None, typer.Option(help="Texts without labels, for teachers to teach by. Repeatable.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the text, or of the list of words.")] = None,
    pair: PairOption = None,
    label: LabelOption = None,
    tags: Annotated[
        str | None,
        typer.Option(
            help="Where the tags of words are. CoNLL columns: ner (the last, default), pos (the second) or a number "
            "from 0; .conllu: upos (default), xpos, deprel or a number; rows: the name of the list (default: tags)."
        ),
    ] = None,
    label_map: Annotated[
        list[str] | None,
        typer.Option(
            help="old=new,old=new; labels not named are left out. Once for all files, or once for each file: --data, "
            "then --dev, then --test ('' for none)."
        ),
    ] = None,
    header: HeaderOption = None,
    encoding: Annotated[str, typer.Option(help="Encoding of text files: utf-8, latin-1, …")] = "utf-8",
    split: DataSplitOption = None,
    lang: Annotated[str | None, typer.Option(help="en or es: the language that the model card declares.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N rows of every file.")] = None,
    seed: RecipeSeedOption = None,
    overrides: TrainingSetOption = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Put a bag of words, trained on the same rows, next to it.")
    ] = False,
    device: TrainingDeviceOption = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a model at --out; give up unfinished work for it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train a model for the recipe's task and write it, with its model card, to a directory that `--model` takes.

    The task is a label for each text (recipe classifier), a tag for each word (ner, pos), or answers to questions. An
    interrupted training goes on from its last checkpoint when the same command is given again.
    """
    from robust.cli.finetuned import bar, show, summary
    from robust.data.labels import parse_label_map
    from robust.data.table import DataSpec
    from robust.errors import UserError
    from robust.lang.base import language
    from robust.recipe.finetune import FinetuneRecipe
    from robust.recipe.load import load
    from robust.stages.finetune import finetune as train_model
    from robust.stages.processes import first
    from robust.stages.tasks import read, task_of

    with one_voice():
        if device not in ("auto", "cpu"):
            raise UserError(f"unknown device {device!r}", fix="use auto (an accelerator where there is one) or cpu")
        code = language(lang).code if lang else None
        changes = list(overrides or ())
        if seed is not None:
            changes.append(f"train.seed={seed}")
        plan = load(recipe, family="finetune", schema=FinetuneRecipe, overrides=changes)
        plan = _from_model(plan, model, code, teacher)
        if plan.tasks:
            from robust.cli import multitask

            if unlabelled:
                raise UserError("--unlabelled is for one task at a time", fix="leave it out")
            if baseline:
                raise UserError("several tasks have no bag of words beside them", fix="leave --baseline out")
            multitask.run(
                plan,
                sources={"data": data, "dev": dev or [], "test": test or []},
                maps=label_map or [],
                columns={"text": text, "pair": pair, "label": label, "header": header},
                tags=tags,
                common={"encoding": encoding, "split": split, "lang": code, "limit": limit},
                out=out,
                device=device,
                force=force,
                as_json=as_json,
            )
            return
        if tags is not None and plan.task != "tagging":
            raise UserError(
                f"--tags is for tagging, and {plan.name} does {plan.task}", fix="name the column with --label"
            )

        sources = [*data, *(dev or ()), *(test or ())]
        maps = spread(label_map or [], len(data), len(sources)) + [""] * len(unlabelled or ())
        n_labelled = len(sources)
        sources += unlabelled or ()
        tables = [
            read(
                plan,
                DataSpec(
                    source=source,
                    text=text,
                    pair=pair,
                    label="" if at >= n_labelled else tags or label,
                    label_map=parse_label_map(mapping) if mapping else {},
                    header=header if source.partition(".")[2] else None,
                    encoding=encoding,
                    split=split if source.startswith("hf:") else None,
                    lang=code,
                    limit=limit,
                ),
            )
            for at, (source, mapping) in enumerate(zip(sources, maps, strict=True))
        ]
        trained, rest = tables[: len(data)], tables[len(data) :]
        chosen, rest = rest[: len(dev or ())], rest[len(dev or ()) :]
        tested, told = rest[: len(test or ())], rest[len(test or ()) :]
        try:
            with bar(plan.name, plan.train.metric) as progress:
                result = train_model(
                    plan,
                    train=task_of(plan).join(trained),
                    dev=task_of(plan).join(chosen) if chosen else None,
                    tests=_named(test or [], tested),
                    unlabelled=task_of(plan).join(told) if told else None,
                    out=out,
                    baseline=baseline,
                    device="cpu" if device == "cpu" else "auto",
                    force=force,
                    progress=progress,
                )
        except KeyboardInterrupt:
            if first():
                typer.echo("interrupted: the same command goes on from the last checkpoint", err=True)
            raise typer.Exit(130) from None
        if not first():
            return
        show(result, to_stderr=as_json)
        if as_json:
            typer.echo(json.dumps(summary(result, plan.name), ensure_ascii=False))


@contextmanager
def one_voice() -> Iterator[None]:
    """Of several processes of one training, which make the same mistake, only the first says so."""
    from robust.errors import RobustError
    from robust.stages.processes import first

    try:
        yield
    except RobustError:
        if first():
            raise
        time.sleep(10)  # a launcher ends all processes as soon as one has failed: the first one must have spoken
        raise typer.Exit(2) from None


def _from_model(plan: Any, model: str | None, lang: str | None, teachers: Sequence[str] | None) -> Any:
    changed = plan.model_dump()
    if teachers:
        changed.update(distil={**(changed["distil"] or {}), "teachers": tuple(teachers)})
    if model is not None:
        changed.update(model={"checkpoint": model, "dropout": changed["model"]["dropout"]}, tokenizer=None)
    if lang is not None:
        changed.update(languages=(lang,))
    return type(plan).model_validate(changed)


def spread(maps: Sequence[str], n_train: int, n_all: int) -> list[str]:
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


def _named(sources: Sequence[str], tables: Sequence[Any]) -> dict[str, Any]:
    """Test tables by the name of their file without endings that say its format; numbered when two are the same."""
    found: dict[str, Any] = {}
    for source, table in zip(sources, tables, strict=True):
        stem = Path(source).name
        while (bare := Path(stem)).suffix in _FORMATS and bare.stem:
            stem = bare.stem
        stem = stem or source
        name = stem
        number = 1
        while name in found or name == "dev":
            number += 1
            name = f"{stem}-{number}"
        found[name] = table
    return found
