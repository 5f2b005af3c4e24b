"""A run directory: resumable while the run goes on, small and final afterwards.

manifest.json       what was run: recipe, model, data, versions; when finished also the summary
examples.parquet    one row an example, once the run is finished
outcomes.jsonl      rows so far      (only while unfinished)
answers.sqlite      model answers    (only while unfinished)
lock                held by the process that is running
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust.errors import UserError
from robust.results import rows as rows_
from robust.results.rows import Row

MANIFEST_VERSION = 1
JOURNAL, ANSWERS, LOCK = "outcomes.jsonl", "answers.sqlite", "lock"


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """A directory that holds, or will hold, one run."""

    path: Path

    @property
    def manifest(self) -> dict[str, Any] | None:
        """What the run says of itself, or None where there is no run."""
        try:
            found = json.loads((self.path / "manifest.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise UserError(f"{self.path} is no directory of a run", fix="name a directory") from error
        except (OSError, ValueError) as error:
            raise UserError(
                f"{self.path}/manifest.json cannot be read: {error}", fix="name another directory"
            ) from error
        if not isinstance(found, dict) or found.get("manifest_version") != MANIFEST_VERSION:
            raise UserError(f"{self.path} is not a run that this release reads", fix="choose another directory")
        return found

    @property
    def finished(self) -> bool:
        """Whether the run is complete."""
        manifest = self.manifest
        return manifest is not None and manifest.get("status") == "finished"

    @property
    def answers(self) -> Path:
        """Where model answers are kept while the run goes on."""
        return self.path / ANSWERS

    @contextmanager
    def open(self, manifest: Mapping[str, Any], *, fresh: bool = False) -> Iterator[None]:
        """Begin, or go on with, the run that `manifest["identity"]` names; holds the lock meanwhile.

        `fresh` throws away what is there. Raises `UserError` if the directory holds another run or other files, or if
        another process is running in it.
        """
        self._check(manifest, fresh)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{self.path} cannot be made: {error.strerror}", fix="choose another --out") from error
        with self._locked():
            if fresh:
                for name in (JOURNAL, ANSWERS, f"{ANSWERS}-wal", f"{ANSWERS}-shm", "examples.parquet", "manifest.json"):
                    (self.path / name).unlink(missing_ok=True)
            if self.manifest is None:
                self._write_manifest({**manifest, "status": "running"})
            yield
        if self.finished:
            (self.path / LOCK).unlink(missing_ok=True)

    def _check(self, manifest: Mapping[str, Any], fresh: bool) -> None:
        if self.path.is_file():
            raise UserError(f"--out {self.path} is a file", fix="name a directory")
        there = self.manifest
        if there is None and self.path.is_dir() and (others := set(os.listdir(self.path)) - {LOCK}):
            raise UserError(
                f"--out {self.path} is not empty and holds no run (it has {min(others)})",
                fix="choose another directory",
            )
        if there is not None and there.get("identity") != manifest["identity"] and not fresh:
            raise UserError(
                f"--out {self.path} holds another run ({'; '.join(_differences(there, manifest))})",
                fix="choose another --out, or --force to replace it",
            )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.path / LOCK).open("a") as handle:
            try:
                import fcntl
            except ImportError:  # no such locks on this system: two runs at once are then the user's care
                yield
                return
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise UserError(
                    f"another process is running in {self.path}", fix="wait for it, or choose another --out"
                ) from None
            yield

    def journal(self) -> tuple[list[Row], float]:
        """The rows kept so far and the seconds spent on them; a line that a kill cut short is cut off."""
        path = self.path / JOURNAL
        if not path.exists():
            return [], 0.0
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:
            path.write_bytes(whole)
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line["row"] for line in lines], lines[-1]["seconds"] if lines else 0.0

    def append(self, row: Mapping[str, Any], *, seconds: float) -> None:
        """Keep one row, and how long the run has taken until now; it survives a kill that comes after."""
        line = json.dumps({"seconds": round(seconds, 3), "row": row}).encode("ascii") + b"\n"
        with (self.path / JOURNAL).open("ab") as handle:
            handle.write(line)

    def finish(
        self,
        rows: Sequence[Mapping[str, Any]],
        manifest: Mapping[str, Any],
        *,
        write: Callable[[Sequence[Mapping[str, Any]], Path], None] = rows_.write,
    ) -> None:
        """Write the final files (rows by `write`), then drop what only an unfinished run needs."""
        write(rows, self.path / "examples.parquet")
        self._write_manifest({**manifest, "status": "finished"})
        for name in (JOURNAL, ANSWERS, f"{ANSWERS}-wal", f"{ANSWERS}-shm"):
            (self.path / name).unlink(missing_ok=True)

    def rows(self) -> list[Row]:
        """The rows of a finished run."""
        return rows_.read(self.path / "examples.parquet")

    def _write_manifest(self, manifest: Mapping[str, Any]) -> None:
        partial = self.path / "manifest.json.partial"
        partial.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(self.path / "manifest.json")


def _differences(there: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What two manifests do not share of what a run is: its kind, else the parts of its identity."""
    if there.get("kind") != now.get("kind"):
        yield f"kind: {there.get('kind', 'none')} there, {now.get('kind', 'none')} now"
        return
    held, asked = there.get("identity") or {}, now["identity"]
    for key in {**asked, **held}:
        before, after = held.get(key, "none"), asked.get(key, "none")
        if before != after:
            yield f"{key}: {before} there, {after} now"


def open_finished(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """Manifest and rows of a finished attack. Raises `UserError` saying what is there instead."""
    directory = RunDirectory(path)
    if not path.is_dir():
        raise UserError(f"there is no run at {path}", fix="name a directory that `robust attack` wrote")
    manifest = directory.manifest
    if manifest is None:
        raise UserError(f"{path} holds no run", fix="name a directory that `robust attack` wrote")
    if (kind := manifest.get("kind")) == "suite":
        raise UserError(
            f"{path} is a run of a suite", fix=f"name one of its attacks: a directory in {path / 'attacks'}"
        )
    if kind != "attack":
        raise UserError(f"{path} is a run of the kind {kind}", fix="name a directory that `robust attack` wrote")
    if manifest.get("status") != "finished":
        done = len(directory.journal()[0])
        raise UserError(
            f"the run in {path} is not finished ({done} examples so far)",
            fix=f"go on with it: {manifest.get('command', 'the same command again')}",
        )
    return manifest, directory.rows()


DIAGNOSES = frozenset({"reduced"})
"""Goals whose successes keep the model's answer: they show how a model reads, and are no wrong answers."""


def is_diagnosis(manifest: Mapping[str, Any]) -> bool:
    """Whether the attack of a run keeps the model's answer."""
    goal = manifest["recipe"].get("resolved", {}).get("attack", {}).get("goal", ())
    return not DIAGNOSES.isdisjoint((goal,) if isinstance(goal, str) else goal)


def open_attack(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """`open_finished`, of an attack whose successes are wrong answers. Raises `UserError` for a diagnosis, too."""
    manifest, rows = open_finished(path)
    if is_diagnosis(manifest):
        raise UserError(
            f"{path} is a run of {manifest['recipe']['name']}, a diagnosis: its successes are no wrong answers",
            fix="name a run of another attack",
        )
    return manifest, rows
