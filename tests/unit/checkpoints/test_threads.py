"""Threads: as many as there are free cores, asked once."""

from __future__ import annotations

import pytest
import torch

from robust.checkpoints import threads


def test_threads_are_the_free_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for load_average, expected in [(0.2, 4), (1.4, 3), (3.6, 1), (50.0, 1)]:
        monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: {0, 1, 2, 5}, raising=False)
        monkeypatch.setattr(threads.os, "getloadavg", lambda value=load_average: (value, 0.0, 0.0), raising=False)
        assert threads.free_cores() == expected


def test_threads_follow_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    monkeypatch.setattr(threads, "free_cores", lambda: 3)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    threads.set_threads()
    assert asked == []
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setenv("RAYON_NUM_THREADS", "2")
    threads.set_threads()
    assert asked == [3]


def test_threads_are_chosen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(threads, "set_threads", lambda: asked.append(1))
    threads.set_threads_once.cache_clear()
    threads.set_threads_once()
    threads.set_threads_once()
    assert asked == [1]
