"""What a check needs other files for: the benchmark itself, training data, and the entries beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from robust.data.source import DataSpec
from robust.data.source import read as read_data
from robust.errors import DataError, RobustError
from robust.evaluation.paired import compare
from robust.leaderboard import ngrams, recompute
from robust.leaderboard.check import Finding, Opened, open_entry
from robust.leaderboard.store import Folder
from robust.starter import NAMES

_PAIRED = 2
"""Neighbours that are compared in words; a board shows the others."""


def audit(opened: Opened, *, training: Sequence[Path] = (), against: Folder | None = None) -> list[Finding]:
    """The benchmark's own texts, contamination, and neighbours, each where there is something to check it with."""
    return [benchmark(opened), contamination(opened, training), *neighbours(opened, against)]


def benchmark(opened: Opened) -> Finding:
    """Whether the originals and labels are those of the benchmark; known for the sets that ship with the package."""
    entry = opened.entry
    if not opened.whole:
        return Finding("benchmark", "not checked", "the texts are withheld: give them with --data")
    if entry.benchmark.name not in NAMES or entry.track.task != "classification":
        return Finding("benchmark", "not checked", f"{entry.benchmark.name} does not ship with robust")
    table = read_data(DataSpec(source=entry.benchmark.name, limit=entry.benchmark.n))
    known = {row.id: (row.fields[0], row.label) for row in table.rows}
    labels = entry.model.labels
    foreign = [
        row["example_id"]
        for row in opened.rows
        if known.get(row["example_id"]) != (row["original"], labels[row["label"]])
    ]
    if foreign:
        return Finding("benchmark", "failed", f"{foreign[0]} is not the text or the label of {entry.benchmark.name}")
    if table.fingerprint != entry.benchmark.fingerprint:
        return Finding("benchmark", "failed", f"the fingerprint is not that of {entry.benchmark.name}")
    return Finding("benchmark", "ok", f"texts and labels are those of {entry.benchmark.name}")


def contamination(opened: Opened, training: Sequence[Path]) -> Finding:
    """Whether texts of the benchmark stand in the training data."""
    if not training:
        return Finding("contamination", "not checked", "no training data were given (--training)")
    if not opened.whole:
        return Finding("contamination", "not checked", "the texts are withheld: give them with --data")
    seen = {row["example_id"]: row["original"] for row in opened.rows}
    found = ngrams.overlap(list(seen.items()), _texts(training))
    if found.ids:
        said = (
            f"{len(found.ids)} of {found.n} texts share {found.size} words in a row with it: {', '.join(found.ids[:3])}"
        )
        return Finding("contamination", "failed", said)
    return Finding("contamination", "ok", f"none of {found.n} texts shares {found.size} words in a row with it")


def _texts(files: Sequence[Path]) -> Iterator[str]:
    for path in files:
        if path.suffix == ".txt":
            try:
                with path.open(encoding="utf-8", errors="replace") as handle:
                    yield from handle
            except OSError as error:
                raise DataError(f"--training {path} cannot be read: {error.strerror}", fix="check the path") from error
        else:
            for row in read_data(DataSpec(source=str(path))).rows:
                yield " ".join(row.fields)


def neighbours(opened: Opened, against: Folder | None) -> Iterator[Finding]:
    """The entry beside those of its table: the same rows twice, and the nearest ones compared row by row."""
    if against is None:
        yield Finding("neighbours", "not checked", "no other entries were given (--against)")
        return
    others = list(_others(opened, against))
    if same := [o for o in others if o.entry.rows.sha256 == opened.entry.rows.sha256]:
        said = f"{same[0].folder.name} has the same rows: one model is there under two names"
        yield Finding("neighbours", "failed", said)
        return
    here = [other for other in others if other.entry.table() == opened.entry.table()]
    if not here:
        yield Finding("neighbours", "ok", "the first entry of its table")
        return
    mine = recompute.survivors(opened.rows, opened.entry.track.task)
    value = opened.entry.results.robust.value or 0.0
    here.sort(key=lambda other: abs((other.entry.results.robust.value or 0.0) - value))
    for other in here[:_PAIRED]:
        theirs = recompute.survivors(other.rows, other.entry.track.task)
        ids = sorted(mine.keys() & theirs.keys())
        found = compare([mine[i] for i in ids], [theirs[i] for i in ids])
        p = "–" if found.p_value is None else f"{found.p_value:.3g}"
        said = f"{found.verdict}: {found.points()} points of robust accuracy, McNemar p = {p}"
        yield Finding(f"neighbour {other.entry.model.id}", "ok", said)


def _others(opened: Opened, against: Folder) -> Iterator[Opened]:
    for folder in against.entries():
        if folder == opened.folder:
            continue
        try:
            other = open_entry(folder)
        except RobustError:  # checked by itself, and kept off the board there
            continue
        if other.entry.entry_id != opened.entry.entry_id or folder.path != opened.folder.path:
            yield other
