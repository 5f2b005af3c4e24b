"""`robust pretrain`: a model learns from raw text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from robust.cli.options import ModelOutOption, RecipeArgument, RecipeSeedOption, TrainingDeviceOption

if TYPE_CHECKING:
    from robust.stages.pretrain.run import Pretrained


def pretrain(
    recipe: RecipeArgument,
    out: ModelOutOption,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            help="Text: a .txt file (a paragraph a line) or .csv/.tsv/.jsonl, also as .xz/.gz/.bz2; FILE@0.2 takes a "
            "fifth of its paragraphs. Repeatable.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", "-m", help="The checkpoint that goes on learning (continue), or vectors to change (counter-fit)."
        ),
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the text in a table. Default: text.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of the files.")] = "utf-8",
    skip: Annotated[
        str | None, typer.Option(help="Leave out paragraphs in which this regular expression is found.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or es: the language that the card declares.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N paragraphs of every file.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0, help="Train for so long, whatever the recipe says.")] = None,
    seed: RecipeSeedOption = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Override a recipe field: train.steps=1000. Repeatable.")
    ] = None,
    device: TrainingDeviceOption = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a result at --out; give up unfinished work for it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON on standard output.")] = False,
) -> None:
    """Train word vectors or a language model on raw text and write it to a directory.

    The text is streamed: memory does not grow with it. An interrupted training goes on from its last checkpoint when
    the same command is given again.
    """
    from robust.cli.training import bar
    from robust.errors import UserError
    from robust.lang.base import language
    from robust.recipe.load import load
    from robust.recipe.pretrain import VECTORS, PretrainRecipe
    from robust.stages.pretrain.corpus import Corpus, parse_source
    from robust.stages.pretrain.run import pretrain as train_model

    if device not in ("auto", "cpu"):
        raise UserError(f"unknown device {device!r}", fix="use auto (an accelerator where there is one) or cpu")
    changes = list(overrides or ())
    if minutes is not None:
        changes += [f"train.minutes={minutes}", "train.steps=null", "train.epochs=null"]
    plan = load(recipe, family="pretrain", schema=PretrainRecipe, overrides=changes)
    changed = plan.model_dump()
    if seed is not None:
        changed["model" if plan.model.kind in (*VECTORS, "counter-fit") else "train"]["seed"] = seed
    if model is not None and plan.model.kind == "counter-fit":
        changed["model"]["vectors"] = model
    elif model is not None and plan.model.kind == "checkpoint":
        changed["model"]["checkpoint"] = model
    elif model is not None:
        raise UserError(
            f"{plan.name} begins with a new model: --model is for recipes that go on with one",
            fix=f"use `robust pretrain continue --model {model} …`, or leave --model out",
        )
    if lang is not None:
        changed.update(languages=(language(lang).code,))
    plan = PretrainRecipe.model_validate(changed)
    if (not data) != (plan.model.kind == "counter-fit"):
        raise UserError(
            "counter-fit reads no text" if data else f"{plan.name} learns from text, and there is none",
            fix="leave out --data" if data else "give files of text with --data FILE",
        )
    corpus = Corpus(
        sources=[parse_source(source, text=text, encoding=encoding) for source in data or ()],
        skip=skip,
        limit=limit,
        seed=seed or 0,
    )
    try:
        with bar(plan.name) as progress:
            result = train_model(plan, corpus, out=out, device=device, force=force, progress=progress)
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on from the last checkpoint", err=True)
        raise typer.Exit(130) from None
    _show(result, to_stderr=as_json)
    if as_json:
        typer.echo(json.dumps({"model": str(result.out), **result.manifest}, ensure_ascii=False))


def _show(result: Pretrained, *, to_stderr: bool) -> None:
    from robust.cli.present import console

    screen = console(stderr=to_stderr)
    told: dict[str, Any] = result.manifest
    for source in told["corpus"]["sources"]:
        if empty := source.get("rows_without_text"):
            screen.print(f"{source['name']}: rows without a text, left out: {empty:,}", highlight=False)
    for name, value in told["numbers"].items():
        if value is not None:
            screen.print(f"{name.replace('_', ' ')}: {value:,.4g}")
    for note in told["notes"]:
        screen.print(note)
    rate = told["tokens_per_second"]
    used = f", {100 * told['utilisation']['value']:.0f} % of the processor" if "utilisation" in told else ""
    energy = told["energy"]
    screen.print(
        f"{told['parameters']:,} parameters, {told['tokens']:,} tokens, {told['seconds']:.0f} s"
        f" ({rate or 0:,.0f} tokens/s{used}), {energy['joules'] / 3600:.2f} Wh ({energy['method']}) → {result.out}"
    )
