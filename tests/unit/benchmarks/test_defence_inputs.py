"""The table of defences of the inputs, from runs made up for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.defences import inputs
from robust.results.estimates import proportion
from robust.runner import AttackRequest


def test_gaps_closed_are_of_what_the_attack_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[AttackRequest] = []

    def attack(request: AttackRequest) -> SimpleNamespace:
        asked.append(request)
        under = {0: 10, 1: 50, 2: 30}[len(request.defences)]
        under = 90 if request.defences and request.recipe == "variety-es" else under
        found = SimpleNamespace(clean_accuracy=proportion(90, 100), accuracy_under_attack=proportion(under, 100))
        return SimpleNamespace(summary=found)

    monkeypatch.setattr(inputs, "attack", attack)
    inputs.main(["--work", str(tmp_path / "work"), "--limit", "100", "--out", str(tmp_path)])
    text = (tmp_path / "inputs.md").read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    found = {row[0]: row for row in rows}
    assert found["deepwordbug"][4:] == ["50 %", "25 %"]  # (50 - 10) / 80 and (30 - 10) / 80
    assert found["deepwordbug"][1].startswith("10.0 [")
    assert found["a2t"][3:] == ["30.0 [21.9, 39.6]", "50 %", "25 %"]
    assert found["*mean, made against*"][4:] == ["50 %", "25 %"]
    assert found["*mean, others*"][4:] == ["67 %", "50 %"]  # of a2t, keyboard-typos and variety-es
    assert found["*clean*"][1].startswith("90.0 [")
    assert {request.defences for request in asked if request.model == "starter-es"} == {
        (),
        ("context:es",),
        ("context:es", "fgws:es"),
    }
    assert len({request.out for request in asked}) == len(asked)


def test_another_model_has_runs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[AttackRequest] = []

    def attack(request: AttackRequest) -> SimpleNamespace:
        asked.append(request)
        return SimpleNamespace(
            summary=SimpleNamespace(clean_accuracy=proportion(9, 10), accuracy_under_attack=proportion(1, 10))
        )

    monkeypatch.setattr(inputs, "attack", attack)
    words = ["--work", str(tmp_path / "work"), "--out", str(tmp_path), "--also", f"es={tmp_path / 'larger'}"]
    inputs.main(words)
    assert "## larger" in (tmp_path / "inputs.md").read_text(encoding="utf-8")
    own = [request for request in asked if request.model == str(tmp_path / "larger")]
    assert {request.data.source for request in own} == {"starter-es"}
    assert len({request.out for request in asked}) == len(asked)
    with pytest.raises(SystemExit):
        inputs.main(["--work", str(tmp_path), "--also", "fr=larger"])
