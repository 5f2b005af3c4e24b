"""Options that several commands have: said once, and the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CalibrateOption = Annotated[
    str | None,
    typer.Option(
        metavar="DEV",
        help="Divide a classifier's logits by the temperature that fits these labelled data (read as --data): "
        "a model that is too sure may look robust without being so.",
    ),
]
CalibrationOption = Annotated[
    bool, typer.Option("--calibration", help="Also expected calibration error and Brier score, clean and attacked.")
]
ConfigOption = Annotated[str | None, typer.Option(help="Configuration of an hf: set.")]
DataOption = Annotated[
    str,
    typer.Option("--data", "-d", help="starter-en, starter-es, a csv/tsv/jsonl/parquet file (.gz, .xz) or hf:NAME."),
]
DataSplitOption = Annotated[str | None, typer.Option(help="Split of an hf: set given as --data.")]
DefencesOption = Annotated[
    list[str] | None,
    typer.Option("--defence", help="Before it: spelling, context, normalise, fgws (or name:lang). Repeatable."),
]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")]
EncodingOption = Annotated[str, typer.Option(help="Encoding of a text file.")]
ExamplesOption = Annotated[int, typer.Option(min=0, help="Broken examples to show.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Throw away an earlier run of the same name.")]
HeaderOption = Annotated[
    bool | None, typer.Option("--header/--no-header", help="Whether a csv/tsv file starts with column names.")
]
IdOption = Annotated[str | None, typer.Option("--id", help="Column of the ids; '' numbers the rows.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")]
LabelMapOption = Annotated[
    str | None, typer.Option(help="Data label=model label, comma-separated; labels not named are left out.")
]
LabelOption = Annotated[str | None, typer.Option(help="Column of the label.")]
LangOption = Annotated[str | None, typer.Option(help="en or es, where the data do not say.")]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="starter-en, starter-es, a checkpoint directory, a hub id, a URL, a .skops file or spacy:NAME.",
    ),
]
ModelOutOption = Annotated[Path, typer.Option(help="Directory of the finished model.")]
PairOption = Annotated[str | None, typer.Option(help="Column of the second text of a pair.")]
RateOption = Annotated[float | None, typer.Option(help="Requests a second to a model behind a URL, at most.")]
RecipeArgument = Annotated[str, typer.Argument(help="Recipe name (robust recipes ls) or a .yaml file.")]
RecipeOption = Annotated[str, typer.Option("--recipe", "-r", help="Recipe name (robust recipes ls) or a .yaml file.")]
RecipeSeedOption = Annotated[int | None, typer.Option(min=0, help="Seed of everything random. Default: the recipe's.")]
ReplaceOption = Annotated[bool, typer.Option("--force", help="Replace --out.")]
RevisionOption = Annotated[str | None, typer.Option(help="Revision of a hub model.")]
RunOption = Annotated[Path | None, typer.Option(help="Run directory. Default: one under results/runs.")]
SeedOption = Annotated[int, typer.Option(help="Seed of everything random.")]
SplitOption = Annotated[str | None, typer.Option(help="Split of an hf: set.")]
TextOption = Annotated[str | None, typer.Option(help="Column of the text.")]
TrainingDeviceOption = Annotated[str, typer.Option(help="auto or cpu.")]
TrainingSetOption = Annotated[
    list[str] | None, typer.Option("--set", help="Override a recipe field: train.epochs=2. Repeatable.")
]
TrustOption = Annotated[bool, typer.Option("--trust-remote-code", help="Run code that comes with the model.")]
