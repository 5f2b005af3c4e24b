"""A result directory that appears only when it is complete, and work that goes on where it was stopped.

Work is done in a hidden sibling of the result, `.<name>.partial`, which remembers what it is for. The same work finds
it again; when it is done, the finished part is renamed to its place and the rest removed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from robust.errors import RobustError, UserError

MOST_NAMED = 3
LONGEST_NAMED = 40
"""Fields that a message names, and characters of a value that it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """`checkpoints` is kept until the work is done; `result` becomes the directory `out`."""

    out: Path
    checkpoints: Path
    result: Path
    resumed: bool


def partial_path(out: Path) -> Path:
    """Where the unfinished work for `out` lives."""
    return out.parent / f".{out.name}.partial"


@contextmanager
def workspace(
    out: Path,
    *,
    purpose: Mapping[str, object],
    marker: str,
    force: bool = False,
    prepared: Collection[str] = (),
) -> Iterator[Workspace]:
    """Open or go on with the work for `out`; on a clean exit `result` is renamed to `out`.

    `purpose` (JSON values) says what makes two runs the same work. `force` gives up earlier work and replaces a result
    that is there, provided that it holds a file `marker`: no other directory is ever removed. Work that a `RobustError`
    ends before its first checkpoint leaves nothing behind; `prepared` are names in `checkpoints` that are none.
    Raises `UserError` when `out` is taken, or when other work for it was begun.
    """
    out = out.absolute()
    if out.exists() and not _empty(out):
        if not force:
            raise UserError(f"{out} exists already", fix="choose another --out, or replace it with --force")
        if not (out / marker).is_file():
            raise UserError(f"{out} exists and holds no {marker}: it is not replaced", fix="choose another --out")
    partial = partial_path(out)
    identity = hashlib.sha256(json.dumps(purpose, sort_keys=True).encode()).hexdigest()
    note = partial / "purpose.json"
    resumed = False
    if partial.exists():
        begun = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
        known = begun.get("identity")
        resumed = known == identity
        if known not in (None, identity) and not force:
            raise UserError(
                f"{partial} holds unfinished work that was begun otherwise{changes(begun.get('purpose'), purpose)}",
                fix="run the same command as before to go on with it, or give it up with --force",
            )
        if not resumed:
            shutil.rmtree(partial)
    place = Workspace(out=out, checkpoints=partial / "checkpoints", result=partial / "result", resumed=resumed)
    try:
        shutil.rmtree(place.result, ignore_errors=True)
        place.checkpoints.mkdir(parents=True, exist_ok=True)
        place.result.mkdir()
        _write_whole(note, json.dumps({"identity": identity, "purpose": purpose}, sort_keys=True, indent=1))
    except OSError as error:
        raise UserError(f"{out.parent} cannot be written to: {error.strerror}", fix="choose another --out") from error
    try:
        yield place
    except RobustError:
        if {path.name for path in place.checkpoints.iterdir()} <= set(prepared):  # nothing to go on with
            shutil.rmtree(partial)
        raise
    if out.exists():
        shutil.rmtree(out)
    place.result.rename(out)
    shutil.rmtree(partial, ignore_errors=True)


def changes(before: object, now: Mapping[str, object]) -> str:
    """What differs between two purposes, to be put behind a sentence: `: train was …, seed was 1`, or nothing."""
    found = list(_changed(before, json.loads(json.dumps(now))))[:MOST_NAMED]
    return f": {', '.join(found)}" if found else ""  # `1` and `true` are equal here, and no field is `null`


def _changed(before: object, now: object, name: str = "") -> Iterator[str]:
    """The fields of two JSON values that are not the same, with what they were."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            yield from _changed(before.get(key), now.get(key), f"{name}.{key}" if name else key)
    elif before != now:
        short = isinstance(before, int | float | str | None) and 0 < len(str(before)) <= LONGEST_NAMED
        yield f"{name} was {before}" if short else name


def _empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
