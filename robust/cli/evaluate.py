"""`robust evaluate`: what a model gets right, and what it still gets right under attack."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from robust.cli.options import (
    CalibrateOption,
    CalibrationOption,
    ConfigOption,
    DataSplitOption,
    DefencesOption,
    DeviceOption,
    EncodingOption,
    ForceOption,
    HeaderOption,
    IdOption,
    JsonOption,
    LabelOption,
    LangOption,
    PairOption,
    RateOption,
    RevisionOption,
    RunOption,
    TextOption,
    TrustOption,
)

if TYPE_CHECKING:
    from robust.data.table import DataSpec


def evaluate(
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="starter-en, starter-es, a checkpoint directory, a hub id, a URL, a .skops file or spacy:NAME.",
        ),
    ],
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            help="starter-en, starter-es, a csv/tsv/jsonl/parquet file (.gz, .xz) or hf:NAME. Repeatable. "
            "Default for a starter model: the reviews of its name.",
        ),
    ] = None,
    suite: Annotated[
        str,
        typer.Option(
            help="What to test: clean (texts as they are); behaviour (one capability after another); certified "
            "(how many words may change before a vote over random copies can); "
            "standard or standard-small (several attacks, the worst case "
            "of each text), or such a suite's name or .yaml file (robust recipes ls --family suite)."
        ),
    ] = "clean",
    tests: Annotated[
        str | None,
        typer.Option(
            help="Of the suite behaviour: tests of your own, a .yaml file or a csv (HateCheck's columns, too)."
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="Of the suite certified: ranmask (words hidden at random), safer (synonyms), or ibp (bounds over all "
            "synonyms, for a model of the recipe cnn)."
        ),
    ] = None,
    draws: Annotated[int | None, typer.Option(min=1, help="Random copies of each text (certified; 1000).")] = None,
    mask_rate: Annotated[
        float | None, typer.Option(help="Share of the words that ranmask hides (certified; 0.8).")
    ] = None,
    mask: Annotated[str | None, typer.Option(help="What ranmask puts there (certified; [MASK]).")] = None,
    synonyms: Annotated[
        int | None, typer.Option(min=1, help="Synonyms that may stand for a word, of safer and ibp (certified; 8).")
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="Of a suite of attacks: run every one on all texts, not on those left.")
    ] = False,
    baseline: Annotated[
        list[str] | None,
        typer.Option(help="Put a bag of words trained on this file beside the model. Repeatable: one on all of them."),
    ] = None,
    text: TextOption = None,
    pair: PairOption = None,
    label: LabelOption = None,
    id_column: IdOption = None,
    label_map: Annotated[
        list[str] | None,
        typer.Option(
            help="Data label=model label, comma-separated; labels not named are left out. Once for all files, or once "
            "for each: --data, then --baseline ('' for none)."
        ),
    ] = None,
    header: HeaderOption = None,
    encoding: EncodingOption = "utf-8",
    split: DataSplitOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Score the first N rows of every --data.")] = None,
    slices: Annotated[
        bool, typer.Option("--slices", help="Also by length, negation, names, Spanish accents and variety (clean).")
    ] = False,
    slice_by: Annotated[
        list[str] | None, typer.Option(help="Also by the values of this column of the data (clean). Repeatable.")
    ] = None,
    pairs: Annotated[
        str | None,
        typer.Option(
            help="Contrast sets (clean): the column that the rows of one pair share, or 'similar' to pair texts of "
            "different labels that are each other's most similar. The first row of a pair is the original."
        ),
    ] = None,
    shift: Annotated[
        bool, typer.Option("--shift", help="Compare every --data after the first with the first (clean).")
    ] = False,
    calibrate: CalibrateOption = None,
    calibration: CalibrationOption = False,
    masking: Annotated[
        bool,
        typer.Option(
            "--masking",
            help="Also whether the model hides its scores or gradients: the first 100 texts are attacked twice "
            "(clean, attacks).",
        ),
    ] = False,
    against: Annotated[
        list[Path] | None, typer.Option(help="Compare with this run, example by example. Repeatable.")
    ] = None,
    out: RunOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    device: DeviceOption = "auto",
    dtype: Annotated[str, typer.Option(help="float32, bfloat16, int8 or auto (bfloat16 if faster).")] = "float32",
    max_length: Annotated[int | None, typer.Option(min=1, help="Cut texts to this many tokens.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Texts of a batch, at most.")] = None,
    revision: RevisionOption = None,
    trust_remote_code: TrustOption = False,
    defences: DefencesOption = None,
    max_per_second: RateOption = None,
) -> None:
    """Test a model on labelled data: what it gets right (clean), and what is left of it under a suite of attacks.

    An interrupted run goes on where it stopped when the same command is given again.
    """
    from robust.cli import suites
    from robust.cli.suites import Asked
    from robust.data.table import DataSpec
    from robust.evaluation.request import SUITES, EvaluationRequest
    from robust.lang.base import language
    from robust.starter import NAMES

    suites.check_options(
        suite,
        {
            "--data": data,
            "--limit": limit,
            "--baseline": baseline,
            "--max-length": max_length,
            "--batch-size": batch_size,
            "--slices": slices,
            "--slice-by": slice_by,
            "--pairs": pairs,
            "--shift": shift,
            "--calibrate": calibrate,
            "--calibration": calibration,
            "--masking": masking,
            "--against": against,
            "--tests": tests,
            "--method": method,
            "--draws": draws,
            "--mask-rate": mask_rate,
            "--mask": mask,
            "--synonyms": synonyms,
            "--each": each,
        },
    )
    tested = data or ([model] if model in NAMES else [])
    trained = baseline or []
    code = language(lang).code if lang else None
    maps = _spread(label_map or [], len(tested), len(trained))

    def spec(at: int, source: str, split: str | None, limit: int | None) -> DataSpec:
        # options for another kind of file are passed over, unless there is only one: then they are a mistake
        hub = source.startswith("hf:") or len(maps) == 1
        return DataSpec(
            source=source,
            text=text,
            pair=pair,
            label=label,
            id=id_column,
            label_map=maps[at],
            header=header if _has_header(source) or len(maps) == 1 else None,
            encoding=encoding,
            split=split if hub else None,
            config=config if hub else None,
            lang=code,
            limit=limit,
        )

    specs = tuple(spec(at, source, split, limit) for at, source in enumerate(tested))
    training = tuple(spec(at, source, "train", None) for at, source in enumerate(trained, start=len(tested)))
    suites.check_against(against or ())
    asked = Asked(
        model=model,
        out=out,
        device=device,
        dtype=dtype,
        revision=revision,
        trust_remote_code=trust_remote_code,
        max_per_second=max_per_second,
        defences=tuple(defences or ()),
        fresh=force,
        command=shlex.join(["robust", *sys.argv[1:]]),
    )
    if suite in SUITES:
        request = EvaluationRequest(
            suite=suite,
            data=specs,
            baseline=training,
            max_length=max_length,
            batch_size=batch_size,
            **vars(asked),
        )
        looks = suites.Looks(
            slices=slices, by=tuple(slice_by or ()), pairs=pairs, shift=shift, calibration=calibration, masking=masking
        )
        suites.clean(request, against or (), looks, as_json=as_json)
    elif suite == "behaviour":
        suites.behaviour(
            asked,
            against or (),
            tests=tests,
            label_map=label_map or (),
            lang=code,
            batch_size=batch_size,
            as_json=as_json,
        )
    elif suite == "certified":
        smoothing = {"method": method, "draws": draws, "mask_rate": mask_rate, "mask": mask, "synonyms": synonyms}
        suites.certified(suites.only(specs, suite, model), asked, smoothing=smoothing, as_json=as_json)
    else:
        one = suites.only(specs, suite, model)
        looks = suites.Looks(calibration=calibration, masking=masking)
        suites.standard(suite, one, asked, against or (), looks, calibrate=calibrate, each=each, as_json=as_json)


def _has_header(source: str) -> bool:
    return source.startswith("starter") or any(ending in source.lower() for ending in (".csv", ".tsv"))


def _spread(maps: Sequence[str], n_tested: int, n_trained: int) -> list[dict[str, str]]:
    """A label map for every file: one for all, one for each, or one for each set to score (the rest as they are)."""
    from robust.data.labels import parse_label_map
    from robust.errors import UserError

    n_all = n_tested + n_trained
    if len(maps) == 1:
        maps = [*maps] * n_all
    elif len(maps) in (0, n_tested):
        maps = [*maps, *[""] * (n_all - len(maps))]
    elif len(maps) != n_all:
        raise UserError(
            f"--label-map is given {len(maps)} times for {n_all} files",
            fix="give it once for all, or once for each --data, then each --baseline, in the same order",
        )
    return [parse_label_map(each) if each else {} for each in maps]
