"""`robust leaderboard`: entries made of runs, checked, and put on a board."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from robust.core.types import Fields
    from robust.leaderboard.check import Finding, Opened
    from robust.leaderboard.history import State
    from robust.leaderboard.schema import Interval

app = typer.Typer(help="Make, check and show entries of a leaderboard.", no_args_is_help=True)

EntryArgument = Annotated[str, typer.Argument(help="The folder of an entry: a path, or a URL that fsspec reads.")]
ByOption = Annotated[str, typer.Option(help="Who: a name or a handle, which is published.")]
DataOption = Annotated[
    str | None, typer.Option("--data", help="The benchmark's own file, where the entry withholds the texts.")
]
ColumnsOption = Annotated[
    list[str] | None, typer.Option("--text", help="Its column of the text; given twice, that of a pair's second text.")
]
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
    runs: Annotated[
        list[Path], typer.Argument(help="A run of an attack or of a suite (with --each); or several, on the same rows.")
    ],
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
    withhold: Annotated[
        bool, typer.Option("--withhold-texts", help="Leave the texts out, for data that may not be passed on.")
    ] = False,
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
        withhold=withhold,
    )
    entry, folder = making.submit(runs, Folder.at(out), declared)
    said = entry.results
    if as_json:
        typer.echo(json.dumps({"entry": entry.entry_id, "folder": str(folder)}))
        return
    typer.echo(f"{folder}")
    typer.echo(f"clean {percent(said.clean)}  robust {percent(said.robust)}  {entry.suite.id}")
    typer.echo(f"next: robust leaderboard check {folder}")


@app.command()
def check(
    entry: EntryArgument,
    training: Annotated[
        list[Path] | None,
        typer.Option(help="A file the model learnt from, to look for the benchmark's texts in. Repeatable."),
    ] = None,
    against: Annotated[str | None, typer.Option(help="A folder of entries to compare with.")] = None,
    texts: DataOption = None,
    columns: ColumnsOption = None,
    record: RecordOption = False,
    by: Annotated[str, typer.Option(help="Who checks, for --record.")] = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check an entry: hashes, aggregates, constraints, history. Exit code 2 where something is wrong.

    --record writes what was found beside the entry: it is recomputed, or flagged where training data have its texts.
    """
    from robust.errors import DataError
    from robust.leaderboard import audit, evidence
    from robust.leaderboard import check as checking
    from robust.leaderboard.store import Folder

    folder = Folder.at(entry)
    opened, findings = checking.check(folder, fields(texts, columns))
    if opened is not None and checking.passed(findings):
        findings += audit.audit(opened, training=training or [], against=Folder.at(against) if against else None)
    if as_json:
        typer.echo(json.dumps(checking.as_json(opened, findings), ensure_ascii=False, indent=2))
    else:
        _print(findings)
    wrong = [finding.check for finding in findings if finding.verdict == "failed"]
    if record and wrong in ([], ["contamination"]):
        state: State = "flagged" if wrong else "recomputed"
        note = "; ".join(f.message for f in findings if f.verdict == "failed") or "numbers recomputed from the rows"
        said = {"kind": "check", "findings": [finding.as_dict() for finding in findings]}
        evidence.record(folder, state, said, by=by, at=at, note=note)
    if wrong:
        raise DataError(f"{entry} does not pass: {', '.join(wrong)}", fix="see above what is wrong with each")


@app.command()
def reproduce(
    entry: EntryArgument,
    share: Annotated[float, typer.Option(help="Share of the examples to attack again, above 0, up to 1.")] = 0.1,
    seed: Annotated[
        int | None, typer.Option(help="Draws the examples. Default: at random, so that nobody can foresee them.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="Where the model is, if not at its name.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    tolerance: Annotated[float, typer.Option(help="Share of rows that may come out differently.")] = 0.02,
    texts: DataOption = None,
    columns: ColumnsOption = None,
    record: RecordOption = False,
    by: Annotated[str, typer.Option(help="Who reproduces, for --record.")] = "",
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Attack a random share of an entry's examples again and compare. Exit code 2 where too many rows differ."""
    import secrets

    from robust.errors import DataError
    from robust.leaderboard import evidence, rerun
    from robust.leaderboard.store import Folder

    opened = sound(entry, fields(texts, columns))
    drawn = secrets.randbelow(2**31) if seed is None else seed
    found = rerun.reproduce(opened, share=share, seed=drawn, model=model, device=device)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"seed {drawn}: {found.agreed.n} attacks again")
        typer.echo(f"same outcome    {percent(found.agreed)}")
        typer.echo(f"identical text  {percent(found.identical)}")
        for row in found.disagreements:
            typer.echo(f"{row.attack}/{row.example_id}: claimed {row.claimed}, found {row.found}")
        if found.stochastic:
            typer.echo("the model's answers to unedited texts are not what they were")
    if not found.passed(tolerance):
        raise DataError(
            f"{len(found.disagreements)} of {found.agreed.n} rows came out differently",
            fix="a maintainer may flag the entry: robust leaderboard mark ENTRY flagged --by … --note …",
        )
    if record:
        note = f"{found.agreed.k} of {found.agreed.n} attacks again with the same outcome"
        said = {"kind": "reproduction", **found.as_dict()}
        evidence.record(Folder.at(entry), "reproduced", said, by=by, at=at, note=note)


@app.command()
def attack(
    entry: EntryArgument,
    texts: Annotated[Path, typer.Argument(help="csv, tsv or jsonl file with the columns example_id and adversarial.")],
    by: ByOption,
    at: AtOption = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="Where the model is, if not at its name.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
) -> None:
    """Lower an entry with adversarial texts from anywhere: those that fool its model are kept beside it."""
    from robust.leaderboard import external, history, rerun
    from robust.leaderboard.store import Folder

    opened = sound(entry)
    kept, attempts = rerun.try_texts(opened, external.read_texts(texts), by=by, model=model, device=device)
    for one in attempts:
        typer.echo(f"{one.example_id}: {'counts' if one.counts else one.why}")
    typer.echo(f"{len(kept)} of {len(attempts)} texts count")
    if kept:
        name, data = external.pack(kept, by=by, at=at or history.now(), weights=opened.entry.model.weights)
        Folder.at(entry).write(name, data)
        typer.echo(f"written: {entry}/{name}")


@app.command()
def mark(
    entry: EntryArgument,
    state: Annotated[str, typer.Argument(help="recomputed, reproduced, verified, flagged or withdrawn.")],
    by: ByOption,
    note: Annotated[str, typer.Option(help="Why; published with the entry.")],
    at: AtOption = None,
) -> None:
    """Add a line to an entry's history, as a maintainer: a flag, a withdrawal, a verification."""
    from robust.leaderboard import history
    from robust.leaderboard.store import HISTORY, Folder

    folder = Folder.at(entry)
    grown = history.append(folder.read(HISTORY), state, by=by, at=at or history.now(), note=note)
    folder.write(HISTORY, grown)
    for event in history.read(grown, f"{folder}/{HISTORY}"):
        typer.echo(f"{event.at}  {event.state:<11} {event.by}  {event.note}")


def fields(source: str | None, columns: Sequence[str] | None) -> dict[str, Fields] | None:
    """The texts of a benchmark by the ids of its rows, for an entry that withholds them."""
    from robust.data.source import DataSpec, read

    if source is None:
        return None
    text, pair = [*(columns or ()), None, None][:2]
    return {row.id: row.fields for row in read(DataSpec(source=source, text=text, pair=pair)).rows}


def sound(entry: str, texts: Mapping[str, Fields] | None = None) -> Opened:
    """The entry, if it passes its own checks."""
    from robust.errors import DataError
    from robust.leaderboard import check as checking
    from robust.leaderboard.store import Folder

    opened, findings = checking.check(Folder.at(entry), texts)
    if opened is None or not checking.passed(findings):
        wrong = next(finding for finding in findings if finding.verdict == "failed")
        raise DataError(f"{entry}: {wrong.message}", fix="robust leaderboard check says more")
    return opened


def _print(findings: Sequence[Finding]) -> None:
    from robust.cli.tables import print_table

    print_table(("check", "verdict", "what was found"), [(f.check, f.verdict, f.message) for f in findings])


def percent(interval: Interval) -> str:
    """`81.7 % [76.3, 86.1]`, or a dash where there is nothing to estimate."""
    if interval.value is None or interval.low is None or interval.high is None:
        return "–"
    return f"{100 * interval.value:.1f} % [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"
