"""What a check or a reproduction found, kept beside the entry; the history names each file by its hash."""

from __future__ import annotations

from collections.abc import Mapping
from json import JSONDecodeError, loads
from typing import Any

from robust.errors import DataError
from robust.leaderboard import history
from robust.leaderboard.canonical import pretty, sha256
from robust.leaderboard.check import Opened
from robust.leaderboard.history import State
from robust.leaderboard.store import HISTORY, Folder


def record(folder: Folder, state: State, said: Mapping[str, Any], *, by: str, at: str | None, note: str) -> None:
    """Put the entry into a state and keep what that rests on. Raises `UserError` where it cannot come next."""
    data = pretty(said)
    name = sha256(data)
    grown = history.append(folder.read(HISTORY), state, by=by, at=at or history.now(), note=note, evidence=name)
    folder.write(f"evidence/{name[:16]}.json", data)
    folder.write(HISTORY, grown)


def latest(opened: Opened, kind: str) -> dict[str, Any] | None:
    """The last evidence of a kind (`check`, `reproduction`) that the history names, or None.

    Raises `DataError` where a file is not the one that was recorded.
    """
    for event in reversed(opened.events[1:]):
        name = f"evidence/{event.evidence[:16]}.json"
        if not event.evidence or not opened.folder.exists(name):
            continue
        data = opened.folder.read(name)
        if sha256(data) != event.evidence:
            raise DataError(f"{opened.folder}/{name} was changed", fix="take the file from the repository")
        try:
            said = loads(data)
        except (JSONDecodeError, UnicodeDecodeError) as error:
            raise DataError(f"{opened.folder}/{name} is no JSON", fix="take the file from the repository") from error
        if isinstance(said, dict) and said.get("kind") == kind:
            return said
    return None
