"""A board from entries: a pure function of their files, so that the same files give the same bytes."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from robust.errors import DataError
from robust.leaderboard import check as checking
from robust.leaderboard import evidence, recompute
from robust.leaderboard.audit import benchmark
from robust.leaderboard.canonical import pretty
from robust.leaderboard.check import Opened
from robust.leaderboard.flags import Evidence, Flag, flags
from robust.leaderboard.ranks import ranks
from robust.leaderboard.schema import Interval
from robust.leaderboard.store import Folder
from robust.results.estimates import proportion

BOARD_VERSION = 1


@dataclass(frozen=True)
class Line:
    """One entry on the board: its files, what is best known of it, its flags, and its rank in its table.

    Withdrawn entries have no rank.
    """

    opened: Opened
    known: Interval
    flags: Sequence[Flag]
    rank: int | None

    @property
    def state(self) -> str:
        """What the history says last."""
        return self.opened.events[-1].state

    @property
    def raised(self) -> list[str]:
        """The names of the flags that are raised."""
        return [flag.name for flag in self.flags if flag.verdict == "raised"]


def build(root: Folder, *, leave_out: bool = False, tell: Callable[[str], None] = lambda _: None) -> list[Line]:
    """Check every entry under `root` and put them in order. An entry that does not pass is refused.

    Raises `DataError` that names all such entries; with `leave_out` each is passed to `tell` instead.
    """
    sound: list[Opened] = []
    refused: list[str] = []
    for folder in root.entries():
        opened, findings = checking.check(folder)
        if opened is not None and checking.passed(findings):
            findings.append(benchmark(opened))
        wrong = [f"{folder}: {f.check}: {f.message}" for f in findings if f.verdict == "failed"]
        if opened is not None and not wrong:
            sound.append(opened)
        refused += wrong
    seen: dict[str, Opened] = {}
    for opened in sound:
        twin = seen.setdefault(opened.entry.entry_id, opened)
        if twin is not opened:
            refused.append(f"{opened.folder}: the same entry as {twin.folder}")
    if refused and not leave_out:
        raise DataError("\n".join(refused), fix="take these entries out, or build with --leave-out")
    for line in refused:
        tell(line)
    return _lines(list(seen.values()))


def _lines(entries: Sequence[Opened]) -> list[Line]:
    models: dict[tuple[str, str], list[Opened]] = defaultdict(list)
    tables: dict[tuple[str, ...], dict[str, dict[str, bool]]] = defaultdict(dict)
    for opened in entries:
        entry = opened.entry
        models[entry.model.id, entry.model.weights].append(opened)
        if opened.events[-1].state != "withdrawn":
            tables[entry.table()][entry.entry_id] = recompute.survivors(opened.rows, entry.track.task)
    placed = {name: rank for table in tables.values() for name, rank in ranks(table).items()}
    lines = []
    for opened in entries:
        entry = opened.entry
        siblings = [o for o in models[entry.model.id, entry.model.weights] if o is not opened]
        found = flags(_evidence(opened, siblings))
        lines.append(Line(opened, best_known(opened), found, placed.get(entry.entry_id)))
    return sorted(lines, key=_order)


def _order(line: Line) -> tuple[Any, ...]:
    entry = line.opened.entry
    return (entry.table(), line.rank is None, line.rank or 0, -(entry.results.robust.value or 0.0), entry.entry_id)


def best_known(opened: Opened) -> Interval:
    """Robust accuracy when the texts that others found count too: the least that is known to be possible."""
    fooled = frozenset(text.example_id for text in opened.external)
    standing = recompute.survivors(opened.rows, opened.entry.track.task, fooled)
    return recompute.interval(proportion(sum(standing.values()), len(standing)))


def _evidence(opened: Opened, siblings: Sequence[Opened]) -> Evidence:
    checked, again = evidence.latest(opened, "check"), evidence.latest(opened, "reproduction")
    contaminated = None
    for finding in (checked or {}).get("findings", []):
        if finding["check"] == "contamination" and finding["verdict"] != "not checked":
            texts = len({row["example_id"] for row in opened.rows})
            hits = 0 if finding["verdict"] == "ok" else int(finding["message"].partition(" ")[0])
            contaminated = (hits, texts)
    same = None if again is None else not again["stochastic"]
    return Evidence(opened, siblings, contaminated=contaminated, same_answers=same)


def as_json(lines: Sequence[Line]) -> dict[str, Any]:
    """The board as plain values."""
    return {"board_version": BOARD_VERSION, "entries": [line_json(line) for line in lines]}


def line_json(line: Line) -> dict[str, Any]:
    """One entry as the board and its interface show it."""
    said = line.opened.entry.model_dump(mode="json")
    return {
        **{key: said[key] for key in ("entry_id", "benchmark", "track", "model", "threat_model", "results", "rows")},
        "suite": {**{key: said["suite"][key] for key in ("id", "version")}, "attacks": _attacks(said)},
        "submitted_by": said["submitted_by"],
        "state": line.state,
        "rank": line.rank,
        "best_known": line.known.model_dump(mode="json"),
        "flags": [flag.as_dict() for flag in line.flags],
    }


def _attacks(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: attack[key] for key in ("name", "sha", "seed")} for attack in said["suite"]["attacks"]]


def as_csv(lines: Sequence[Line]) -> bytes:
    """The board as a csv file: one line an entry, every estimate with its interval and counts."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    estimates = [
        f"{what}{end}" for what in ("clean", "robust", "best_known") for end in ("", "_low", "_high", "_k", "_n")
    ]
    head = ["rank", "model", "weights", "benchmark", "split", "language", "variety", "task", "suite", "suite_version"]
    writer.writerow([*head, "threat_model", "state", "flags", *estimates, "entry_id"])
    for line in lines:
        e = line.opened.entry
        numbers = [
            v for i in (e.results.clean, e.results.robust, line.known) for v in (i.value, i.low, i.high, i.k, i.n)
        ]
        place = [e.benchmark.name, e.benchmark.split, e.track.language, e.track.variety, e.track.task]
        what = [e.suite.id, e.suite.version, e.threat_model.id, line.state, " ".join(line.raised)]
        writer.writerow([line.rank, e.model.id, e.model.weights, *place, *what, *numbers, e.entry_id])
    return out.getvalue().encode("utf-8")


def files(lines: Sequence[Line]) -> dict[str, bytes]:
    """The files of a board that programs read."""
    return {"board.json": pretty(as_json(lines)), "board.csv": as_csv(lines)}
