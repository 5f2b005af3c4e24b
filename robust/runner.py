"""The one place where a run is put together: recipe + victim + data → a run directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from robust import __version__
from robust.core.attack import Attack
from robust.core.constraint import TargetConstraint
from robust.core.example import Example
from robust.core.goal import for_victim
from robust.core.victim import AnyVictim
from robust.data.for_task import AnyTable, about, examples_for, read_for
from robust.data.labels import Aligned
from robust.data.table import DataSpec
from robust.engine.answers import Stats
from robust.engine.run import EngineOptions, run_attack
from robust.engine.store import Store
from robust.errors import DataError, UserError
from robust.recipe.attack import AttackRecipe
from robust.recipe.load import load_attack
from robust.registry import identify
from robust.results.directory import MANIFEST_VERSION, RunDirectory
from robust.results.environment import environment
from robust.results.naming import digest, run_name
from robust.results.rows import Row, row
from robust.results.summary import Summary, summarise
from robust.victims.calibrated import at_temperature
from robust.victims.defended import defended
from robust.victims.load import load_for_task, task_of
from robust.victims.smoothed import draws, in_expectation


@dataclass(frozen=True, kw_only=True)
class AttackRequest:
    """What `robust attack` is asked for.

    `recipe`: name or file; `model`: starter name, directory, hub id, URL or .skops file. `out`: the run directory
    (default: a directory under `runs` named after what is run, so that the same request finds its own unfinished run
    again). `defences` stand before the model (see `robust.victims.defended`), `temperature` divides a classifier's
    logits (see `robust.results.calibration`). `expectation` attacks the expectation of a smoothed model over other
    draws than those of its vote. `fresh` throws an earlier run away. `command` is recorded, so that a reader can repeat
    the run.
    """

    recipe: str
    model: str
    data: DataSpec
    overrides: tuple[str, ...] = ()
    seed: int = 0
    out: Path | None = None
    runs: Path = Path("results/runs")
    device: str = "auto"
    dtype: str = "auto"
    revision: str | None = None
    trust_remote_code: bool = False
    max_per_second: float | None = None
    temperature: float | None = None
    expectation: bool = False
    engine: EngineOptions = field(default_factory=EngineOptions)
    defences: tuple[str, ...] = ()
    fresh: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: examples done of all, queries asked in this process, successes, and seconds since it began."""

    done: int
    total: int
    queries: int
    successes: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """A finished run: where it lies, what it was, its rows, and how many of them an earlier process had done."""

    path: Path
    manifest: Mapping[str, Any]
    rows: Sequence[Row]
    resumed: int = 0

    @property
    def summary(self) -> Summary:
        """The run's numbers, worked out from its rows."""
        return summarise(self.rows, self.manifest["model"].get("task", "classification"))

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        said = self.manifest
        where = {"run": str(self.path), "model": said["model"]["name"], "recipe": said["recipe"]["name"]}
        return {**self.summary.as_dict(), "seconds": said["seconds"], **where, "data": said["data"]["name"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model and the data to attack it on, lined up with each other: what several attacks can share."""

    table: AnyTable
    victim: AnyVictim
    aligned: Aligned


def load(request: AttackRequest) -> Loaded:
    """The model and the examples of a request. Raises the `RobustError` family; writes nothing."""
    task = task_of(request.model, revision=request.revision)
    table = read_for(request.data, task)
    victim = load_for_task(
        request.model,
        task,
        device=request.device,
        dtype=request.dtype,
        revision=request.revision,
        trust_remote_code=request.trust_remote_code,
        max_per_second=request.max_per_second,
    )
    if request.expectation:
        victim = in_expectation(victim)
    if request.temperature is not None:
        victim = at_temperature(victim, request.temperature)
    victim = defended(victim, request.defences)
    return Loaded(table=table, victim=victim, aligned=examples_for(request.data, table, victim.meta))


def attack(
    request: AttackRequest,
    on_progress: Callable[[Progress], None] | None = None,
    *,
    loaded: Loaded | None = None,
    only: Collection[str] | None = None,
) -> FinishedRun:
    """Run the attack, or go on with it, or read it if it is finished.

    Everything the user can get wrong is checked before anything is written. `loaded` is what `load` says of the
    request, where it is there already; `only` names the examples to attack, by id, where it is not all of them.
    Raises the `RobustError` family.
    """
    recipe = load_attack(request.recipe, overrides=request.overrides)
    loaded = loaded or load(request)
    table, victim, aligned = loaded.table, loaded.victim, loaded.aligned
    if only is not None:
        aligned = replace(aligned, examples=[example for example in aligned.examples if example.id in only])
    _check_languages(recipe, aligned.examples)
    plan = recipe.build()
    for part in plan.constraints:
        if isinstance(part, TargetConstraint):  # a target of another task is said before anything is written
            part.keeps([aligned.examples[0].text], aligned.examples[0].target)
    plan.ready({example.lang for example in aligned.examples})
    for_victim(plan.goal, victim.meta)  # and so is a label that the model lacks, or a goal of another task
    plan.check(victim, aligned.examples)
    manifest = _manifest(
        request, recipe, plan, table, aligned, victim, of=None if only is None else len(loaded.aligned.examples)
    )
    directory = RunDirectory(request.out or request.runs / _run_name(manifest["identity"]))
    if directory.finished and not request.fresh:
        held = directory.manifest or {}
        if held.get("identity") == manifest["identity"]:
            rows = directory.rows()
            return FinishedRun(path=directory.path, manifest=held, rows=rows, resumed=len(rows))
    with directory.open(manifest, fresh=request.fresh):
        return _run(request, plan, victim, aligned.examples, manifest, directory, on_progress)


def _run(
    request: AttackRequest,
    plan: Attack,
    victim: AnyVictim,
    examples: Sequence[Example],
    manifest: dict[str, Any],
    directory: RunDirectory,
    on_progress: Callable[[Progress], None] | None,
) -> FinishedRun:
    began = time.perf_counter()
    by_id = {example.id: example for example in examples}
    done, spent = directory.journal()
    rows = {r["example_id"]: r for r in done}
    successes = sum(r["status"] == "success" for r in done)
    left = [example for example in examples if example.id not in rows]

    def tell(stats: Stats) -> None:
        if on_progress is not None:
            seconds = time.perf_counter() - began
            on_progress(
                Progress(done=len(rows), total=len(by_id), queries=stats.asked, successes=successes, seconds=seconds)
            )

    stats = Stats(listener=tell)
    with Store(directory.answers) as store:
        running = run_attack(plan, victim, left, seed=request.seed, options=request.engine, store=store, stats=stats)
        for outcome in running:
            fresh = row(outcome, by_id[outcome.example_id])
            directory.append(fresh, seconds=spent + time.perf_counter() - began)
            rows[outcome.example_id] = fresh
            successes += outcome.status == "success"
            tell(stats)
    ordered = [rows[example.id] for example in examples]
    finished = {
        **manifest,
        "seconds": round(spent + time.perf_counter() - began, 3),
        "engine": stats.as_dict(),
        "summary": summarise(ordered, victim.meta.task).as_dict(),
    }
    directory.finish(ordered, finished)
    return FinishedRun(path=directory.path, manifest=finished, rows=ordered, resumed=len(done))


def _check_languages(recipe: AttackRecipe, examples: Sequence[Example]) -> None:
    if not examples:
        raise DataError("no example is left to attack", fix="check --label-map and --limit")
    for lang in sorted({example.lang for example in examples} - set(recipe.languages)):
        known = ", ".join(recipe.languages)
        raise UserError(
            f"recipe {recipe.name!r} is for {known}, the data are {lang}",
            fix="choose another recipe; `robust recipes ls` shows the languages of each",
        )


def _manifest(
    request: AttackRequest,
    recipe: AttackRecipe,
    plan: Attack,
    table: AnyTable,
    aligned: Aligned,
    victim: AnyVictim,
    *,
    of: int | None,
) -> dict[str, Any]:
    """What the run says of itself; `of`: how many examples the data have, where some are not to be attacked."""
    meta = victim.meta
    models = [identify(p) for p in (plan.transformation, *plan.constraints) if getattr(p, "costly", False)]
    return {
        "manifest_version": MANIFEST_VERSION,
        "kind": "attack",
        "identity": {
            "recipe": f"{recipe.name}@{recipe.sha}",
            "model": f"{meta.name}@{meta.revision}",
            "dtype": meta.dtype,
            "data": f"{table.name}@{table.fingerprint}",
            "n": len(aligned.examples),
            "lang": ",".join(sorted({example.lang for example in aligned.examples})),
            "seed": request.seed,
            **({"expectation": "over other draws than those of the vote"} if request.expectation else {}),
            **({"temperature": f"{request.temperature:.9g}"} if request.temperature is not None else {}),
            **({"plugin models": digest(models)} if models else {}),
            **({"only": digest([example.id for example in aligned.examples])} if of is not None else {}),
        },
        "command": request.command,
        "robust": __version__,
        "recipe": {"name": recipe.name, "sha": recipe.sha, "resolved": recipe.resolved(), "models": models},
        "model": meta.as_dict(),
        **({"draws": n} if (n := draws(victim)) is not None else {}),
        "data": {**about(table, aligned), **({"of": of} if of is not None else {})},
        "seed": request.seed,
        "environment": environment(),
    }


def _run_name(identity: Mapping[str, Any]) -> str:
    return run_name((str(identity[key]).rpartition("@")[0] for key in ("recipe", "model", "data")), identity)
