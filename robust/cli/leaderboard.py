"""`robust leaderboard`: entries made of runs, checked, and put on a board."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from robust.leaderboard.check import Finding

app = typer.Typer(help="Make, check and show entries of a leaderboard.", no_args_is_help=True)

EntryArgument = Annotated[str, typer.Argument(help="The folder of an entry: a path, or a URL that fsspec reads.")]
RootArgument = Annotated[str, typer.Argument(help="A folder with entries in it, at any depth; a path or a URL.")]
ByOption = Annotated[str, typer.Option(help="Who: a name or a handle, which is published.")]
AtOption = Annotated[str | None, typer.Option(help="When, in UTC (2026-01-31T12:00:00Z). Default: now.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
RecordOption = Annotated[bool, typer.Option("--record", help="Add a line to the entry's history if all is well.")]


@app.callback()
def _leaderboard() -> None:
    """Make, check and show entries of a leaderboard."""
    from robust.errors import UserError

    try:
        import fsspec  # noqa: F401
    except ImportError:
        raise UserError("leaderboards need fsspec", fix="pip install 'robust[leaderboard]'") from None


@app.command()
def submit(
    runs: Annotated[list[Path], typer.Argument(help="Finished runs of one model on the same rows; several: a suite.")],
    out: Annotated[str, typer.Option(help="Where the folder of the entry is made.")],
    by: ByOption,
    at: AtOption = None,
    split: Annotated[str, typer.Option(help="public or hidden.")] = "public",
    variety: Annotated[
        str | None, typer.Option(help="Variety of the language, where all rows keep to it: es-MX.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the weights.")] = None,
    preprocessing: Annotated[
        list[str] | None,
        typer.Option(help="What is done to a text before the model reads it; '' for nothing. Repeatable."),
    ] = None,
    trained_on: Annotated[list[str] | None, typer.Option(help="A data set the model learnt from. Repeatable.")] = None,
    on_train: Annotated[
        bool | None,
        typer.Option("--on-train/--not-on-train", help="Whether it learnt from the benchmark's own train split."),
    ] = None,
    not_on_test: Annotated[bool, typer.Option("--not-on-test", help="Declare that it saw none of these rows.")] = False,
    adversarial_from: Annotated[
        list[str] | None, typer.Option(help="An attack whose texts it was trained on. Repeatable.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the files of an entry, to be checked and sent in."""
    from robust.errors import UserError
    from robust.leaderboard import history
    from robust.leaderboard import submit as making
    from robust.leaderboard.store import Folder

    if split not in ("public", "hidden"):
        raise UserError(f"--split {split}: there is no such split", fix="public or hidden")
    declared = making.Declaration(
        by=by,
        at=at or history.now(),
        split=split,
        variety=variety,
        licence=licence,
        preprocessing=None if preprocessing is None else tuple(p for p in preprocessing if p),
        datasets=tuple(trained_on or ()),
        on_benchmark_train=on_train,
        on_benchmark_test=False if not_on_test else None,
        adversarial_data_from=tuple(adversarial_from or ()),
    )
    entry, folder = making.submit(runs, Folder.at(out), declared)
    said = entry.results
    if as_json:
        typer.echo(json.dumps({"entry": entry.entry_id, "folder": str(folder)}))
        return
    typer.echo(f"{folder}")
    typer.echo(f"clean {_percent(said.clean)}  robust {_percent(said.robust)}  {entry.suite.id}")
    typer.echo(f"next: robust leaderboard check {folder}")


@app.command()
def check(
    entry: EntryArgument,
    training: Annotated[
        list[Path] | None,
        typer.Option(help="A file the model learnt from, to look for the benchmark's texts in. Repeatable."),
    ] = None,
    against: Annotated[str | None, typer.Option(help="A folder of entries to compare with.")] = None,
    record: RecordOption = False,
    by: Annotated[str, typer.Option(help="Who checks, for --record.")] = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check an entry: hashes, aggregates, constraints, history. Exit code 2 where something is wrong."""
    from robust.errors import DataError
    from robust.leaderboard import audit, history
    from robust.leaderboard import check as checking
    from robust.leaderboard.canonical import digest
    from robust.leaderboard.store import HISTORY, Folder

    folder = Folder.at(entry)
    opened, findings = checking.check(folder)
    if opened is not None and checking.passed(findings):
        findings += audit.audit(opened, training=training or [], against=Folder.at(against) if against else None)
    if as_json:
        typer.echo(json.dumps(checking.as_json(opened, findings), ensure_ascii=False, indent=2))
    else:
        _print(findings)
    if not checking.passed(findings):
        wrong = [finding.check for finding in findings if finding.verdict == "failed"]
        raise DataError(f"{entry} does not pass: {', '.join(wrong)}", fix="see above what is wrong with each")
    if record:
        said = digest([finding.as_dict() for finding in findings])
        grown = history.append(
            folder.read(HISTORY),
            "recomputed",
            by=by,
            at=at or history.now(),
            note="numbers recomputed from the rows",
            evidence=said,
        )
        folder.write(HISTORY, grown)


def _print(findings: Sequence[Finding]) -> None:
    from robust.cli.tables import print_table

    print_table(("check", "verdict", "what was found"), [(f.check, f.verdict, f.message) for f in findings])


def _percent(interval: object) -> str:
    from robust.leaderboard.schema import Interval

    assert isinstance(interval, Interval)
    if interval.value is None or interval.low is None or interval.high is None:
        return "–"
    return f"{100 * interval.value:.1f} % [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"
