"""The suites of `robust evaluate`: each is run, shown, and printed as JSON where that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from robust.core.types import Lang
    from robust.data.table import DataSpec
    from robust.evaluation import standard as standard_
    from robust.evaluation.request import EvaluationRequest, Progress
    from robust.runner import AttackRequest


OTHERS = ("behaviour", "certified")
"""Suites that are neither `clean` nor a list of attacks."""

_LOOKS = ("--slices", "--slice-by", "--pairs", "--shift", "--calibration", "--masking")
_OPTIONS: Mapping[str, frozenset[str]] = {
    "clean": frozenset(("--data", "--limit", "--baseline", "--max-length", "--batch-size", "--against", *_LOOKS)),
    "behaviour": frozenset(("--tests", "--batch-size", "--against")),
    "certified": frozenset(("--data", "--limit", "--method", "--draws", "--mask-rate", "--mask", "--synonyms")),
}
_IDLE: Mapping[str, frozenset[str]] = {
    "ranmask": frozenset(("synonyms",)),
    "safer": frozenset(("mask_rate", "mask")),
    "ibp": frozenset(("draws", "mask_rate", "mask")),
}
"""What certificates by each method do not look at."""
_OF_ATTACKS = frozenset(("--data", "--limit", "--each", "--calibrate", "--calibration", "--masking", "--against"))
"""Options that not every suite knows, by suite."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What every suite is told: the model and how to run it, where to write, and the command that is recorded."""

    model: str
    out: Path | None
    device: str
    dtype: str
    revision: str | None
    trust_remote_code: bool
    max_per_second: float | None
    defences: tuple[str, ...]
    fresh: bool
    command: str


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How else the rows of a clean evaluation are looked at; the names are those of the options."""

    slices: bool = False
    by: tuple[str, ...] = ()
    pairs: str | None = None
    shift: bool = False
    calibration: bool = False
    masking: bool = False


def check_options(suite: str, given: Mapping[str, object]) -> None:
    """Raise `UserError` for a suite that does not exist, and for options, by name, that it does not know."""
    from robust.errors import UserError, did_you_mean
    from robust.evaluation.request import SUITES
    from robust.recipe.load import shipped
    from robust.recipe.suite import kinds

    known = (*SUITES, *OTHERS, *kinds(), *(recipe.name for recipe in shipped("suite")))
    if suite not in known and not suite.endswith((".yaml", ".yml")):
        raise UserError(f"there is no suite {suite!r}", fix=did_you_mean(suite, known) or f"use {', '.join(known)}")
    allowed = _OPTIONS.get(suite, _OF_ATTACKS)
    if strange := [name for name, value in given.items() if value and name not in allowed]:
        raise UserError(f"{' and '.join(strange)}: not for the suite {suite}", fix="leave it out")


def only(specs: Sequence[DataSpec], suite: str, model: str) -> DataSpec:
    """The one data set of a suite that takes one. Raises `UserError` for none or several."""
    from robust.errors import UserError

    if not specs:
        raise UserError(f"which data is {model} to be tested on?", fix="name them with --data")
    if len(specs) > 1:
        raise UserError(f"the suite {suite} takes one --data, not {len(specs)}", fix="run it once for each")
    return specs[0]


def clean(request: EvaluationRequest, against: Sequence[Path], looks: Looks, *, as_json: bool) -> None:
    """Score a model on texts as they are."""
    from robust.cli import looks as looks_
    from robust.cli import scores
    from robust.cli.present import console
    from robust.errors import UserError
    from robust.evaluation import facts
    from robust.evaluation.clean import evaluate
    from robust.runner import AttackRequest

    named = (*looks.by, *((looks.pairs,) if looks.pairs and looks.pairs != facts.SIMILAR else ()))
    facts.check_columns(request.data, named)
    if looks.masking and len(request.data) > 1:
        raise UserError(f"--masking looks at one --data, not {len(request.data)}", fix="run it once for each")
    if looks.shift and len(request.data) < 2:
        raise UserError("--shift compares data sets, and there is one", fix="give --data twice or more, home first")
    with resumable(), _bar(request.model) as tell:
        run = evaluate(request, tell)
    if run.resumed:
        again = "already finished; --force runs it again" if run.resumed == len(run.rows) else "went on"
        typer.echo(f"{run.resumed} of {len(run.rows)} rows were answered before ({again})", err=True)
    known = []
    if looks.slices or looks.by or looks.pairs:
        langs = run.manifest["model"]["languages"]
        only = langs[0] if len(langs) == 1 else None
        known = facts.facts(request.data, only=only, slices=looks.slices, by=looks.by, pairs=looks.pairs)
        facts.write(known, run.path)
    out = console(stderr=as_json)
    scores.show(run, out)
    if looks.pairs and not any(one["pair"] for one in known):
        out.print(f"no pairs were found by --pairs {looks.pairs}", soft_wrap=True)
    if looks.masking:
        shared = {name: getattr(request, name) for name in Asked.__dataclass_fields__ if name != "out"}
        _look_for_masking(AttackRequest(recipe="", data=request.data[0], **shared), run.path)
    seen = looks_.look(run.path, run.rows, shift=looks.shift, calibration=looks.calibration)
    looks_.show(seen, out)
    finish(run.path, {**run.as_json(), **seen.as_dict()}, against, as_json=as_json)


def standard(
    suite: str,
    data: DataSpec,
    asked: Asked,
    against: Sequence[Path],
    looks: Looks,
    *,
    calibrate: str | None,
    each: bool,
    as_json: bool,
) -> None:
    """Run a suite of attacks and show the worst case."""
    from robust.cli import looks as looks_
    from robust.cli import worst_case
    from robust.cli.calibrate import at_own_temperature
    from robust.cli.present import console
    from robust.evaluation.standard import evaluate
    from robust.runner import AttackRequest

    request = AttackRequest(recipe="", data=data, **vars(asked))
    if calibrate is not None:
        request = at_own_temperature(request, calibrate)
    with resumable(), _attack_bar(asked.model) as tell:
        run = evaluate(request, suite, each=each, on_progress=tell)
    if run.resumed:
        typer.echo("the suite was already finished; --force runs it again", err=True)
    out = console(stderr=as_json)
    worst_case.show(run, out)
    if looks.masking:
        _look_for_masking(request, run.path)
    seen = looks_.look(run.path, run.rows, calibration=looks.calibration)
    looks_.show(seen, out)
    finish(run.path, {**run.as_json(), **seen.as_dict()}, against, as_json=as_json)


def _look_for_masking(request: AttackRequest, run: Path) -> None:
    """Attack the first examples by gradients and blindly, and put what comes of it beside the run's rows."""
    from robust.evaluation import masking

    with resumable():
        masking.write(masking.check(request, runs=run / masking.RUNS), run)


def behaviour(
    asked: Asked,
    against: Sequence[Path],
    *,
    tests: str | None,
    label_map: Sequence[str],
    lang: Lang | None,
    batch_size: int | None,
    as_json: bool,
) -> None:
    """Run behavioural tests and show how often each is failed."""
    from robust.cli import behaviour as shown
    from robust.cli.present import console
    from robust.data.labels import parse_label_map
    from robust.evaluation.behaviour import BehaviourRequest, evaluate

    mapping = {old: new for text in label_map for old, new in parse_label_map(text).items()}
    request = BehaviourRequest(tests=tests, label_map=mapping, lang=lang, batch_size=batch_size, **vars(asked))
    with resumable(), _bar(asked.model) as tell:
        run = evaluate(request, tell)
    shown.show(run, console(stderr=as_json))
    finish(run.path, run.as_json(), against, as_json=as_json)


def certified(data: DataSpec, asked: Asked, *, smoothing: Mapping[str, Any], as_json: bool) -> None:
    """Certify a model read through random copies of its input."""
    from robust.cli import certified as shown
    from robust.cli.present import console
    from robust.errors import UserError
    from robust.evaluation.certified import Smoothing, evaluate
    from robust.runner import AttackRequest

    given = {name for name, value in smoothing.items() if value is not None}
    method = smoothing.get("method") or "ranmask"
    if idle := sorted(given & _IDLE.get(method, frozenset())):
        options = " and ".join(f"--{name.replace('_', '-')}" for name in idle)
        raise UserError(f"{options}: not for the method {method}", fix="leave it out")
    how = Smoothing(**{name: value for name, value in smoothing.items() if value is not None})
    request = AttackRequest(recipe="", data=data, **vars(asked))
    with resumable(), _bar(asked.model) as tell:
        run = evaluate(request, how, tell)
    shown.show(run, console(stderr=as_json))
    finish(run.path, run.as_json(), (), as_json=as_json)


def check_against(against: Sequence[Path]) -> None:
    """Raise `UserError` for a run that cannot be compared with, before hours are spent on the other."""
    if against:
        from robust.evaluation.comparison import judged

        for path in against:
            judged(path)


def finish(path: Path, told: Mapping[str, object], against: Sequence[Path], *, as_json: bool) -> None:
    """Compare the run with others where that is asked for, and print its summary as JSON."""
    from robust.cli import compare
    from robust.cli.present import console
    from robust.evaluation.comparison import compare_runs

    compared = compare_runs([path, *against]) if against else []
    if compared:
        out = console(stderr=as_json)
        out.print()
        compare.show(compared, out)
    if as_json:
        beside = {"against": [one.as_dict() for one in compared]} if compared else {}
        typer.echo(json.dumps({**told, **beside}, ensure_ascii=False))


@contextmanager
def resumable() -> Iterator[None]:
    """Say that the same command goes on, and end with 130, where the user interrupts."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on where this one stopped", err=True)
        raise typer.Exit(130) from None


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


@contextmanager
def _attack_bar(title: str) -> Iterator[Callable[[standard_.Progress], None]]:
    """The bar of the attack at work, with its number."""
    from robust.cli.progress import attack_bar

    with attack_bar(title) as tell:

        def told(news: standard_.Progress) -> None:
            tell(news.at, title=f"{news.number}/{news.of} {news.attack} → {title}")

        yield told
