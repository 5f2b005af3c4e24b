"""`robust attack`: attack a model with a recipe."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from robust.runner import AttackRequest

RecipeOption = Annotated[str, typer.Option("--recipe", "-r", help="Recipe name (robust recipes ls) or a .yaml file.")]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="starter-en, starter-es, a checkpoint directory, a hub id, a URL, a .skops file or spacy:NAME.",
    ),
]
DataOption = Annotated[
    str,
    typer.Option("--data", "-d", help="starter-en, starter-es, a csv/tsv/jsonl/parquet file (.gz, .xz) or hf:NAME."),
]


def attack(
    recipe: RecipeOption,
    model: ModelOption,
    data: DataOption,
    text: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    pair: Annotated[str | None, typer.Option(help="Column of the second text of a pair.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the label.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Column of the ids; '' numbers the rows.")] = None,
    label_map: Annotated[
        str | None, typer.Option(help="Data label=model label, comma-separated; labels not named are left out.")
    ] = None,
    attack_field: Annotated[
        str | None, typer.Option(help="Which text of a pair is edited: text or pair (default). The other is frozen.")
    ] = None,
    tags: Annotated[
        str | None, typer.Option(help="Where the tags are, for a tagger: ner, pos, a column's number or name.")
    ] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether a csv/tsv file starts with column names.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file.")] = "utf-8",
    split: Annotated[str | None, typer.Option(help="Split of an hf: set.")] = None,
    config: Annotated[str | None, typer.Option(help="Configuration of an hf: set.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es, where the data do not say.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Attack the first N examples.")] = None,
    calibrate: Annotated[
        str | None,
        typer.Option(
            metavar="DEV",
            help="Divide a classifier's logits by the temperature that fits these labelled data (read as --data): "
            "a model that is too sure may look robust without being so.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Override a recipe field: attack.query_budget=500. Repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Run directory. Default: one under results/runs.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Throw away an earlier run of the same name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
    examples: Annotated[int, typer.Option(min=0, help="Broken examples to show.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or int8; successes hold in float32.")] = "auto",
    revision: Annotated[str | None, typer.Option(help="Revision of a hub model.")] = None,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run code that comes with the model.")
    ] = False,
    defences: Annotated[
        list[str] | None,
        typer.Option("--defence", help="Before the model: spelling, normalise or fgws (or name:lang). Repeatable."),
    ] = None,
    max_per_second: Annotated[
        float | None, typer.Option(help="Requests a second to a model behind a URL, at most.")
    ] = None,
    in_flight: Annotated[int, typer.Option(min=1, help="Searches at a time; does not change results.")] = 64,
) -> None:
    """Attack a model: find small changes of its inputs that change its answer.

    An interrupted run goes on where it stopped when the same command is given again.
    """
    from robust.cli import present
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
        fresh=force,
        command=shlex.join(["robust", *sys.argv[1:]]),
    )
    if calibrate is not None:
        request = _calibrated(request, calibrate)
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


def _calibrated(request: AttackRequest, source: str) -> AttackRequest:
    """The request at the temperature that fits the data of `source`, which is said on standard error."""
    from dataclasses import replace

    from robust.evaluation.temperature import fitted
    from robust.starter import NAMES

    dev = replace(request.data, source=source, limit=None, lang=None if source in NAMES else request.data.lang)
    found, rows = fitted(request, dev)
    typer.echo(f"temperature {found:.4g}, by {rows} rows of {source}", err=True)
    if source == request.data.source:
        typer.echo("note: these rows are attacked, too; other data would tell the temperature honestly", err=True)
    return replace(request, temperature=found)


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
