"""`robust detect` as a user runs it, on a finished attack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from robust.results.directory import open_finished
from robust.victims.defended import defended
from robust.victims.doubting import DoubtingVictim
from robust.victims.load import load_victim
from tests.functional.command import robust


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of textfooler on twelve bundled reviews."""
    out = tmp_path_factory.mktemp("detect") / "run"
    words = ("attack", "--recipe", "textfooler", "--model", "starter-en", "--data", "starter-en", "--limit", "12")
    ran = robust(*words, "--out", out)
    assert ran.code == 0, ran.err
    return out


def test_adversarial_texts_are_told_from_unedited_ones(run: Path) -> None:
    ran = robust("detect", run, "--model", "starter-en", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    _, rows = open_finished(run)
    doubting = defended(load_victim("starter-en", device="cpu", dtype="float32"), ["fgws:en"])
    assert isinstance(doubting, DoubtingVictim)
    broken = [row for row in rows if row["status"] == "success"]
    caught = [doubting.suspects([(row["adversarial"],)])[0] for row in broken]
    alarms = [doubting.suspects([(row["original"],)])[0] for row in rows]
    wrong = [doubting.suspects([(row["original"],)])[0] for row in broken]
    assert (told["found"]["k"], told["found"]["n"]) == (sum(caught), len(broken))
    assert (told["alarms"]["k"], told["alarms"]["n"]) == (sum(alarms), len(rows))
    precise, recalled = sum(caught) / (sum(caught) + sum(wrong)), sum(caught) / len(caught)
    assert told["f1"] == pytest.approx(2 * precise * recalled / (precise + recalled))
    assert 0 < told["found"]["value"] > told["alarms"]["value"]
    assert "unedited texts taken for adversarial" in ran.err


@pytest.mark.parametrize(
    ("more", "said"),
    [(("--model", "starter-en", "--lang", "es"), "nothing to detect"), (("--model", "nowhere"), "nowhere")],
)
def test_mistakes_are_said_in_one_line(run: Path, more: tuple[str, ...], said: str) -> None:
    ran = robust("detect", run, *more)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
