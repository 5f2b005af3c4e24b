"""`robust attack`: attack a model with a recipe."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from robust.cli.options import (
    CalibrateOption,
    ConfigOption,
    DataOption,
    DefencesOption,
    DeviceOption,
    EncodingOption,
    ExamplesOption,
    ForceOption,
    HeaderOption,
    IdOption,
    JsonOption,
    LabelMapOption,
    LabelOption,
    LangOption,
    ModelOption,
    PairOption,
    RateOption,
    RecipeOption,
    RevisionOption,
    RunOption,
    SeedOption,
    SplitOption,
    TextOption,
    TrustOption,
)


def attack(
    recipe: RecipeOption,
    model: ModelOption,
    data: DataOption,
    text: TextOption = None,
    pair: PairOption = None,
    label: LabelOption = None,
    id_column: IdOption = None,
    label_map: LabelMapOption = None,
    attack_field: Annotated[
        str | None, typer.Option(help="Which text of a pair is edited: text or pair (default). The other is frozen.")
    ] = None,
    tags: Annotated[
        str | None, typer.Option(help="Where the tags are, for a tagger: ner, pos, a column's number or name.")
    ] = None,
    header: HeaderOption = None,
    encoding: EncodingOption = "utf-8",
    split: SplitOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Attack the first N examples.")] = None,
    calibrate: CalibrateOption = None,
    expectation: Annotated[
        bool,
        typer.Option(
            "--expectation",
            help="Attack the mean over other draws of a model that answers by a vote over random draws, in place of "
            "the vote whose draws a text fixes.",
        ),
    ] = False,
    seed: SeedOption = 0,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Override a recipe field: attack.query_budget=500. Repeatable.")
    ] = None,
    out: RunOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    examples: ExamplesOption = 3,
    device: DeviceOption = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or int8; successes hold in float32.")] = "auto",
    revision: RevisionOption = None,
    trust_remote_code: TrustOption = False,
    defences: DefencesOption = None,
    max_per_second: RateOption = None,
    in_flight: Annotated[int, typer.Option(min=1, help="Searches at a time; does not change results.")] = 64,
) -> None:
    """Attack a model: find small changes of its inputs that change its answer.

    An interrupted run goes on where it stopped when the same command is given again.
    """
    from robust.cli import present
    from robust.cli.calibrate import at_own_temperature
    from robust.cli.progress import attack_bar
    from robust.data.labels import parse_label_map
    from robust.data.source import DataSpec
    from robust.engine.run import EngineOptions
    from robust.errors import UserError
    from robust.lang.base import language
    from robust.runner import AttackRequest
    from robust.runner import attack as run_attack

    if tags is not None and label is not None:
        raise UserError("--tags and --label name the same column", fix="leave one of them out")
    request = AttackRequest(
        recipe=recipe,
        model=model,
        data=DataSpec(
            source=data,
            text=text,
            pair=pair,
            attack_field=field_number(attack_field),
            label=tags if tags is not None else label,
            id=id_column,
            label_map=parse_label_map(label_map) if label_map else {},
            header=header,
            encoding=encoding,
            split=split,
            config=config,
            lang=language(lang).code if lang else None,
            limit=limit,
        ),
        overrides=tuple(overrides or ()),
        seed=seed,
        out=out,
        device=device,
        dtype=dtype,
        revision=revision,
        trust_remote_code=trust_remote_code,
        max_per_second=max_per_second,
        engine=EngineOptions(in_flight=in_flight),
        defences=tuple(defences or ()),
        expectation=expectation,
        fresh=force,
        command=shlex.join(["robust", *sys.argv[1:]]),
    )
    if calibrate is not None:
        request = at_own_temperature(request, calibrate)
    try:
        with attack_bar(f"{Path(recipe).stem} → {model}") as tell:
            run = run_attack(request, tell)
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on where this one stopped", err=True)
        raise typer.Exit(130) from None
    if run.resumed:
        again = "already finished; --force runs it again" if run.resumed == len(run.rows) else "went on"
        typer.echo(f"{run.resumed} of {len(run.rows)} examples were done before ({again})", err=True)
    if as_json:
        present.show(run, most=examples, out=present.console(stderr=True))
        told = {"temperature": request.temperature} if request.temperature is not None else {}
        typer.echo(json.dumps({**run.as_json(), **told}, ensure_ascii=False))
    else:
        present.show(run, most=examples)


def field_number(asked: str | None) -> Literal[0, 1] | None:
    """The number of the field that `--attack-field` names; `UserError` for a name that is none."""
    from robust.errors import UserError, did_you_mean

    if asked is None:
        return None
    if asked == "text":
        return 0
    if asked == "pair":
        return 1
    raise UserError(
        f"--attack-field {asked}: there is no such field", fix=did_you_mean(asked, ("text", "pair")) or "text or pair"
    )
