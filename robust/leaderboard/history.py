"""What happened to an entry: an append-only file in which every line holds the hash of the one before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from json import JSONDecodeError, loads
from typing import Literal, TypeAlias, get_args

from robust.errors import DataError, UserError, did_you_mean
from robust.leaderboard.canonical import canonical, sha256

State: TypeAlias = Literal["claimed", "recomputed", "reproduced", "verified", "flagged", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)
FOLLOWS: dict[State, tuple[State, ...]] = {
    "claimed": ("recomputed", "flagged", "withdrawn"),
    "recomputed": ("recomputed", "reproduced", "flagged", "withdrawn"),
    "reproduced": ("reproduced", "verified", "flagged", "withdrawn"),
    "verified": ("verified", "flagged", "withdrawn"),
    "flagged": ("recomputed", "reproduced", "verified", "flagged", "withdrawn"),
    "withdrawn": (),
}
"""Which states may come after which: no step on the way up is left out, a flag can be lifted, a withdrawal cannot."""

FIRST = "0" * 64
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line: who put the entry into which state, when (UTC, `2026-01-31T12:00:00Z`), why, on what evidence.

    `evidence` is the SHA-256 of what was looked at, or an empty string; `previous` that of the line before.
    """

    at: str
    by: str
    state: State
    note: str
    evidence: str
    previous: str

    def line(self) -> bytes:
        """The event as a line of the file, without its end."""
        return canonical(asdict(self))


def now() -> str:
    """The time as the history writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def begin(*, by: str, at: str, note: str, evidence: str) -> bytes:
    """A history of one line: the entry is claimed."""
    return _event("claimed", by, at, note, evidence, FIRST).line() + b"\n"


def append(data: bytes, state: str, *, by: str, at: str, note: str = "", evidence: str = "") -> bytes:
    """The history with one more line. Raises `UserError` where that state cannot come next."""
    events = read(data, "the history")
    wanted = next((known for known in STATES if known == state), None)
    if wanted is None:
        raise UserError(
            f"there is no state {state!r}", fix=did_you_mean(state, STATES) or f"one of {', '.join(STATES)}"
        )
    last = events[-1].state
    if wanted not in FOLLOWS[last]:
        after = " or ".join(FOLLOWS[last]) or "nothing"
        raise UserError(f"the entry is {last} and cannot become {state}", fix=f"after {last} comes {after}")
    if at < events[-1].at:
        raise UserError(f"{at} lies before the last line of the history ({events[-1].at})", fix="check the clock")
    return data + _event(wanted, by, at, note, evidence, sha256(events[-1].line())).line() + b"\n"


def _event(state: State, by: str, at: str, note: str, evidence: str, previous: str) -> Event:
    if not _TIME.fullmatch(at):
        raise UserError(f"{at!r} is no time", fix="write it as 2026-01-31T12:00:00Z")
    if not by.strip():
        raise UserError("nobody is named", fix="say who with --by")
    return Event(at=at, by=by, state=state, note=note, evidence=evidence, previous=previous)


def read(data: bytes, place: str) -> list[Event]:
    """The events of a history, oldest first.

    Raises `DataError` where a line is missing, was changed, or could not have come after the one before it.
    """
    lines = data.split(b"\n")
    if lines[-1] != b"" or len(lines) < 2:
        raise DataError(f"{place} is empty or its last line is cut off", fix="take the file from the repository")
    events: list[Event] = []
    for number, line in enumerate(lines[:-1], 1):
        try:
            event = Event(**loads(line))
        except (JSONDecodeError, UnicodeDecodeError, TypeError) as error:
            raise DataError(f"{place}:{number} is no event", fix="take the file from the repository") from error
        expected = sha256(lines[number - 2]) if events else FIRST
        if event.previous != expected or event.line() != line:
            raise DataError(
                f"{place}:{number} does not follow from the line before it: the history was changed",
                fix="histories are only ever added to; take the file from the repository",
            )
        if (event.state != "claimed") if not events else (event.state not in FOLLOWS[events[-1].state]):
            raise DataError(
                f"{place}:{number}: {event.state} cannot come " + (f"after {events[-1].state}" if events else "first"),
                fix="take the file from the repository",
            )
        events.append(event)
    return events


def is_prefix(before: bytes, after: bytes) -> bool:
    """Whether `after` is `before` with lines added to it, which is all that a pull request may do."""
    return after.startswith(before)


def state(events: Sequence[Event]) -> State:
    """The state that an entry is in."""
    return events[-1].state
