"""The entries of a leaderboard as tables that DuckDB asks: `entries`, `attacks`, `rows`."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from robust.errors import UserError
from robust.leaderboard.check import Opened, open_entry
from robust.leaderboard.rows import SCHEMA
from robust.leaderboard.store import Folder

Cells = list[tuple[Any, ...]]

_ESTIMATE = [
    ("", pa.float64()),
    ("_k", pa.int64()),
    ("_n", pa.int64()),
    ("_low", pa.float64()),
    ("_high", pa.float64()),
]
_ENTRIES = pa.schema(
    [
        (name, pa.string())
        for name in ("entry_id", "model", "weights", "benchmark", "split", "task", "language", "variety")
    ]
    + [(name, pa.string()) for name in ("suite", "suite_version", "threat_model", "access", "state", "submitted_by")]
    + [(f"{what}{end}", kind) for what in ("clean", "robust") for end, kind in _ESTIMATE]
)
_ATTACKS = pa.schema(
    [("entry_id", pa.string()), ("attack", pa.string()), ("seed", pa.int64())]
    + [
        (f"{what}{end}", kind)
        for what in ("robust", "success_rate", "queries", "unique_queries", "words_changed")
        for end, kind in _ESTIMATE
    ]
)


def tables(entries: list[Opened]) -> dict[str, pa.Table]:
    """The three Arrow tables of some entries; an estimate has the columns NAME, NAME_k, NAME_n, NAME_low, NAME_high."""
    rows = pa.schema([("entry_id", pa.string()), *SCHEMA])
    said = [{"entry_id": o.entry.entry_id, **row} for o in entries for row in o.rows]
    return {
        "entries": pa.Table.from_pylist([_entry(o) for o in entries], schema=_ENTRIES),
        "attacks": pa.Table.from_pylist([row for o in entries for row in _attacks(o)], schema=_ATTACKS),
        "rows": pa.Table.from_pylist(said, schema=rows),
    }


def ask(root: Folder, sql: str) -> tuple[list[str], Cells]:
    """The column names and rows of a query over all entries under `root`.

    The query sees these tables and nothing else: no files, no network. Raises `UserError` for one that fails.
    """
    try:
        import duckdb
    except ImportError:
        raise UserError("queries need duckdb", fix="pip install 'robust[leaderboard]'") from None
    with duckdb.connect(":memory:") as db:
        for name, table in tables([open_entry(folder) for folder in root.entries()]).items():
            db.register(name, table)
        db.execute("set enable_external_access = false")
        try:
            found = db.execute(sql)
            return [column[0] for column in found.description], found.fetchall()
        except duckdb.Error as error:
            raise UserError(f"the query failed: {error}", fix="the tables are entries, attacks and rows") from error


def _entry(opened: Opened) -> dict[str, Any]:
    e = opened.entry
    return {
        "entry_id": e.entry_id,
        "model": e.model.id,
        "weights": e.model.weights,
        "benchmark": e.benchmark.name,
        "split": e.benchmark.split,
        "task": e.track.task,
        "language": e.track.language,
        "variety": e.track.variety,
        "suite": e.suite.id,
        "suite_version": e.suite.version,
        "threat_model": e.threat_model.id,
        "access": e.threat_model.access,
        "state": opened.events[-1].state,
        "submitted_by": e.submitted_by,
        **_estimates(e.results, ("clean", "robust")),
    }


def _attacks(opened: Opened) -> list[dict[str, Any]]:
    seeds = {attack.name: attack.seed for attack in opened.entry.suite.attacks}
    what = ("robust", "success_rate", "queries", "unique_queries", "words_changed")
    return [
        {"entry_id": opened.entry.entry_id, "attack": a.attack, "seed": seeds[a.attack], **_estimates(a, what)}
        for a in opened.entry.results.attacks
    ]


def _estimates(part: object, names: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        one = getattr(part, name)
        found |= {
            name: one.value,
            f"{name}_k": one.k,
            f"{name}_n": one.n,
            f"{name}_low": one.low,
            f"{name}_high": one.high,
        }
    return found
