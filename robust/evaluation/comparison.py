"""Finished runs against each other, example by example: which differences are more than chance?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

from robust.errors import UserError
from robust.evaluation import request as clean_
from robust.evaluation.behaviour_results import open_behaviour
from robust.evaluation.multiple import holm, minimum_detectable_difference
from robust.evaluation.paired import Difference, compare
from robust.evaluation.standard import open_suite
from robust.results.directory import RunDirectory, open_attack
from robust.results.rows import Row

LEVEL = 0.05

Key: TypeAlias = tuple[str, str]
"""Set (of an evaluation of several; else empty) and example id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A run as what it says of every example.

    `right` holds, by name of a number (`clean accuracy`, `accuracy under attack`), whether each example counts as
    right; examples that ended in an error are in `errors` and in none of them. `pins` tells texts and labels of two
    runs apart.
    """

    path: Path
    name: str
    task: str
    right: Mapping[str, Mapping[Key, bool]]
    pins: Mapping[Key, object]
    labels: Mapping[Key, object]
    errors: frozenset[Key]
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One number of two runs on the examples that both judged.

    `p_holm` is McNemar's p adjusted for all comparisons made together. `detectable` is the smallest difference that so
    many rows, with so many discordant ones, show four times in five.
    """

    number: str
    first: str
    second: str
    difference: Difference
    p_holm: float | None
    detectable: float | None
    left_out: int

    @property
    def verdict(self) -> str:
        """`first` or `second` (which is better), `tie`, or `no rows`."""
        value = self.difference.value
        if value is None or self.p_holm is None:
            return "no rows"
        if self.p_holm >= LEVEL:
            return "tie"
        return "first" if value > 0 else "second"

    def as_dict(self) -> dict[str, Any]:
        """The comparison as JSON-ready values."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "difference"}
        return {**plain, "difference": self.difference.as_dict(), "verdict": self.verdict}


def compare_runs(paths: Sequence[Path], *, parallel: bool = False) -> list[Compared]:
    """Every number that the runs share, for every two of them, with Holm's correction over all of these.

    Examples are paired by id. `parallel`: texts of one id say the same in different languages; only their labels must
    agree, and the numbers are the gap between the languages. Raises `UserError` for fewer than two runs, a run given
    twice, runs of other data or another kind, and runs that share no example.
    """
    if len(paths) < 2:
        raise UserError("one run is nothing to compare", fix="name two or more run directories")
    if len({path.resolve() for path in paths}) < len(paths):
        raise UserError("a run is named twice", fix="name different run directories")
    runs = _named([judged(path) for path in paths])
    found = [one for a, b in combinations(runs, 2) for one in _pair(a, b, parallel)]
    known = [at for at, one in enumerate(found) if one.difference.p_value is not None]
    adjusted = dict(zip(known, holm([found[at].difference.p_value or 0.0 for at in known]), strict=True))
    return [replace(one, p_holm=adjusted.get(at)) for at, one in enumerate(found)]


def judged(path: Path) -> Judged:
    """What a finished run of any kind says of every example. Raises `UserError` for what is none."""
    kind = (RunDirectory(path).manifest or {}).get("kind")
    if kind == "evaluation":
        return _of_evaluation(path)
    if kind == "behaviour":
        return _of_behaviour(path)
    if kind == "certified":
        raise UserError(f"{path} is a certification", fix="compare runs of `robust attack` and of the other suites")
    if kind == "suite":
        suite = open_suite(path)
        return _of_rows(path, suite.manifest, suite.rows, suite.manifest["suite"]["name"], "robust accuracy")
    manifest, rows = open_attack(path)
    if manifest["model"].get("task", "classification") != "classification":
        raise UserError(f"{path} is not of a classifier", fix="compare runs of classifiers")
    return _of_rows(path, manifest, rows, manifest["recipe"]["name"], "accuracy under attack")


def _of_evaluation(path: Path) -> Judged:
    run = clean_.open_finished(path)
    labels = run.manifest["model"]["labels"]
    sets = {data["name"]: data["fingerprint"] for data in run.manifest["data"]}
    answered = {
        (r["set"], r["example_id"]): r["predicted"] == r["label"] for r in run.rows if r["predicted"] is not None
    }
    keys = {(r["set"], r["example_id"]) for r in run.rows}
    return Judged(
        path=path,
        name=run.manifest["model"]["name"],
        task=run.manifest["suite"],
        right={"accuracy": answered},
        # texts are not in the rows: the same data are told by their fingerprint
        pins={(r["set"], r["example_id"]): (sets[r["set"]], labels[r["label"]]) for r in run.rows},
        labels={(r["set"], r["example_id"]): labels[r["label"]] for r in run.rows},
        errors=frozenset(keys - answered.keys()),
        data=" + ".join(sets),
    )


def _of_behaviour(path: Path) -> Judged:
    run = open_behaviour(path)
    cases: dict[Key, list[Row]] = {}
    for row in run.rows:
        cases.setdefault((row["test"], row["case_id"]), []).append(row)
    passed = {key: rows[0]["passed"] for key, rows in cases.items()}
    return Judged(
        path=path,
        name=run.manifest["model"]["name"],
        task=run.manifest["tests"]["name"],
        right={"cases passed": {key: verdict for key, verdict in passed.items() if verdict is not None}},
        pins={key: tuple((row["text"], row["label"]) for row in rows) for key, rows in cases.items()},
        labels={key: tuple(row["label"] for row in rows) for key, rows in cases.items()},
        errors=frozenset(key for key, verdict in passed.items() if verdict is None),
        data=run.manifest["tests"]["name"],
    )


def _of_rows(path: Path, manifest: Mapping[str, Any], rows: Sequence[Row], task: str, number: str) -> Judged:
    labels = manifest["model"]["labels"]
    fine = [row for row in rows if row["status"] != "error"]
    clean = {("", r["example_id"]): r["status"] not in ("skipped", "misclassified") for r in fine}
    return Judged(
        path=path,
        name=manifest["model"]["name"],
        task=task,
        right={
            "clean accuracy": clean,
            number: {("", r["example_id"]): r["status"] in ("failure", "robust") for r in fine},
        },
        pins={
            ("", r["example_id"]): (tuple(r["before"]), r["original"], tuple(r["after"]), labels[r["label"]])
            for r in rows
        },
        errors=frozenset(("", r["example_id"]) for r in rows if r["status"] == "error"),
        labels={("", r["example_id"]): labels[r["label"]] for r in rows},
        data=manifest["data"]["name"],
    )


def _named(runs: Sequence[Judged]) -> list[Judged]:
    """Runs with names that tell them apart: the model, else the model and what it was asked, else the directory."""
    for name in (lambda r: r.name, lambda r: f"{r.name} ({r.task})", lambda r: str(r.path)):
        names = [name(run) for run in runs]
        if len(set(names)) == len(runs):
            break
    return [replace(run, name=name) for run, name in zip(runs, names, strict=True)]


def _parallel(run: Judged) -> Judged:
    """The run with the set's name taken out of its keys, and the texts out of what must agree."""
    if len({name for name, _ in run.pins}) > 1:
        raise UserError(f"{run.path} has several sets", fix="evaluate the data of each language in a run of its own")
    return replace(
        run,
        right={name: {("", key[1]): said for key, said in verdicts.items()} for name, verdicts in run.right.items()},
        pins={("", key[1]): run.labels[key] for key in run.pins},
    )


def _pair(a: Judged, b: Judged, parallel: bool) -> Iterator[Compared]:
    if parallel:
        a, b = _parallel(a), _parallel(b)
    shared = a.pins.keys() & b.pins.keys()
    if numbers := [number for number in a.right if number in b.right]:
        if not shared:
            raise UserError(
                f"{a.path} ({a.data}) and {b.path} ({b.data}) share no example", fix="compare runs of one data set"
            )
    else:
        raise UserError(
            f"{a.path} ({a.task}) and {b.path} ({b.task}) have no number in common", fix="compare runs of one suite"
        )
    if other := sorted(key for key in shared if a.pins[key] != b.pins[key]):
        raise UserError(
            f"example {other[0][1]} of {a.path} is another one in {b.path}",
            fix="its label differs: these are no parallel data"
            if parallel
            else "compare runs of the same data (--parallel: the same texts in two languages)",
        )
    for number in numbers:
        keys = sorted(shared & a.right[number].keys() & b.right[number].keys())
        found = compare([a.right[number][key] for key in keys], [b.right[number][key] for key in keys])
        share = (found.first_only + found.second_only) / found.n if found.n else 0.0
        yield Compared(
            number=number,
            first=a.name,
            second=b.name,
            difference=found,
            p_holm=None,
            detectable=minimum_detectable_difference(found.n, share),
            left_out=len(a.pins.keys() | b.pins.keys()) - len(keys),
        )
