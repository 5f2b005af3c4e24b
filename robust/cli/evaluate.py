"""`robust evaluate`: how much of labelled data a model gets right."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from robust.data.table import DataSpec
    from robust.evaluation.request import Progress


def evaluate(
    model: Annotated[
        str,
        typer.Option(
            "--model", "-m", help="starter-en, starter-es, a checkpoint directory, a hub id, a URL or a .skops file."
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
    suite: Annotated[str, typer.Option(help="What to test: clean (texts as they are).")] = "clean",
    baseline: Annotated[
        list[str] | None,
        typer.Option(help="Put a bag of words trained on this file beside the model. Repeatable: one on all of them."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    pair: Annotated[str | None, typer.Option(help="Column of the second text of a pair.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the label.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Column of the ids; '' numbers the rows.")] = None,
    label_map: Annotated[
        list[str] | None,
        typer.Option(
            help="Data label=model label, comma-separated; labels not named are left out. Once for all files, or once "
            "for each: --data, then --baseline ('' for none)."
        ),
    ] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Whether a csv/tsv file starts with column names.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of a text file.")] = "utf-8",
    split: Annotated[str | None, typer.Option(help="Split of an hf: set given as --data.")] = None,
    config: Annotated[str | None, typer.Option(help="Configuration of an hf: set.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or es, where the data do not say.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Score the first N rows of every --data.")] = None,
    out: Annotated[Path | None, typer.Option(help="Run directory. Default: one under results/runs.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Throw away an earlier run of the same name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON on standard output.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    dtype: Annotated[str, typer.Option(help="float32, bfloat16 or auto (bfloat16 where it is faster).")] = "float32",
    max_length: Annotated[int | None, typer.Option(min=1, help="Cut texts to this many tokens.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Texts of a batch, at most.")] = None,
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
) -> None:
    """Score a model on labelled data: accuracy, macro-F1, Matthews correlation, recall of every label.

    An interrupted run goes on where it stopped when the same command is given again.
    """
    from robust.cli import scores
    from robust.cli.present import console
    from robust.data.table import DataSpec
    from robust.evaluation.clean import evaluate as run_suite
    from robust.evaluation.request import EvaluationRequest
    from robust.lang.base import language
    from robust.starter import NAMES

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

    request = EvaluationRequest(
        suite=suite,
        model=model,
        data=tuple(spec(at, source, split, limit) for at, source in enumerate(tested)),
        baseline=tuple(spec(at, source, "train", None) for at, source in enumerate(trained, start=len(tested))),
        out=out,
        device=device,
        dtype=dtype,
        max_length=max_length,
        batch_size=batch_size,
        revision=revision,
        trust_remote_code=trust_remote_code,
        max_per_second=max_per_second,
        defences=tuple(defences or ()),
        fresh=force,
        command=shlex.join(["robust", *sys.argv[1:]]),
    )
    try:
        with _bar(model) as tell:
            run = run_suite(request, tell)
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on where this one stopped", err=True)
        raise typer.Exit(130) from None
    if run.resumed:
        again = "already finished; --force runs it again" if run.resumed == len(run.rows) else "went on"
        typer.echo(f"{run.resumed} of {len(run.rows)} rows were answered before ({again})", err=True)
    scores.show(run, console(stderr=as_json))
    if as_json:
        typer.echo(json.dumps(run.as_json(), ensure_ascii=False))


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


@contextmanager
def _bar(title: str) -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error when it is a terminal, nothing otherwise; yields what to call with news."""
    import rich.progress as bars

    from robust.cli.present import console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=24),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[data]}"),
        bars.TextColumn("{task.fields[rate]:,.0f} texts/s"),
        bars.TimeRemainingColumn(),
    )
    out = console(stderr=True)
    with bars.Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(title, total=None, data="", rate=0.0)

        def tell(news: Progress) -> None:
            rate = (news.done - news.before) / news.seconds if news.seconds else 0.0
            bar.update(task, completed=news.done, total=news.total, data=news.data, rate=rate)

        yield tell
