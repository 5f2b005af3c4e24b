"""The suite `standard`: several fixed attacks on the same examples, and the worst case of each example."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from robust import __version__, runner
from robust.core.types import Lang
from robust.data.for_task import about
from robust.errors import UserError
from robust.evaluation import worst_case
from robust.evaluation.worst_case import WorstCase, combine, summarise
from robust.recipe.attack import AttackRecipe
from robust.recipe.load import find
from robust.recipe.suite import SuiteAttack, SuiteRecipe, kinds, load_suite
from robust.results.directory import MANIFEST_VERSION, RunDirectory, open_finished
from robust.results.environment import environment
from robust.results.naming import digest, run_name
from robust.results.rows import Row
from robust.runner import AttackRequest, Loaded

ATTACKS = "attacks"
"""The folder of a suite's run directory that holds one run directory an attack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Which attack is at work, the how-manieth of how many, and how far it is."""

    attack: str
    number: int
    of: int
    at: runner.Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedSuite:
    """A finished suite: where it lies, what it was, its combined rows, and the rows of every attack that was run."""

    path: Path
    manifest: Mapping[str, Any]
    rows: Sequence[Row]
    runs: Mapping[str, Sequence[Row]]
    resumed: bool = False

    @property
    def summary(self) -> WorstCase:
        """The numbers, worked out from the rows."""
        said = self.manifest["suite"]
        levels = {one["name"]: one["level"] for one in said["attacks"]}
        return summarise(self.rows, self.runs, levels, queries=said["queries"])

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        said = self.manifest
        where = {"suite": said["suite"]["name"], "model": said["model"]["name"], "data": said["data"]["name"]}
        return {**self.summary.as_dict(), "seconds": said["seconds"], **where, "run": str(self.path)}


def evaluate(
    request: AttackRequest,
    suite: str,
    *,
    each: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> FinishedSuite:
    """Run the suite, or go on with it, or read it if it is finished.

    `request.recipe`, `overrides` and `seed` are the suite's to say. An attack gets the examples that no earlier one
    broke; `each` gives every attack all of them, which makes no example's verdict another one. Everything the user
    can get wrong is checked before anything is written. Raises the `RobustError` family.
    """
    if suite not in kinds():
        find(suite, "suite")  # a name that is none is said before the model is loaded
    loaded = runner.load(request)
    if loaded.victim.meta.task != "classification":
        raise UserError(f"{request.model} is for the task {loaded.victim.meta.task}", fix="suites are for classifiers")
    plan = load_suite(suite, lang=_language(loaded))
    if strange := sorted({example.lang for example in loaded.aligned.examples} - set(plan.languages)):
        raise UserError(
            f"suite {plan.name!r} is for {', '.join(plan.languages)}, the data are {', '.join(strange)}",
            fix="choose the suite of that language, or `--suite standard`, which does",
        )
    recipes = plan.resolve()
    for one in plan.attacks:  # what an attack lacks is said before the first one runs
        recipes[one.name].build().check(loaded.victim, loaded.aligned.examples)
    manifest = _manifest(request, plan, recipes, loaded, each)
    directory = RunDirectory(request.out or request.runs / _run_name(manifest["identity"]))
    if directory.finished and not request.fresh and (directory.manifest or {})["identity"] == manifest["identity"]:
        return replace(open_suite(directory.path), resumed=True)
    with directory.open(manifest, fresh=request.fresh):
        if request.fresh:
            shutil.rmtree(directory.path / ATTACKS, ignore_errors=True)
        runs, seconds = _attack_all(request, plan, loaded, directory.path, each, on_progress)
        rows = combine([example.id for example in loaded.aligned.examples], runs)
        run = FinishedSuite(path=directory.path, manifest={**manifest, "seconds": seconds}, rows=rows, runs=runs)
        finished = {**run.manifest, "summary": run.summary.as_dict()}
        directory.finish(rows, finished, write=worst_case.FRAME.write)
    return replace(run, manifest=finished)


def _attack_all(
    request: AttackRequest,
    plan: SuiteRecipe,
    loaded: Loaded,
    path: Path,
    each: bool,
    on_progress: Callable[[Progress], None] | None,
) -> tuple[dict[str, Sequence[Row]], float]:
    """The rows of every attack that had something to attack, and the seconds of all."""
    left = {example.id for example in loaded.aligned.examples}
    runs: dict[str, Sequence[Row]] = {}
    seconds = 0.0
    for number, one in enumerate(plan.attacks, start=1):
        if not left and not each:
            break

        def tell(news: runner.Progress, one: SuiteAttack = one, number: int = number) -> None:
            if on_progress is not None:
                on_progress(Progress(attack=one.name, number=number, of=len(plan.attacks), at=news))

        asked = replace(
            request,
            recipe=one.recipe,
            overrides=plan.overrides(one),
            seed=one.seed,
            out=path / ATTACKS / one.name,
            fresh=False,
        )
        whole = each or len(left) == len(loaded.aligned.examples)
        done = runner.attack(asked, tell, loaded=loaded, only=None if whole else left)
        runs[one.name] = done.rows
        seconds += done.manifest["seconds"]
        # an example whose attack failed to run may still be broken by the next
        left -= {row["example_id"] for row in done.rows if row["status"] in ("success", "skipped")}
    return runs, round(seconds, 3)


def open_suite(path: Path) -> FinishedSuite:
    """The suite in a directory. Raises `UserError` where there is none, or an unfinished one."""
    directory = RunDirectory(path)
    manifest = directory.manifest
    if manifest is None or manifest.get("kind") != "suite":
        raise UserError(f"{path} holds no suite", fix="name a directory that `robust evaluate --suite standard` wrote")
    if not directory.finished:
        raise UserError(
            f"the suite in {path} is not finished",
            fix=f"go on with it: {manifest.get('command') or 'the same command again'}",
        )
    rows = worst_case.FRAME.read(path / "examples.parquet")
    names = [one["name"] for one in manifest["suite"]["attacks"]]
    runs = {name: open_finished(path / ATTACKS / name)[1] for name in names if (path / ATTACKS / name).is_dir()}
    return FinishedSuite(path=path, manifest=manifest, rows=rows, runs=runs)


def _language(loaded: Loaded) -> Lang:
    langs = sorted({example.lang for example in loaded.aligned.examples})
    if len(langs) != 1:
        raise UserError(
            f"{loaded.table.name} holds {' and '.join(langs) or 'no examples'}, a suite is for one language",
            fix="give one file a language",
        )
    return langs[0]


def _manifest(
    request: AttackRequest, plan: SuiteRecipe, recipes: Mapping[str, AttackRecipe], loaded: Loaded, each: bool
) -> dict[str, Any]:
    meta, table, aligned = loaded.victim.meta, loaded.table, loaded.aligned
    attacks = [
        {
            "name": one.name,
            "level": one.level,
            "recipe": recipes[one.name].name,
            "sha": recipes[one.name].sha,
            "seed": one.seed,
            "pinned": one.sha is not None,
        }
        for one in plan.attacks
    ]
    sha = digest([plan.queries, [[one["name"], one["sha"], one["seed"]] for one in attacks]])
    return {
        "manifest_version": MANIFEST_VERSION,
        "kind": "suite",
        "identity": {
            "suite": f"{plan.name}@{sha}",
            "model": f"{meta.name}@{meta.revision}",
            "dtype": meta.dtype,
            "data": f"{table.name}@{table.fingerprint}",
            "n": len(aligned.examples),
            "each": each,
            **({"temperature": f"{request.temperature:.9g}"} if request.temperature is not None else {}),
        },
        "command": request.command,
        "robust": __version__,
        "suite": {"name": plan.name, "sha": sha, "queries": plan.queries, "each": each, "attacks": attacks},
        "model": meta.as_dict(),
        "data": about(table, aligned),
        "environment": environment(),
    }


def _run_name(identity: Mapping[str, Any]) -> str:
    return run_name((str(identity[key]).rpartition("@")[0] for key in ("suite", "model", "data")), identity)
