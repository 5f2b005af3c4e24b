from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from robust.cli import present
from robust.pages.diff import differences
from robust.runner import FinishedRun


def run(*rows: dict[str, Any], languages: tuple[str, ...] = ("es",), **data: Any) -> FinishedRun:
    base = {
        **{"example_id": "x", "lang": "es", "label": 0, "clean_logits": [2.0, 0.0], "adversarial_logits": [0.0, 1.0]},
        **{"queries": 9, "unique_queries": 8, "words": 3, "words_changed": 1, "error": None},
    }
    manifest = {
        "model": {"name": "m", "labels": ["negative", "positive"], "languages": list(languages)},
        "identity": {},
        "recipe": {"name": "r"},
        "data": {"name": "d.csv", "left_out": {}, "labels_matched": "by name", **data},
        "seconds": 1.0,
    }
    return FinishedRun(path=Path("here"), manifest=manifest, rows=[{**base, **row} for row in rows])


BROKEN = {"status": "success", "original": "Un guion\nperfecto.", "adversarial": "Un guion\nacabado."}


def shown(finished: FinishedRun, *, terminal: bool = False) -> str:
    out = io.StringIO()
    kind: dict[str, Any] = {"color_system": "standard", "force_terminal": True} if terminal else {"color_system": None}
    present.show(finished, most=3, out=Console(file=out, width=60, highlight=False, **kind))
    return out.getvalue()


def test_differences_are_words_and_nothing_is_lost() -> None:
    before, after = differences("¡Qué “perfecta” actuación!", "¡Qué “impecable” actuación!")
    assert [piece for piece, changed in before if changed] == ["perfecta"]
    assert [piece for piece, changed in after if changed] == ["impecable"]
    assert "".join(piece for piece, _ in after) == "¡Qué “impecable” actuación!"


def test_a_file_gets_one_line_a_text_with_brackets() -> None:
    lines = shown(run(BROKEN)).splitlines()
    assert lines[0] == "negative  88 %  Un guion⏎[perfecto]."
    assert lines[1] == "positive  73 %  Un guion⏎[acabado]."


def test_a_terminal_gets_colours_and_no_brackets() -> None:
    text = shown(run(BROKEN), terminal=True)
    assert "\x1b[" in text
    assert "[perfecto]" not in text


@pytest.mark.parametrize(
    ("finished", "note"),
    [
        (run(BROKEN, languages=("en",)), "m is for en; the data are es"),
        (run(BROKEN, left_out={"3": 12}), "left out of d.csv: 12 labelled 3"),
        (run(BROKEN, labels_matched="by position"), "labels matched by position"),
        (run(BROKEN, {"status": "error", "error": "Traceback\nValueError: no"}), "x: ValueError: no"),
    ],
)
def test_what_a_reader_must_know_is_said(finished: FinishedRun, note: str) -> None:
    assert note in shown(finished)
    assert note not in shown(run(BROKEN))


def test_nothing_broken_is_said() -> None:
    text = shown(run({"status": "failure", "original": "a", "adversarial": None}))
    assert "No example was broken." in text
    assert "0.0 % [0.0, 79.3]" in text


def test_a_vote_and_a_model_that_is_too_sure_are_told() -> None:
    finished = run({"status": "failure", "clean_logits": [0.0, 900.0]})
    vote = FinishedRun(path=finished.path, manifest={**finished.manifest, "draws": 20}, rows=finished.rows)
    lines = "\n".join(present.notes(vote))
    assert "a vote over 20 random draws" in lines
    assert "flag: 100 % of the clean answers have a probability of 1" in lines
    drawn = {**vote.manifest, "identity": {"expectation": "yes", "temperature": "2"}}
    again = "\n".join(present.notes(FinishedRun(path=finished.path, manifest=drawn, rows=finished.rows)))
    assert "--expectation" not in again
    assert "the temperature does not help" in again


def test_brackets_in_labels_and_names_are_no_styles(capsys: pytest.CaptureFixture[str]) -> None:
    finished = run({"status": "success", "original": "a", "adversarial": "b"}, left_out={"[/bold]": 2, "[red]": 1})
    present.show(finished, most=0, out=present.console())
    assert "left out of d.csv: 2 labelled [/bold], 1 labelled [red]" in capsys.readouterr().out
