"""`robust augment`: changed copies of the rows of a data set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from robust.cli.options import (
    ConfigOption,
    EncodingOption,
    HeaderOption,
    IdOption,
    JsonOption,
    LangOption,
    PairOption,
    ReplaceOption,
    SeedOption,
    SplitOption,
    TextOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from robust.core.types import Lang, Task
    from robust.recipe.attack import AttackRecipe
    from robust.recipe.augment import AugmentRecipe
    from robust.stages.augment.run import Maker
    from robust.stages.augment.weights import Weights

_SENTENCES = (".conll", ".conllu", ".iob", ".iob2", ".bio")


def augment(
    data: Annotated[
        str,
        typer.Option(
            "--data",
            "-d",
            help="starter-en, starter-es, a csv/tsv/jsonl/parquet file (.gz, .xz, .bz2), CoNLL, SQuAD or hf:NAME.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(help="File of the copies: .csv, .tsv, .jsonl (.gz …), .parquet, .conll, .json or hf:FOLDER."),
    ],
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", "-r", help="Augmentation or attack recipe (robust recipes ls), or a .yaml file."),
    ] = None,
    transformation: Annotated[
        str | None, typer.Option(help="A transformation in the place of a recipe: name or {name: {parameters}}.")
    ] = None,
    from_run: Annotated[
        list[Path] | None,
        typer.Option(help="Finished attack; draw more of what it says breaks. Repeatable. Does without --recipe."),
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="classification, tagging or qa, where the data do not tell by their ending.")
    ] = None,
    text: TextOption = None,
    pair: PairOption = None,
    field: Annotated[str, typer.Option(help="Which text of a pair is changed: text or pair.")] = "text",
    label: Annotated[str | None, typer.Option(help="Column of the label; '' where there is none.")] = None,
    tags: Annotated[str | None, typer.Option(help="Where the tags are: ner, pos, a column's number or name.")] = None,
    id_column: IdOption = None,
    label_map: Annotated[
        str | None, typer.Option(help="Data label=new label, comma-separated; labels not named are left out.")
    ] = None,
    header: HeaderOption = None,
    encoding: EncodingOption = "utf-8",
    split: SplitOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N rows.")] = None,
    copies: Annotated[int | None, typer.Option(min=1, help="Copies of each row. Default: the recipe's.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Write every row itself, too, before its copies.")] = False,
    allow_changed_meaning: Annotated[
        bool,
        typer.Option("--allow-changed-meaning", help="Also changes that put the label at risk."),
    ] = False,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model that an attack recipe fools.")] = None,
    device: Annotated[str, typer.Option(help="Of the model: auto, cpu, cuda, cuda:N or mps.")] = "auto",
    workers: Annotated[int, typer.Option(min=1, help="Processes; does not change what is written.")] = 1,
    seed: SeedOption = 0,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Override a recipe field: augment.share=0.2. Repeatable.")
    ] = None,
    force: ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make changed copies of texts that keep their labels, tags or answers.

    Writes the columns of the data with the changed text in place, `original` (the text it came from) and `operator`
    (what changed it). The same seed gives the same file. The data are streamed: they may be larger than memory.
    """
    from robust.cli.present import console, left_out
    from robust.data.labels import parse_label_map
    from robust.data.table import DataSpec
    from robust.data.write import QUESTIONS, SENTENCES, TABLES, target, writable
    from robust.errors import UserError
    from robust.lang.base import language
    from robust.stages.augment.run import AugmentRequest
    from robust.stages.augment.run import augment as run

    if tags is not None and label is not None:
        raise UserError("--tags and --label name the same column", fix="leave one of them out")
    kind = _task(task, data, tags)
    changes = [*(overrides or ()), *([f"augment.copies={copies}"] if copies else ())]
    plan, weights = _plan(recipe, transformation, from_run or (), changes)
    writable(out, kinds={"tagging": SENTENCES, "qa": QUESTIONS}.get(kind, TABLES), force=force)
    if Path(data).exists() and target(out).resolve() == Path(data).resolve():
        raise UserError(f"--out {out} is the file that is read", fix="give another name")
    spec = DataSpec(
        source=data,
        text=text,
        pair=pair,
        label=tags if tags is not None else label,
        id=id_column,
        label_map=parse_label_map(label_map) if label_map else {},
        header=header,
        encoding=encoding,
        split=split,
        config=config,
        lang=language(lang).code if lang else None,
        limit=limit,
    )
    maker = _maker(plan, weights, kind, model, device, seed, allow_changed_meaning)
    request = AugmentRequest(
        maker=maker,
        data=spec,
        out=out,
        task=kind,
        field=_field(field),
        lang=_lang(plan, maker),
        keep=keep,
        workers=workers,
    )
    try:
        report = run(request)
    except KeyboardInterrupt:
        typer.echo(f"interrupted: {out} was not written", err=True)
        raise typer.Exit(130) from None
    told: dict[str, Any] = {**report.as_dict(), "out": out, "recipe": plan.name, "data": data, "seed": seed}
    rows = f"{report.n} rows: {report.copies} copies, {report.unchanged} rows that nothing could be changed in"
    if model:
        rows = f"{report.n} rows: {report.copies} fooled {model}"
    if errors := getattr(maker, "errors", ()):
        told["errors"] = len(errors)
        typer.echo(f"{len(errors)} attacks ended with an error; the first: {errors[0].splitlines()[-1]}", err=True)
    console(stderr=as_json).print(f"{rows} → {out}", highlight=False, soft_wrap=True)
    if report.left_out:
        typer.echo(left_out(data, report.left_out), err=True)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))


def _task(asked: str | None, data: str, tags: str | None) -> Task:
    from robust.data.files import endings
    from robust.errors import UserError, did_you_mean

    known: tuple[Task, ...] = ("classification", "tagging", "qa")
    for one in known:
        if asked == one:
            return one
    if asked is not None:
        raise UserError(f"--task {asked}: there is no such task", fix=did_you_mean(asked, known) or ", ".join(known))
    if tags is not None or endings(Path(data))[0] in _SENTENCES:
        return "tagging"
    return "classification"


def _plan(
    recipe: str | None, transformation: str | None, runs: Sequence[Path], changes: list[str]
) -> tuple[AugmentRecipe | AttackRecipe, Weights | None]:
    """The recipe, and the weights of what broke where runs are given."""
    from robust.errors import UserError
    from robust.stages.augment import plan
    from robust.stages.augment.failures import failures

    if recipe is not None and transformation is not None:
        raise UserError("--recipe and --transformation both say what is changed", fix="leave one of them out")
    found = failures(runs) if runs else None
    weights = found.weights if found else None
    if transformation is not None:
        return plan.of_transformation(transformation, changes), weights
    if recipe is not None:
        return plan.by_name(recipe, changes), weights
    if found is None:
        raise UserError("what is to be changed?", fix="name a --recipe (robust recipes ls --family augment)")
    return plan.of_failures(found, changes), weights


def _maker(
    plan: AugmentRecipe | AttackRecipe,
    weights: Weights | None,
    task: Task,
    model: str | None,
    device: str,
    seed: int,
    changed_meaning: bool,
) -> Maker:
    from robust.errors import UserError
    from robust.recipe.augment import AugmentRecipe
    from robust.stages.augment import adversarial, augmenter

    if isinstance(plan, AugmentRecipe):
        if model is not None:
            raise UserError(f"--model means nothing for the recipe {plan.name!r}", fix="leave it out")
        augmenter.allow(plan, changed_meaning=changed_meaning)
        augmenter.fits_task(plan, task)
        return augmenter.Augmenter(recipe=plan, seed=seed, weights=weights)
    from robust.victims.load import load_for_task

    if model is None:
        raise UserError(f"{plan.name!r} is an attack: it needs a model to fool", fix="name one with --model")
    if weights is not None:
        raise UserError("--from-run weighs the words of augmentation recipes, not of attacks", fix="leave it out")
    adversarial.allow(plan, changed_meaning=changed_meaning)
    return adversarial.Adversary(recipe=plan, victim=load_for_task(model, task, device=device), seed=seed)


def _lang(plan: AugmentRecipe | AttackRecipe, maker: Maker) -> Lang | None:
    """The language of rows that do not say: that of the recipe, else of the model, where it has only one."""
    from robust.stages.augment.adversarial import Adversary

    langs = set(plan.languages) & set(maker.victim.meta.langs if isinstance(maker, Adversary) else plan.languages)
    return langs.pop() if len(langs) == 1 else None


def _field(asked: str) -> Literal[0, 1]:
    from robust.errors import UserError, did_you_mean

    if asked not in ("text", "pair"):
        raise UserError(
            f"--field {asked}: there is no such field", fix=did_you_mean(asked, ("text", "pair")) or "text or pair"
        )
    return 1 if asked == "pair" else 0
