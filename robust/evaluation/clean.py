"""The suite `clean`: how much a model gets right of texts as they are, and how much a bag of words does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from robust import __version__
from robust.core.victim import Victim
from robust.data.source import read
from robust.evaluation import rows as rows_
from robust.evaluation.answers import Answer, answer
from robust.evaluation.request import EvaluationRequest, FinishedEvaluation, Progress
from robust.evaluation.rows import Row
from robust.evaluation.sets import Item, Labelled, Rival, labelled, rival
from robust.results.directory import MANIFEST_VERSION, RunDirectory
from robust.results.environment import environment
from robust.results.naming import run_name
from robust.stages.baseline import DESCRIPTION
from robust.victims.defended import defended
from robust.victims.load import load_victim


def evaluate(request: EvaluationRequest, on_progress: Callable[[Progress], None] | None = None) -> FinishedEvaluation:
    """Score the model on every data set, or go on with it, or read the run if it is finished.

    Everything the user can get wrong is checked before anything is written. Raises the `RobustError` family.
    """
    tables, training = ([read(spec) for spec in specs] for specs in (request.data, request.baseline))
    victim = load_victim(
        request.model,
        device=request.device,
        dtype=request.dtype,
        revision=request.revision,
        trust_remote_code=request.trust_remote_code,
        max_length=request.max_length,
        max_per_second=request.max_per_second,
    )
    victim = cast(Victim, defended(victim, request.defences))
    sets, beside = labelled(tables, victim), rival(training, victim)
    manifest = _manifest(request, sets, beside, victim)
    directory = RunDirectory(request.out or request.runs / _run_name(manifest["identity"]))
    if directory.finished and not request.fresh:
        held = directory.manifest or {}
        if held.get("identity") == manifest["identity"]:
            kept = rows_.read(directory.path / "examples.parquet")
            return FinishedEvaluation(path=directory.path, manifest=held, rows=kept, resumed=len(kept))
    with directory.open(manifest, fresh=request.fresh):
        said = _baseline(beside, sets)
        rows, resumed = _answer(request, victim, sets, directory, on_progress)
        ordered = [
            {**rows[each.name, item.id], "baseline": said.get(each.name, {}).get(item.id)}
            for each in sets
            for item in each.items
        ]
        run = FinishedEvaluation(path=directory.path, manifest=manifest, rows=ordered, resumed=resumed)
        finished = {**manifest, "seconds": sum(r["seconds"] for r in ordered), "summary": run.as_json()}
        directory.finish(ordered, finished, write=rows_.write)
    return replace(run, manifest=finished)


def _answer(
    request: EvaluationRequest,
    victim: Victim,
    sets: Sequence[Labelled],
    directory: RunDirectory,
    on_progress: Callable[[Progress], None] | None,
) -> tuple[dict[tuple[str, str], Row], int]:
    """The rows by set and id, and how many of them were there before."""
    done, spent = directory.journal()
    rows = {(r["set"], r["example_id"]): r for r in done}
    total = sum(len(each.items) for each in sets)
    began = time.perf_counter()
    for each in sets:
        left = [item for item in each.items if (each.name, item.id) not in rows]

        def keep(batch: Sequence[tuple[int, Answer]], each: Labelled = each, left: Sequence[Item] = left) -> None:
            seconds = time.perf_counter() - began
            for at, given in batch:
                made = _row(each.name, left[at], given)
                directory.append(made, seconds=spent + seconds)
                rows[each.name, left[at].id] = made
            if on_progress is not None:
                on_progress(Progress(done=len(rows), before=len(done), total=total, data=each.name, seconds=seconds))

        answer(victim, [item.fields for item in left], keep, batch_size=request.batch_size)
    return rows, len(done)


def _row(name: str, item: Item, given: Answer) -> Row:
    top = max(range(len(given.logits)), key=given.logits.__getitem__) if given.logits else None
    return {
        "set": name,
        "example_id": item.id,
        "lang": item.lang,
        "label": item.label,
        "predicted": top,
        "logits": list(given.logits),
        "baseline": None,
        "seconds": given.seconds,
        "error": given.error,
    }


def _baseline(beside: Rival | None, sets: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """What the bag of words says of every row, as class indices, by set and id."""
    if beside is None:
        return {}
    fitted = beside.fit()
    return {
        each.name: {
            item.id: beside.labels.index(label)
            for item, label in zip(each.items, fitted.predict(each.table), strict=True)
        }
        for each in sets
    }


def _manifest(
    request: EvaluationRequest, sets: Sequence[Labelled], beside: Rival | None, victim: Victim
) -> dict[str, Any]:
    meta = victim.meta
    trained = {"baseline": f"{beside.train.name}@{beside.train.fingerprint}"} if beside else {}
    shorter = {"max_length": request.max_length} if request.max_length is not None else {}
    return {
        "manifest_version": MANIFEST_VERSION,
        "kind": "evaluation",
        "suite": request.suite,
        "identity": {
            "suite": request.suite,
            "model": f"{meta.name}@{meta.revision}",
            "dtype": meta.dtype,
            "data": " + ".join(f"{each.name}@{each.table.fingerprint}" for each in sets),
            "n": sum(len(each.items) for each in sets),
            **trained,
            **shorter,
        },
        "command": request.command,
        "robust": __version__,
        "model": {**meta.as_dict(), "max_length": getattr(victim, "max_length", None)},
        "data": [_about(each, beside) for each in sets],
        "baseline": beside
        and {
            "description": DESCRIPTION,
            "name": beside.train.name,
            "fingerprint": beside.train.fingerprint,
            "n": len(beside.train.rows),
            "labels_matched": list(beside.matched),
        },
        "environment": environment(),
    }


def _about(each: Labelled, beside: Rival | None) -> Mapping[str, Any]:
    table = each.table
    return {
        "name": each.name,
        "fingerprint": table.fingerprint,
        "source_fingerprint": table.source_fingerprint,
        "columns": dict(table.columns),
        "labels_matched": each.matched,
        "left_out": dict(table.left_out),
        "n": len(each.items),
        "in_baseline_training": beside.repeats(table) if beside else None,
    }


def _run_name(identity: Mapping[str, Any]) -> str:
    names = (str(identity["suite"]), *(str(identity[key]).partition("@")[0] for key in ("model", "data")))
    return run_name(names, identity)
