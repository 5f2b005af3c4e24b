"""The benchmark's contestants do the same thing."""

from __future__ import annotations

import pytest

from benchmarks import attack_throughput as speed
from robust.adapters.textattack import load


def test_all_contestants_end_on_the_same_texts_after_as_many_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "part", load.part)  # the benchmark puts a recipe of its own there; put back afterwards
    task = speed.Task(
        victim="starter", attack="wir-delete", data="starter-en", lang="en", limit=3, threads=1, dtype="float32"
    )
    victim, examples = speed.load(task)
    ran = {
        "robust": speed.run_ours(task, victim, examples, bridge=False),
        "bridge": speed.run_ours(task, victim, examples, bridge=True),
        "textattack": speed.run_theirs(task, victim, examples, padded=False),
        "textattack-padded": speed.run_theirs(task, victim, examples, padded=True),
    }
    assert {name: rows for name, (_, rows) in ran.items()} == dict.fromkeys(ran, ran["robust"][1])
    assert all(seconds > 0 for seconds, _ in ran.values())


def test_the_table_says_how_many_results_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (("success", "a", 3), ("failure", None, 5))
    fast = speed.Measured(seconds=2.0, victim_seconds=1.0, peak_mib=100.0, of_products=0.5, rows=rows)
    other = speed.Measured(
        seconds=8.0, victim_seconds=6.0, peak_mib=200.0, of_products=0.25, rows=(rows[0], ("failure", None, 11))
    )
    speed.table(["robust", "textattack"], {"robust": [fast], "textattack": [other]})
    ours, theirs = capsys.readouterr().out.splitlines()[1:]
    assert ours.split() == ["robust", "1.00", "4.0", "50%", "100", "50%", "2/2", "1", "4.0"]
    assert theirs.split() == ["textattack", "0.25", "1.8", "75%", "200", "25%", "1/2", "1", "7.0"]
