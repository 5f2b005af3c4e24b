"""Answers that a run keeps: nothing is asked twice, and never of another model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robust.engine.answers import Stats
from robust.engine.run import EngineOptions, run_attack
from robust.engine.store import Store
from tests.unit.engine.toy import DATA, FewWords, Hashed, LongWords, Swaps, attack, outcomes


def test_a_finished_run_asks_nothing_again(tmp_path: Path) -> None:
    a = attack(transformation=Swaps(costly=True), constraints=(FewWords(costly=True), LongWords()))
    with Store(tmp_path / "answers.sqlite") as store:
        first, stats = Hashed(), Stats()
        rows = outcomes(a, first, store=store, stats=stats)
        assert sum(first.asked) > 0
    with Store(tmp_path / "answers.sqlite") as store:
        again, stats = Hashed(), Stats()
        assert outcomes(a, again, store=store, stats=stats, in_flight=3) == rows
    assert again.asked == []
    assert stats.computed == 0
    assert stats.from_store > 0


def test_an_interrupted_run_repeats_no_call(tmp_path: Path) -> None:
    whole = Hashed()
    rows = outcomes(attack(), whole, in_flight=16)
    first, second = Hashed(), Hashed()
    with Store(tmp_path / "answers.sqlite") as store:
        running = run_attack(attack(), first, DATA, store=store, options=EngineOptions(in_flight=16))
        for _ in range(10):
            next(running)
        running.close()
    with Store(tmp_path / "answers.sqlite") as store:
        assert outcomes(attack(), second, store=store, in_flight=16) == rows
    assert sum(first.asked) + sum(second.asked) == sum(whole.asked)


def test_answers_of_another_model_are_not_used(tmp_path: Path) -> None:
    with Store(tmp_path / "answers.sqlite") as store:
        outcomes(attack(), Hashed(), store=store)
        other = Hashed(meta=replace(Hashed().meta, revision="2"))
        outcomes(attack(), other, store=store)
    assert sum(other.asked) > 0
