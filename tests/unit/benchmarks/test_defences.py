"""The table of defences, from reports made up for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.defences.__main__ import main
from benchmarks.defences.tables import page
from robust.results.estimates import proportion


def attacked(name: str, *, trained_on: bool, before: int, after: int) -> dict[str, Any]:
    side = {"before": before, "after": after}
    clean = proportion(18, 20).as_dict()
    return {
        "attack": name,
        "trained_on": trained_on,
        "control": False,
        **{
            one: {"n": 20, "clean_accuracy": clean, "accuracy_under_attack": proportion(k, 20).as_dict()}
            for one, k in side.items()
        },
    }


def report(defence: str, seed: int, *, before: int, after: int) -> dict[str, Any]:
    attack = attacked("pwws", trained_on=defence == "a2t", before=before, after=after)
    clean = {"before": proportion(18, 20).as_dict(), "after": proportion(17, 20).as_dict()}
    return {
        "recipe": defence,
        "model": {"before": "starter-en"},
        "seed": seed,
        "clean_accuracy": {**clean, "difference": {"value": -0.05}},
        "attacks": [attack],
        "training": {"rows": 1000 * (seed + 1), "seconds": 10.0 * (seed + 1), "share_attacking": 0.25},
        "flags": [],
    }


def test_a_row_is_the_mean_over_seeds() -> None:
    text = page(
        [
            report("a2t", 0, before=2, after=10),
            report("a2t", 1, before=2, after=6),
            report("plain", 0, before=2, after=2),
        ]
    )
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| *(before)*", "| plain", "| a2t"]
    assert lines[3].split(" | ")[2] == "1,000"
    a2t = [cell.strip() for cell in lines[-1].strip("|").split("|")]
    assert a2t[:5] == ["a2t", "2", "1,000-2,000", "20", "85.0 (-5.0)"]
    low, high = proportion(8, 20).low, proportion(8, 20).high  # the mean of 10 and 6, of 20
    assert low is not None
    assert high is not None
    assert a2t[5] == f"40.0† [{100 * low:.0f}, {100 * high:.0f}]"
    assert a2t[6:] == ["38 % / –", "15", "25 %", ""]  # (8/16 + 4/16) / 2, to even


def test_the_gap_is_over_the_attacks_that_every_seed_has() -> None:
    seeds = [report("a2t", seed, before=2, after=10) for seed in (0, 1)]
    seeds[0]["attacks"].append(attacked("leet", trained_on=False, before=2, after=18))
    assert "| 50 % / – |" in page(seeds)
    seeds[1]["attacks"].append(attacked("leet", trained_on=False, before=2, after=2))
    assert "| 50 % / 50 % |" in page(seeds)


def test_a_vote_is_told_in_expectation_too() -> None:
    vote = report("safer", 0, before=2, after=10)
    vote["attacks"][0]["expectation"] = {"accuracy_under_attack": proportion(7, 20).as_dict()}
    (line,) = [line for line in page([vote]).splitlines() if line.startswith("| safer")]
    assert "] ‖ 35.0 |" in line


def test_what_is_there_is_not_trained_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = tmp_path / "out" / "starter-en" / "plain-0.json"
    told.parent.mkdir(parents=True)
    told.write_text(json.dumps(report("plain", 0, before=2, after=2)))
    common = ["--models", "starter-en", "--defences", "plain", "--seeds", "1", "--out", str(tmp_path / "out")]
    assert main(common) == 0
    assert "there already" in capsys.readouterr().out
    assert main([*common, "--table"]) == 0
    assert "starter-en" in (tmp_path / "out" / "table.md").read_text()
    assert main(["--defences", "plane"]) == 2
    assert "no defence 'plane'" in capsys.readouterr().err
