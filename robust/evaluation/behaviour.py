"""The suite `behaviour`: tests of single capabilities, and how often a model fails each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from robust import __version__
from robust.core.types import Lang
from robust.core.victim import Victim
from robust.data.labels import align
from robust.data.table import Table, fingerprint
from robust.errors import UserError
from robust.evaluation.answers import Answer, answer
from robust.evaluation.behaviour_csv import read_cases
from robust.evaluation.behaviour_results import FRAME, FinishedBehaviour, open_behaviour
from robust.evaluation.cases import Case, expand
from robust.evaluation.request import Progress
from robust.recipe.behaviour import BehaviourRecipe
from robust.recipe.load import load, shipped
from robust.results.directory import MANIFEST_VERSION, RunDirectory
from robust.results.environment import environment
from robust.results.naming import run_name
from robust.results.rows import Row
from robust.victims.defended import defended
from robust.victims.load import load_victim


@dataclass(frozen=True, kw_only=True)
class BehaviourRequest:
    """What the suite is asked for.

    `tests`: a csv file of tests, a suite's .yaml file or its name; None for the shipped one of `lang`, which is the
    model's only language where it is None. `label_map`: labels of the tests → classes of the model. The rest as in
    `EvaluationRequest`.
    """

    model: str
    tests: str | None = None
    label_map: Mapping[str, str] | None = None
    lang: Lang | None = None
    out: Path | None = None
    runs: Path = Path("results/runs")
    device: str = "auto"
    dtype: str = "float32"
    batch_size: int | None = None
    revision: str | None = None
    trust_remote_code: bool = False
    max_per_second: float | None = None
    defences: tuple[str, ...] = ()
    fresh: bool = False
    command: str = ""


def evaluate(request: BehaviourRequest, on_progress: Callable[[Progress], None] | None = None) -> FinishedBehaviour:
    """Run the tests on the model, or go on with them, or read them if they are finished.

    Everything the user can get wrong is checked before anything is written. Raises the `RobustError` family.
    """
    given = _given(request.tests) if request.tests is not None else None
    victim = load_victim(
        request.model,
        device=request.device,
        dtype=request.dtype,
        revision=request.revision,
        trust_remote_code=request.trust_remote_code,
        max_per_second=request.max_per_second,
    )
    victim = cast(Victim, defended(victim, request.defences))
    name, cases = given if given is not None else _shipped(request, victim)
    cases = _renamed(cases, request.label_map or {}, name)
    labels, matched = _labels(cases, name, victim)
    manifest = _manifest(request, name, cases, matched, victim)
    directory = RunDirectory(request.out or request.runs / _run_name(manifest["identity"]))
    if directory.finished and not request.fresh and (directory.manifest or {})["identity"] == manifest["identity"]:
        return replace(open_behaviour(directory.path), resumed=sum(len(case.texts) for case in cases))
    with directory.open(manifest, fresh=request.fresh):
        answers, resumed, seconds = _answers(request, victim, cases, directory, name, on_progress)
        rows = [row for case in cases for row in _rows(case, answers, labels)]
        run = FinishedBehaviour(path=directory.path, manifest=manifest, rows=rows, resumed=resumed)
        finished = {**manifest, "seconds": round(seconds, 3)}
        finished["summary"] = replace(run, manifest=finished).as_json()
        directory.finish(rows, finished, write=FRAME.write)
    return replace(run, manifest=finished)


def _given(tests: str) -> tuple[str, list[Case]]:
    if tests.endswith((".csv", ".tsv")):
        return Path(tests).name, read_cases(tests)
    recipe = load(tests, family="behaviour", schema=BehaviourRecipe)
    return recipe.name, expand(recipe)


def _shipped(request: BehaviourRequest, victim: Victim) -> tuple[str, list[Case]]:
    langs = [request.lang] if request.lang else sorted(victim.meta.langs)
    if len(langs) != 1:
        raise UserError(
            f"{request.model} does not say that it is for one language",
            fix="choose the tests with --lang en or --lang es",
        )
    names = [one.name for one in shipped("behaviour") if f"-{langs[0]}-v" in one.name]
    return _given(max(names, key=lambda name: int(name.rpartition("-v")[2])))


def _renamed(cases: Sequence[Case], label_map: Mapping[str, str], name: str) -> list[Case]:
    held = {case.label for case in cases if case.label is not None}
    if label_map and (strange := sorted(set(label_map) - held)):
        raise UserError(
            f"--label-map: {name} has no label {strange[0]!r}", fix=f"its labels are {', '.join(sorted(held))}"
        )
    return [replace(case, label=label_map.get(case.label, case.label) if case.label else None) for case in cases]


def _labels(cases: Sequence[Case], name: str, victim: Victim) -> tuple[tuple[str, ...], str]:
    """The suite's names for the classes of the model, in the order of its logits, and how they were matched."""
    counts = Counter(case.label for case in cases if case.label is not None)
    if not counts:
        return victim.meta.labels, "by name"
    table = Table(
        name=name, rows=(), fingerprint="", source_fingerprint="", columns={}, left_out={}, total=counts.total()
    )
    mapping, matched = align(counts, victim.meta.labels, table)
    back = {at: label for label, at in mapping.items()}
    return tuple(back.get(at, label) for at, label in enumerate(victim.meta.labels)), matched


def _answers(
    request: BehaviourRequest,
    victim: Victim,
    cases: Sequence[Case],
    directory: RunDirectory,
    name: str,
    on_progress: Callable[[Progress], None] | None,
) -> tuple[dict[str, Row], int, float]:
    """What the model says of every distinct text, how many it had said before, and the seconds of all."""
    done, spent = directory.journal()
    answers = {row["text"]: row for row in done}
    texts = list(dict.fromkeys(text for case in cases for text in case.texts))
    left = [text for text in texts if text not in answers]
    began = time.perf_counter()

    def keep(batch: Sequence[tuple[int, Answer]]) -> None:
        seconds = time.perf_counter() - began
        for at, given in batch:
            row = {"text": left[at], "logits": list(given.logits), "error": given.error}
            directory.append(row, seconds=spent + seconds)
            answers[left[at]] = row
        if on_progress is not None:
            news = Progress(done=len(answers), before=len(done), total=len(texts), data=name, seconds=seconds)
            on_progress(news)

    answer(victim, [(text,) for text in left], keep, batch_size=request.batch_size)
    return answers, len(done), spent + time.perf_counter() - began


def _rows(case: Case, answers: Mapping[str, Row], labels: Sequence[str]) -> list[Row]:
    said = [answers[text] for text in case.texts]
    whole = all(one["error"] is None for one in said)
    passed = case.passes([one["logits"] for one in said], labels) if whole else None
    plain = {"test": case.test, "capability": case.capability, "kind": case.kind, "case_id": case.id}
    return [
        {
            **plain,
            "variant": at,
            "text": one["text"],
            "label": case.label,
            "predicted": labels[max(range(len(one["logits"])), key=one["logits"].__getitem__)]
            if one["logits"]
            else None,
            "logits": one["logits"],
            "passed": passed,
            "error": one["error"],
        }
        for at, one in enumerate(said)
    ]


def _manifest(
    request: BehaviourRequest, name: str, cases: Sequence[Case], matched: str, victim: Victim
) -> dict[str, Any]:
    meta = victim.meta
    # everything that a verdict depends on is in the fingerprint
    pins = fingerprint((f"{c.test}/{c.id}", c.texts, f"{c.kind} {c.label} {c.direction} {c.tolerance}") for c in cases)
    return {
        "manifest_version": MANIFEST_VERSION,
        "kind": "behaviour",
        "suite": "behaviour",
        "identity": {
            "suite": "behaviour",
            "tests": f"{name}@{pins}",
            "model": f"{meta.name}@{meta.revision}",
            "dtype": meta.dtype,
            "n": len(cases),
        },
        "command": request.command,
        "robust": __version__,
        "tests": {"name": name, "fingerprint": pins, "cases": len(cases), "labels_matched": matched},
        "model": meta.as_dict(),
        "environment": environment(),
    }


def _run_name(identity: Mapping[str, Any]) -> str:
    names = ("behaviour", *(str(identity[key]).partition("@")[0] for key in ("model", "tests")))
    return run_name(names, identity)
