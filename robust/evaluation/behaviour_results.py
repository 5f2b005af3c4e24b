"""What behavioural tests leave: one row a text, and from the rows the failure rate of every test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from robust.errors import UserError
from robust.results.directory import RunDirectory
from robust.results.estimates import Estimate, proportion
from robust.results.frame import Frame
from robust.results.rows import Row

FRAME = Frame(
    name="behaviour",
    version=1,
    fields=(
        ("test", pa.string()),
        ("capability", pa.string()),
        ("kind", pa.string()),  # MFT, INV, DIR
        ("case_id", pa.string()),
        ("variant", pa.int32()),  # 0 is the original
        ("text", pa.string()),
        ("label", pa.string()),  # the answer of an MFT, the class that a DIR watches
        ("predicted", pa.string()),  # null: no answer
        ("logits", pa.list_(pa.float32())),
        ("passed", pa.bool_()),  # of the whole case; null where a variant has no answer
        ("error", pa.string()),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredTest:
    """How one test went: the share of its judged cases that failed, and a failing case's texts and answers."""

    name: str
    capability: str
    kind: str
    failure_rate: Estimate
    errors: int
    failed: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON-ready values."""
        plain = {"name": self.name, "capability": self.capability, "kind": self.kind, "errors": self.errors}
        return {**plain, "failure_rate": self.failure_rate.as_dict(), "failed": [list(pair) for pair in self.failed]}


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedBehaviour:
    """A finished suite: where it lies, what it was, its rows (one a text), and how many were answered before."""

    path: Path
    manifest: Mapping[str, Any]
    rows: Sequence[Row]
    resumed: int = 0

    def tests(self) -> list[ScoredTest]:
        """The score of every test, in the suite's order, worked out from the rows."""
        by_test: dict[str, list[Row]] = {}
        for row in self.rows:
            by_test.setdefault(row["test"], []).append(row)
        return [_score(name, rows) for name, rows in by_test.items()]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        tests = self.tests()
        kinds = {
            kind: proportion(sum(t.failure_rate.k or 0 for t in mine), sum(t.failure_rate.n for t in mine)).as_dict()
            for kind in ("MFT", "INV", "DIR")
            if (mine := [test for test in tests if test.kind == kind])
        }
        said = self.manifest
        return {
            "suite": said["suite"],
            "tests_from": said["tests"]["name"],
            "model": said["model"]["name"],
            "tests": [test.as_dict() for test in tests],
            "failure_rate": kinds,
            "errors": sum(test.errors for test in tests),
            "seconds": said["seconds"],
            "run": str(self.path),
        }


def _score(name: str, rows: Sequence[Row]) -> ScoredTest:
    cases: dict[str, list[Row]] = {}
    for row in rows:
        cases.setdefault(row["case_id"], []).append(row)
    judged = [case for case in cases.values() if case[0]["passed"] is not None]
    failed = [case for case in judged if not case[0]["passed"]]
    first = next(iter(failed), [])
    # of many variants: the original and one that tells another answer
    other = next((row for row in first[1:] if row["predicted"] != first[0]["predicted"]), None)
    shown = [first[0], *([other] if other else first[1:2])] if first else []
    return ScoredTest(
        name=name,
        capability=rows[0]["capability"],
        kind=rows[0]["kind"],
        failure_rate=proportion(len(failed), len(judged)),
        errors=len(cases) - len(judged),
        failed=tuple((row["text"], row["predicted"]) for row in shown),
    )


def open_behaviour(path: Path) -> FinishedBehaviour:
    """The tests in a directory. Raises `UserError` where there are none, or unfinished ones."""
    directory = RunDirectory(path)
    manifest = directory.manifest
    if manifest is None or manifest.get("kind") != "behaviour":
        raise UserError(f"{path} holds no behavioural tests", fix="name a directory that `robust evaluate` wrote")
    if not directory.finished:
        raise UserError(
            f"the tests in {path} are not finished",
            fix=f"go on with them: {manifest.get('command') or 'the same command again'}",
        )
    return FinishedBehaviour(path=path, manifest=manifest, rows=FRAME.read(path / "examples.parquet"))
