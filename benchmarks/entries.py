"""From a finished run to an entry of a leaderboard whose numbers were recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from robust.core.types import Fields
from robust.leaderboard import check as checking
from robust.leaderboard import evidence, history
from robust.leaderboard.audit import audit
from robust.leaderboard.store import ENTRY, HISTORY, Folder
from robust.leaderboard.submit import Declaration, files, folder_name


def enter(run: Path, declared: Declaration, entries: Folder, texts: Mapping[str, Fields] | None = None) -> None:
    """Make the entry of a run, and record that its numbers were recomputed; leave one whose were alone.

    `texts`: the benchmark's fields by the ids of its rows, for an entry that withholds them. Raises `SystemExit` with
    what a check found wrong.
    """
    made, content = files([run], declared)
    folder = entries.folder(folder_name(made))
    if not folder.exists(ENTRY):
        for name, data in content.items():
            folder.write(name, data)
    elif history.state(history.read(folder.read(HISTORY), str(folder))) != "claimed":
        print(f"{folder}: there already")
        return
    opened, findings = checking.check(folder, texts)
    if opened is not None:
        findings += audit(opened, against=entries)
    wrong = [f"{f.check}: {f.message}" for f in findings if f.verdict == "failed"]
    if wrong:
        raise SystemExit(f"{folder}: {'; '.join(wrong)}")
    said = {"kind": "check", "findings": [finding.as_dict() for finding in findings]}
    evidence.record(folder, "recomputed", said, by=declared.by, at=None, note="numbers recomputed from the rows")
    print(f"{folder}: robust {made.results.robust.k} of {made.results.robust.n}")
