from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from robust.engine.store import Keys, Store
from robust.errors import UserError


def test_answers_are_found_again(tmp_path: Path) -> None:
    keys = [Keys("m")([str(i)]) for i in range(1200)]
    with Store(tmp_path / "s.sqlite") as store:
        assert store.get(keys) == {}
        store.put((key, str(i).encode()) for i, key in enumerate(keys))
    with Store(tmp_path / "s.sqlite") as store:
        assert len(store) == 1200
        assert store.get([*keys, b"?" * 16]) == {key: str(i).encode() for i, key in enumerate(keys)}


def test_keys_tell_services_and_splits_apart() -> None:
    one, other = Keys("a"), Keys("b")
    assert len({one(["x", "y"]), one(["xy", ""]), one(["x\x1fy"]), other(["x", "y"]), one(["y", "x"])}) == 5
    assert one(["x", "y"]) == Keys("a")(["x", "y"])
    assert one(["\ud800"])  # a lone surrogate is still a text


def _write_and_die(path: str) -> None:
    store = Store(path)
    for i in range(50):
        store.put([(Keys("m")([str(i)]), b"v")])
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_kill_loses_nothing_that_was_put(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_write_and_die, args=(str(tmp_path / "s.sqlite"),))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    with Store(tmp_path / "s.sqlite") as store:
        assert len(store) == 50


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.write_text("this is no database, only some text that is long enough to look at")
    with pytest.raises(UserError, match="cannot be used as an answer store"):
        Store(path)
