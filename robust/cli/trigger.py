"""`robust trigger`: a few words that turn a model's answer to any text."""

from __future__ import annotations

import json
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from robust.cli.options import (
    ConfigOption,
    DataOption,
    DeviceOption,
    EncodingOption,
    HeaderOption,
    IdOption,
    JsonOption,
    LabelMapOption,
    LabelOption,
    LangOption,
    ModelOption,
    PairOption,
    ReplaceOption,
    RevisionOption,
    SeedOption,
    SplitOption,
    TextOption,
    TrustOption,
)

if TYPE_CHECKING:
    from robust.lang.vocabulary import Kind
    from robust.stages.trigger import Method
    from robust.transformations.prepend_words import Where


def trigger(
    model: ModelOption,
    data: DataOption,
    out: Annotated[Path, typer.Option(help="The recipe that is written: NAME.yaml.")],
    towards: Annotated[str | None, typer.Option(help="Label that texts are to get. Default: any wrong one.")] = None,
    words: Annotated[int, typer.Option(min=1, help="Words of the trigger.")] = 3,
    place: Annotated[str, typer.Option(help="front or end of the texts.")] = "front",
    method: Annotated[
        str | None,
        typer.Option(help="gradient (default where the model has them), sampled, or random: a control."),
    ] = None,
    vocabulary: Annotated[
        str,
        typer.Option(help="neutral (no negations, hardly any words that praise or blame), all, or function words."),
    ] = "neutral",
    most: Annotated[int, typer.Option(min=1, help="Frequent content words to choose from, at most.")] = 5000,
    leave_out: Annotated[Path | None, typer.Option(help="File of words that are not used, one a line.")] = None,
    candidates: Annotated[int, typer.Option(min=1, help="Words tried at each place of the trigger.")] = 10,
    beam: Annotated[int, typer.Option(min=1, help="Triggers that go on from place to place.")] = 2,
    batch: Annotated[int, typer.Option(min=1, help="Texts of a step.")] = 16,
    steps: Annotated[int, typer.Option(min=1, help="Steps at most; three without a better trigger end it.")] = 10,
    text: TextOption = None,
    pair: PairOption = None,
    label: LabelOption = None,
    id_column: IdOption = None,
    label_map: LabelMapOption = None,
    attack_field: Annotated[
        str | None, typer.Option(help="Which text of a pair gets the trigger: text or pair (default).")
    ] = None,
    header: HeaderOption = None,
    encoding: EncodingOption = "utf-8",
    split: SplitOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first N examples.")] = None,
    seed: SeedOption = 0,
    force: ReplaceOption = False,
    as_json: JsonOption = False,
    device: DeviceOption = "auto",
    dtype: Annotated[str, typer.Option(help="auto, float32, bfloat16 or int8.")] = "auto",
    revision: RevisionOption = None,
    trust_remote_code: TrustOption = False,
) -> None:
    """Find a universal trigger: a few words that turn the answer to whatever text they are added to.

    Writes an attack recipe. Give it to `robust attack` with texts that the trigger was not found on, or another model.
    """
    from robust.cli.attack import field_number
    from robust.cli.present import console
    from robust.data.labels import parse_label_map
    from robust.data.source import DataSpec
    from robust.lang.base import language
    from robust.results.estimates import proportion
    from robust.stages.trigger import TriggerPlan
    from robust.stages.trigger_run import TriggerRequest
    from robust.stages.trigger_run import trigger as find

    began = time.perf_counter()
    request = TriggerRequest(
        model=model,
        data=DataSpec(
            source=data,
            text=text,
            pair=pair,
            attack_field=field_number(attack_field),
            label=label,
            id=id_column,
            label_map=parse_label_map(label_map) if label_map else {},
            header=header,
            encoding=encoding,
            split=split,
            config=config,
            lang=language(lang).code if lang else None,
            limit=limit,
        ),
        out=out,
        towards=towards,
        plan=TriggerPlan(
            words=words,
            place=cast("Where", place),
            method=cast("Method | None", method),
            candidates=candidates,
            beam=beam,
            batch=batch,
            steps=steps,
        ),
        words_from=cast("Kind", vocabulary),
        most=most,
        leave_out=leave_out,
        seed=seed,
        device=device,
        dtype=dtype,
        revision=revision,
        trust_remote_code=trust_remote_code,
        force=force,
        command=shlex.join(["robust", *sys.argv[1:]]),
    )
    err = console(stderr=True)
    try:
        with err.status("looking for a trigger") as status:
            found = find(request, lambda n: status.update(f"looking for a trigger, {n:,} queries"))
    except KeyboardInterrupt:
        typer.echo(f"interrupted: {out} was not written", err=True)
        raise typer.Exit(130) from None
    one = found.trigger
    rate = proportion(one.changed, one.n)
    lines = [
        f"trigger: {' '.join(one.words)}",
        f"changes {one.changed} of the {one.n} texts it was found on ({rate.percent()}); others are another matter",
        f"{one.queries:,} queries → {out}",
        f"  robust attack --recipe {out} --model {model} --data OTHER",
    ]
    console(stderr=as_json).print("\n".join(lines), highlight=False, soft_wrap=True)
    if as_json:
        told = {
            "words": list(one.words),
            "place": place,
            "method": one.method,
            "towards": towards,
            "changed_on_training_texts": rate.as_dict(),
            "loss": one.loss,
            "loss_before": one.loss_before,
            "queries": one.queries,
            "seconds": round(time.perf_counter() - began, 3),
            "out": str(out),
            "model": model,
            "data": data,
            "seed": seed,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
