"""A history only grows, by steps that are allowed, and shows when it was tampered with."""

from __future__ import annotations

import pytest

from robust.errors import DataError, UserError
from robust.leaderboard.history import FOLLOWS, State, append, begin, is_prefix, read

START = begin(by="ana", at="2026-01-01T00:00:00Z", note="submitted", evidence="0" * 64)


def grown(*states: State) -> bytes:
    data = START
    for number, state in enumerate(states, 2):
        data = append(data, state, by="bea", at=f"2026-01-{number:02}T00:00:00Z", note=f"step {number}")
    return data


def test_every_step_on_the_way_up() -> None:
    data = grown("recomputed", "reproduced", "verified", "flagged", "verified", "withdrawn")
    assert [event.state for event in read(data, "x")][-2:] == ["verified", "withdrawn"]
    assert is_prefix(START, data)
    assert not is_prefix(data, START)


@pytest.mark.parametrize(("have", "want"), [((), "verified"), ((), "reproduced"), (("withdrawn",), "recomputed")])
def test_no_step_is_left_out_and_a_withdrawal_is_final(have: tuple[State, ...], want: State) -> None:
    assert want not in FOLLOWS[have[-1] if have else "claimed"]
    with pytest.raises(UserError, match=f"cannot become {want}"):
        append(grown(*have), want, by="ana", at="2026-02-01T00:00:00Z")


def test_states_are_named_rightly_by_someone_at_some_later_time() -> None:
    with pytest.raises(UserError, match="did you mean 'verified'"):
        append(START, "verifed", by="ana", at="2026-02-01T00:00:00Z")
    with pytest.raises(UserError, match="nobody"):
        append(START, "recomputed", by=" ", at="2026-02-01T00:00:00Z")
    with pytest.raises(UserError, match="lies before"):
        append(START, "recomputed", by="ana", at="2025-02-01T00:00:00Z")
    with pytest.raises(UserError, match="is no time"):
        append(START, "recomputed", by="ana", at="yesterday")


@pytest.mark.parametrize(
    "tamper",
    [
        lambda data: data.replace(b"step 2", b"step Z"),
        lambda data: b"".join(data.splitlines(True)[:1] + data.splitlines(True)[2:]),
        lambda data: data.replace(b'"by":"ana"', b'"by":"eve"'),
        lambda data: data.replace(b'{"at"', b'{ "at"', 1),
    ],
)
def test_a_changed_line_shows(tamper: object) -> None:
    data = grown("recomputed", "flagged")
    assert callable(tamper)
    with pytest.raises(DataError, match="the history was changed"):
        read(tamper(data), "x")


@pytest.mark.parametrize("data", [b"", b"\n", START[:-1], b"[]\n", b"{}\n", b"\xff\n"])
def test_what_is_no_history(data: bytes) -> None:
    with pytest.raises(DataError):
        read(data, "x")
