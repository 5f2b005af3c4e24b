"""What an evaluation is asked for, what it says while it runs, and what it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust.data.table import DataSpec
from robust.errors import UserError, did_you_mean
from robust.evaluation import rows as rows_
from robust.evaluation.rows import Row
from robust.evaluation.scores import SetScores, score_sets
from robust.results.directory import RunDirectory

SUITES: tuple[str, ...] = ("clean",)


@dataclass(frozen=True, kw_only=True)
class EvaluationRequest:
    """What `robust evaluate` is asked for.

    `model`: starter name, directory, hub id, URL or .skops file. `data`: the sets to score it on. `baseline`: training
    data of a bag of words that is put beside it. `max_length` cuts inputs to that many tokens; `batch_size` caps the
    texts of a batch. `out`: the run directory (default: one under `runs` named after what is run, so that the same
    request finds its own unfinished run again). `fresh` throws an earlier run away. `command` is recorded.
    `defences` stand before the model: see `robust.victims.defended`.

    Raises `UserError` for a suite that does not exist and for no data.
    """

    model: str
    data: tuple[DataSpec, ...]
    suite: str = "clean"
    baseline: tuple[DataSpec, ...] = ()
    out: Path | None = None
    runs: Path = Path("results/runs")
    device: str = "auto"
    dtype: str = "float32"
    max_length: int | None = None
    batch_size: int | None = None
    revision: str | None = None
    trust_remote_code: bool = False
    max_per_second: float | None = None
    defences: tuple[str, ...] = ()
    fresh: bool = False
    command: str = ""

    def __post_init__(self) -> None:
        if self.suite not in SUITES:
            fix = did_you_mean(self.suite, SUITES) or f"use {', '.join(SUITES)}"
            raise UserError(f"there is no suite {self.suite!r}", fix=fix)
        if not self.data:
            raise UserError(f"which data is {self.model} to be scored on?", fix="name them with --data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an evaluation is.

    Rows answered (`before`: by an earlier process) of all, the set at hand, and the seconds of this process.
    """

    done: int
    before: int
    total: int
    data: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedEvaluation:
    """A finished evaluation: where it lies, what it was, its rows, and how many an earlier process had answered."""

    path: Path
    manifest: Mapping[str, Any]
    rows: Sequence[Row]
    resumed: int = 0

    def sets(self) -> list[SetScores]:
        """The numbers of every set, worked out from the rows."""
        return score_sets(self.rows, self.manifest)

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints: the numbers of the set, or a list of them under `sets` where there are several."""
        sets = self.sets()
        where = {"suite": self.manifest["suite"], "model": self.manifest["model"]["name"], "run": str(self.path)}
        if len(sets) == 1:
            return {**sets[0].as_dict(), **where}
        seconds = sum(found.seconds for found in sets)
        whole = {
            "data": [found.name for found in sets],
            "errors": sum(found.model.errors for found in sets),
            "seconds": round(seconds, 3),
            "examples_per_second": _rate(len(self.rows), seconds),
        }
        return {"sets": [found.as_dict() for found in sets], **whole, **where}


def _rate(n: int, seconds: float) -> float | None:
    return round(n / seconds, 1) if seconds > 0 else None


def open_finished(path: Path) -> FinishedEvaluation:
    """The evaluation in a directory. Raises `UserError` where there is none, or an unfinished one."""
    directory = RunDirectory(path)
    manifest = directory.manifest
    if manifest is None or manifest.get("kind") != "evaluation":
        raise UserError(f"{path} holds no evaluation", fix="name a directory that `robust evaluate` wrote")
    if not directory.finished:
        done = len(directory.journal()[0])
        raise UserError(
            f"the run in {path} is not finished ({done} examples so far)",
            fix=f"go on with it: {manifest.get('command') or 'the same command again'}",
        )
    return FinishedEvaluation(path=path, manifest=manifest, rows=rows_.read(path / "examples.parquet"))
