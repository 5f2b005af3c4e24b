"""From finished runs of `robust attack` to the files of an entry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from robust.errors import DataError, UserError
from robust.leaderboard import history, recompute, rows, suites, withheld
from robust.leaderboard.canonical import digest, entry_id, pretty
from robust.leaderboard.schema import SCHEMA_VERSION, Entry
from robust.leaderboard.store import ENTRY, HISTORY, ROWS, Folder
from robust.leaderboard.threat import threat_model
from robust.recipe.attack import AttackRecipe
from robust.results.directory import DIAGNOSES, open_finished
from robust.results.rows import Row


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What no run knows: who submits, and what is said of the model and of its training. None is "not said"."""

    by: str
    at: str
    split: str = "public"
    variety: str | None = None
    licence: str | None = None
    preprocessing: tuple[str, ...] | None = None
    datasets: tuple[str, ...] = ()
    on_benchmark_train: bool | None = None
    on_benchmark_test: bool | None = None
    adversarial_data_from: tuple[str, ...] = ()
    withhold: bool = False
    """Leave the texts of the benchmark out of the rows: for data that may not be passed on."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    name: str
    place: str
    manifest: Mapping[str, Any]
    rows: list[Row]
    recipe: AttackRecipe


def files(runs: Sequence[Path], declared: Declaration) -> tuple[Entry, dict[str, bytes]]:
    """The entry that one or more runs of the same model on the same data make, and its files by name.

    Several runs are a suite: its robust accuracy counts the examples that withstand all of them. A run of a suite that
    ships (`robust evaluate --suite … --each`) stands for the runs of its attacks. Raises `UserError` or `DataError`
    where the runs do not belong together, have errors, or are not of attacks.
    """
    suite, opened = _opened(runs)
    _same(opened)
    first, task = opened[0].manifest, opened[0].manifest["model"].get("task", "classification")
    sealed = [row for run in opened for row in rows.sealed(run.name, run.rows)]
    stored = withheld.withhold(sealed) if declared.withhold else sealed
    budgets = {run.name: run.recipe.attack.query_budget for run in opened}
    attacks = [
        {"name": run.name, "sha": run.recipe.sha, "seed": run.manifest["seed"], "recipe": run.recipe.resolved()}
        for run in opened
    ]
    data, model, env = first["data"], first["model"], first["environment"]
    said: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "entry_id": "a" * 26,
        "benchmark": {
            "name": data["name"],
            "fingerprint": data["fingerprint"],
            "source_fingerprint": data["source_fingerprint"],
            "split": declared.split,
            "n": data["n"],
        },
        "track": {"task": task, "language": _language(opened), "variety": declared.variety},
        "model": {
            "id": model["name"],
            "weights": model["revision"],
            "labels": model["labels"],
            "dtype": model["dtype"],
            "licence": declared.licence,
            "preprocessing": declared.preprocessing,
        },
        "threat_model": threat_model([run.recipe for run in opened]).model_dump(mode="json"),
        "suite": {
            "id": suite or "+".join(attack["name"] for attack in attacks),
            "version": digest([[attack["name"], attack["sha"]] for attack in attacks])[:16],
            "attacks": attacks,
        },
        "results": recompute.results(sealed, task, budgets).model_dump(mode="json"),
        "rows": {
            "file": ROWS,
            "sha256": rows.content_hash(sealed),
            "n": len(sealed),
            "texts": "withheld" if declared.withhold else "kept",
            "stored": withheld.stored_hash(stored) if declared.withhold else None,
        },
        "environment": {
            "robust": first["robust"],
            "python": env["python"],
            "platform": env["platform"],
            "packages": env["packages"],
            "device": model["device"],
            "seconds": round(sum(run.manifest["seconds"] for run in opened), 3),
            "commands": [run.manifest["command"] for run in opened],
        },
        "training": {
            "datasets": declared.datasets,
            "on_benchmark_train": declared.on_benchmark_train,
            "on_benchmark_test": declared.on_benchmark_test,
            "adversarial_data_from": declared.adversarial_data_from,
        },
        "submitted_by": declared.by,
    }
    draft = Entry.model_validate(said)
    entry = draft.model_copy(update={"entry_id": entry_id(draft.unit(), draft.rows.sha256)})
    written = pretty(entry.model_dump(mode="json"))
    begun = history.begin(by=declared.by, at=declared.at, note="submitted", evidence=entry.rows.sha256)
    return entry, {ENTRY: written, ROWS: rows.write(stored), HISTORY: begun}


def folder_name(entry: Entry) -> str:
    """A readable folder name that is the entry's own."""
    parts = [entry.benchmark.name, Path(entry.model.id).name, entry.suite.id]
    words = [re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-.")[:40] for part in parts]
    return "_".join([*words, entry.entry_id[:8]])


def submit(runs: Sequence[Path], out: Folder, declared: Declaration) -> tuple[Entry, Folder]:
    """Write the files of an entry into a folder of its own under `out`. Raises `UserError` if it is there already."""
    entry, made = files(runs, declared)
    folder = out.folder(folder_name(entry))
    if folder.exists(ENTRY):
        raise UserError(f"{folder} is there already", fix="delete it, or choose another --out")
    for name, data in made.items():
        folder.write(name, data)
    return entry, folder


def _opened(paths: Sequence[Path]) -> tuple[str | None, list[_Run]]:
    """The name of the suite, where it has one, and the runs, in the order of their names."""
    suites_found = {path: found for path in paths if (found := suites.expand(path)) is not None}
    if suites_found and len(paths) > 1:
        raise UserError(f"{next(iter(suites_found))} is a suite of its own", fix="submit it alone")
    for name, places in suites_found.values():
        return name, sorted((_open(place, attack) for attack, place in places.items()), key=lambda run: run.name)
    return None, sorted((_open(path) for path in paths), key=lambda run: run.name)


def _open(path: Path, name: str | None = None) -> _Run:
    manifest, found = open_finished(path)
    if errors := [row for row in found if row["status"] == "error"]:
        raise DataError(
            f"{len(errors)} of {len(found)} examples in {path} ended in an error ({errors[0]['example_id']} first)",
            fix="an entry has no errors: mend the cause and run the attack again with --force",
        )
    if not found:
        raise DataError(f"{path} has no rows", fix="attack at least one example")
    try:
        recipe = AttackRecipe.model_validate(manifest["recipe"]["resolved"], strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(
            f"{path}: the recipe cannot be built: {'.'.join(map(str, first['loc']))}: {first['msg']}",
            fix="install the plugins that the run was made with",
        ) from error
    if recipe.attack.goal.name in DIAGNOSES:
        raise UserError(
            f"{recipe.name} is a diagnosis: its successes are no wrong answers", fix="submit a run of another attack"
        )
    return _Run(
        name=name or recipe.name,
        place=str(path),
        manifest=manifest,
        rows=found,
        recipe=recipe,
    )


def _same(runs: Sequence[_Run]) -> None:
    first = runs[0]
    for run in runs[1:]:
        for what, key in (("model", "model"), ("data", "data"), ("dtype", "dtype")):
            mine, other = first.manifest["identity"][key], run.manifest["identity"][key]
            if mine != other:
                raise UserError(
                    f"{first.place} and {run.place} are not of the same {what}: {mine} and {other}",
                    fix="an entry is of one model on one set of rows",
                )
        if run.name == first.name:
            raise UserError(f"{run.name} is there twice", fix="give each attack once")
        if [row["example_id"] for row in run.rows] != [row["example_id"] for row in first.rows]:
            raise UserError(f"{first.place} and {run.place} are not of the same examples", fix="use the same --limit")
    names = [run.name for run in runs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UserError(f"{twice[0]} is there twice", fix="give each attack once")


def _language(runs: Sequence[_Run]) -> str:
    found = {row["lang"] for run in runs for row in run.rows}
    if len(found) != 1:
        raise UserError(
            f"the rows are in several languages: {', '.join(sorted(found))}", fix="attack each language by itself"
        )
    return str(found.pop())
