"""The list of experiments: every command parses, finds what it starts from, and what it printed becomes a table."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.transfer.__main__ import PLACES, main
from benchmarks.transfer.experiments import EXPERIMENTS
from benchmarks.transfer.tables import page
from robust.cli.main import app

NAMES = [each.name for each in EXPERIMENTS]


def test_each_starts_from_what_stands_before_it() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for at, each in enumerate(EXPERIMENTS):
        assert each.needs <= set(NAMES[:at]), each.name
    assert next(each for each in EXPERIMENTS if each.name == "student-es").needs == {
        "bert-domain-es",
        "teacher-es-1",
        "teacher-es-2",
    }


@pytest.mark.parametrize("name", [each.name for each in EXPERIMENTS if each.module == "robust"])
def test_every_option_and_field_exists(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no data to be found, the one complaint is about data: recipe, options and overrides were all accepted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    each = next(each for each in EXPERIMENTS if each.name == name)
    result = CliRunner().invoke(app, each.command(PLACES))
    assert any(place in str(result.exception) for place in ("DATA/", "WORK/")), (result.exception, result.output)


def test_commands_are_printed_as_they_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dry-run", "--only", "ner-es,curves-en"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert shlex.split(first)[:5] == ["robust", "finetune", "ner", "--model", "WORK/bert-mini-es"]
    assert shlex.split(first)[-3:] == ["--out", "WORK/ner-es", "--json"]
    assert second.startswith("python -m benchmarks.learning_curves --language en")


def test_what_was_printed_becomes_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def score(value: float) -> dict[str, object]:
        return {"value": value, "k": None, "n": 200, "low": value - 0.05, "high": value + 0.05, "method": "bootstrap"}

    costs = {"parameters": 5_200_000, "tokens": 3_000_000, "seconds": 600.0}
    energy = {"joules": 3600.0, "method": "assumed"}
    records = {
        "bert-mini-en": {
            "command": "robust pretrain bert-mini-en",
            "result": {**costs, "utilisation": {"value": 0.71}},
        },
        "nli-en": {
            "command": "robust finetune classifier",
            "result": {
                **costs,
                "energy": energy,
                "test_scores": {"test": {"accuracy": score(0.6), "matthews": score(0.4)}},
                "baseline_accuracy": {"test": score(0.5)},
            },
        },
        "multitask-es": {
            "command": "robust finetune multitask",
            "result": {"tasks": {"entities": {"test_scores": {"esp": {"f1": score(0.7)}}}}},
        },
    }
    for name, record in records.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
    assert main(["--table", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    assert text == page(records)
    assert "| bert-mini-en | 5.2 M | 3.0 M | 5,000 | 71 % | 10.0 |  |" in text
    assert "| nli-en | 5.2 M | 3.0 M | 5,000 |  | 10.0 | 1.00 Wh (assumed) |" in text
    assert (
        "| nli-en | 200 | test | accuracy 60.0 % [55.0, 65.0], Matthews 0.400 [0.350, 0.450] | 50.0 % [45.0, 55.0] |"
        in text
    )
    assert "| multitask-es entities | 200 | esp | F1 70.0 % [65.0, 75.0] |  |" in text
    assert "    robust finetune multitask" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--only", "ner-fr"], "no experiment 'ner-fr'"), (["--only", "ner-es"], "ner-es needs --data")],
)
def test_mistakes_are_one_message(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--out", str(tmp_path)]) == 2
    assert told in capsys.readouterr().err
