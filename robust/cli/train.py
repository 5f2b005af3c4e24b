"""`robust train`: train a classifier against attacks, and show what that changed."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from robust.cli.options import (
    DataSplitOption,
    HeaderOption,
    LabelOption,
    LangOption,
    PairOption,
    RecipeSeedOption,
    TextOption,
    TrainingDeviceOption,
    TrainingSetOption,
)


def train(
    recipe: Annotated[
        str, typer.Option("--recipe", "-r", help="Recipe name (robust recipes ls --family train) or a .yaml file.")
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model", "-m", help="The classifier to start from: starter-en, starter-es, a directory, a hub id."
        ),
    ],
    data: Annotated[
        list[str],
        typer.Option("--data", "-d", help="Training data: starter-en, starter-es, a file or hf:NAME. Repeatable."),
    ],
    out: Annotated[Path, typer.Option(help="Directory of the finished model, with its report.")],
    dev: Annotated[
        list[str] | None,
        typer.Option(
            help="Data that choose the temperature (with keep=best, the checkpoint too). Default: a tenth of --data."
        ),
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(
            help="Data that are attacked. Default: the starter reviews for a starter, else --dev. Repeatable."
        ),
    ] = None,
    attack: Annotated[
        list[str] | None,
        typer.Option(help="Attack recipe to measure by, in place of the recipe's. Repeatable; '' for none."),
    ] = None,
    text: TextOption = None,
    pair: PairOption = None,
    label: LabelOption = None,
    label_map: Annotated[
        list[str] | None,
        typer.Option(
            help="old=new,old=new; labels not named are left out. Once for all files, or once for each: --data, then "
            "--dev, then --test ('' for none)."
        ),
    ] = None,
    header: HeaderOption = None,
    encoding: Annotated[str, typer.Option(help="Encoding of text files.")] = "utf-8",
    split: DataSplitOption = None,
    lang: LangOption = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Attack the first N test rows. Default: the recipe's.")
    ] = None,
    rows: Annotated[int | None, typer.Option(min=1, help="Train on the first N rows of every --data.")] = None,
    seed: RecipeSeedOption = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=2, help="Train N times, with this seed and the next ones, into --out/seed-N; one table of all."
        ),
    ] = None,
    overrides: TrainingSetOption = None,
    measure: Annotated[bool, typer.Option("--measure/--no-measure", help="Attack the model before and after.")] = True,
    calibrate: Annotated[
        bool | None,
        typer.Option(
            "--calibrate/--no-calibrate", help="Divide logits by the temperature that fits --dev. Default: yes."
        ),
    ] = None,
    runs: Annotated[
        Path | None,
        typer.Option(help="Directory of the attack runs; trainings may share it. Default: robustness in --out."),
    ] = None,
    device: TrainingDeviceOption = "auto",
    force: Annotated[bool, typer.Option("--force", help="Replace a model at --out.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON on standard output.")] = False,
) -> None:
    """Train a classifier against attacks, and attack it before and after: one table says what that changed.

    An interrupted run goes on where it stopped when the same command is given again.
    """
    from robust.cli import trained
    from robust.cli.finetune import one_voice, spread
    from robust.comparison.request import TrainRequest
    from robust.comparison.run import train as run_train
    from robust.comparison.seeds import train_over_seeds
    from robust.data.labels import parse_label_map
    from robust.data.source import DataSpec
    from robust.errors import UserError
    from robust.lang.base import language
    from robust.starter import NAMES

    with one_voice():
        if device not in ("auto", "cpu"):
            raise UserError(f"unknown device {device!r}", fix="use auto (an accelerator where there is one) or cpu")
        code = language(lang).code if lang else None
        changes = list(overrides or ())
        changes += [f"train.seed={seed}"] if seed is not None else []
        changes += [f"measure.calibrate={str(calibrate).lower()}"] if calibrate is not None else []
        sources = [*data, *(dev or ()), *(test or ())]
        maps = spread(label_map or [], len(data), len(sources))

        def spec(at: int, source: str, most: int | None) -> DataSpec:
            bundled = source in NAMES  # they have their own columns and language
            return DataSpec(
                source=source,
                text=None if bundled else text,
                pair=None if bundled else pair,
                label=None if bundled else label,
                label_map=parse_label_map(maps[at]) if maps[at] else {},
                header=header if source.partition(".")[2] else None,
                encoding=encoding,
                split=split if source.startswith("hf:") else None,
                lang=None if bundled else code,
                limit=most,
            )

        specs = [spec(at, source, rows if at < len(data) else None) for at, source in enumerate(sources)]
        n, m = len(data), len(data) + len(dev or ())
        request = TrainRequest(
            recipe=recipe,
            model=model,
            data=tuple(specs[:n]),
            dev=tuple(specs[n:m]),
            test=tuple(specs[m:]),
            out=out,
            lang=code,
            overrides=tuple(changes),
            attacks=tuple(filter(None, attack)) if attack is not None else None,
            limit=limit,
            device=device,
            force=force,
            measure=measure,
            runs=runs,
            command=shlex.join(["robust", *sys.argv[1:]]),
        )
        try:
            with trained.bars(Path(recipe).stem) as (progress, listener, tell):
                if seeds is None:
                    found = run_train(request, progress=progress, listener=listener, tell=tell)
                else:
                    found = train_over_seeds(request, seeds, progress=progress, listener=listener, tell=tell)
        except KeyboardInterrupt:
            typer.echo("interrupted: the same command goes on where this one stopped", err=True)
            raise typer.Exit(130) from None
        if found is None:
            if as_json:
                typer.echo(json.dumps({"model": str(out), "measured": False}, ensure_ascii=False))
            typer.echo(f"{'model' if seeds is None else 'models'}: {out}", err=True)
            return
        trained.show(found, to_stderr=as_json)
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False))
