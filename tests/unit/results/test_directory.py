from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from robust.core.attack import Outcome
from robust.core.example import Example
from robust.core.text import Text
from robust.errors import DataError, UserError
from robust.results import rows as rows_
from robust.results.directory import RunDirectory, is_diagnosis, open_attack, open_finished

MANIFEST: dict[str, Any] = {
    "manifest_version": 1,
    "kind": "attack",
    "identity": {"recipe": "a@1", "seed": 0},
    "command": "robust attack --recipe a",
}


def a_row(name: str = "x/0", adversarial: str | None = "niño\n👩‍👧") -> dict[str, Any]:
    outcome = Outcome(
        example_id=name, status="success", original="a  b", adversarial=adversarial, clean_logits=(1.0, 0.0)
    )
    return rows_.row(outcome, Example(id=name, text=Text("a  b", []), target=0, lang="es", before=("p",)))


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    rows_.write([a_row(), a_row("x/1", None)], tmp_path / "examples.parquet")
    back = rows_.read(tmp_path / "examples.parquet")
    assert back == [a_row(), a_row("x/1", None)]
    assert [f.name for f in tmp_path.iterdir()] == ["examples.parquet"]


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "examples.parquet")
    with pytest.raises(DataError, match="schema version none, this release reads 1"):
        rows_.read(tmp_path / "examples.parquet")


def test_a_run_is_kept_row_by_row_and_then_whole(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    with directory.open(MANIFEST):
        directory.append(a_row(), seconds=1.5)
        assert directory.journal() == ([a_row()], 1.5)
        with pytest.raises(UserError, match="not finished"):
            open_finished(directory.path)
        directory.finish([a_row()], MANIFEST)
    assert sorted(f.name for f in directory.path.iterdir()) == ["examples.parquet", "manifest.json"]
    manifest, rows = open_finished(directory.path)
    assert (manifest["status"], rows) == ("finished", [a_row()])


def test_a_line_cut_short_by_a_kill_is_dropped(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    with directory.open(MANIFEST):
        directory.append(a_row(), seconds=1)
        with (directory.path / "outcomes.jsonl").open("ab") as handle:
            handle.write(b'{"seconds": 2, "row": {"exam')
    assert directory.journal() == ([a_row()], 1)
    directory.append(a_row("x/1"), seconds=3)
    assert [r["example_id"] for r in directory.journal()[0]] == ["x/0", "x/1"]


@pytest.mark.parametrize(
    ("there", "now", "told"),
    [
        ({"seed": 0, "temperature": "1.5"}, {"seed": 0}, "temperature: 1.5 there, none now"),
        ({"seed": 0}, {"seed": 0, "temperature": "1.5"}, "temperature: none there, 1.5 now"),
        ({"seed": 0, "max_length": 9}, {"seed": 1}, "seed: 0 there, 1 now; max_length: 9 there, none now"),
    ],
)
def test_what_one_of_two_runs_lacks_is_named(
    tmp_path: Path, there: dict[str, object], now: dict[str, object], told: str
) -> None:
    directory = RunDirectory(tmp_path / "run")
    with directory.open({**MANIFEST, "identity": there}):
        directory.append(a_row(), seconds=1)
    with (
        pytest.raises(UserError, match=rf"holds another run \({told}\)"),
        directory.open({**MANIFEST, "identity": now}),
    ):
        pass


def test_a_run_of_another_kind_is_named_by_its_kind(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    with directory.open({**MANIFEST, "kind": "attack"}):
        directory.append(a_row(), seconds=1)
    other = {**MANIFEST, "kind": "suite", "identity": {"suite": "standard", "n": 3}}
    with pytest.raises(UserError, match=r"another run \(kind: attack there, suite now\)"), directory.open(other):
        pass


def test_another_run_is_not_overwritten(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    with directory.open(MANIFEST):
        directory.append(a_row(), seconds=1)
    other = {**MANIFEST, "identity": {"recipe": "b@1", "seed": 0}}
    with pytest.raises(UserError, match=r"another run \(recipe: a@1 there, b@1 now\)"), directory.open(other):
        pass
    assert directory.journal()[0]
    with directory.open(other, fresh=True):
        assert directory.journal() == ([], 0.0)
        assert json.loads((directory.path / "manifest.json").read_text())["identity"]["recipe"] == "b@1"


def test_a_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(UserError, match=r"holds no run \(it has thesis.tex\)"), RunDirectory(tmp_path).open(MANIFEST):
        pass
    with pytest.raises(UserError, match="not empty"), RunDirectory(tmp_path).open(MANIFEST, fresh=True):
        pass


def test_two_processes_do_not_share_a_run(tmp_path: Path) -> None:
    one, two = RunDirectory(tmp_path / "run"), RunDirectory(tmp_path / "run")
    with one.open(MANIFEST), pytest.raises(UserError, match="another process"), two.open(MANIFEST):
        pass


@pytest.mark.parametrize("content", ["{", "[]", '{"manifest_version": 99}'])
def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UserError, match=r"manifest.json cannot be read|not a run"):
        open_finished(tmp_path)


def test_no_run_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no run at"):
        open_finished(tmp_path / "nowhere")
    with pytest.raises(UserError, match="holds no run"):
        open_finished(tmp_path)


def test_files_and_places_that_are_no_runs(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("text,label\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"data\.csv is no directory of a run"):
        _ = RunDirectory(tmp_path / "data.csv").manifest
    with pytest.raises(UserError, match="cannot be made"), RunDirectory(Path("/proc/run")).open(MANIFEST):
        pass


def test_a_diagnosis_has_no_wrong_answers(tmp_path: Path) -> None:
    for goal, refused in (({"reduced": {"words": 3}}, True), ("untargeted", False), ({"margin": {}}, False)):
        recipe = {"name": "a", "resolved": {"attack": {"goal": goal}}}
        assert is_diagnosis({"recipe": recipe}) == refused
    directory = RunDirectory(tmp_path / "run")
    manifest = {**MANIFEST, "recipe": {"name": "a", "resolved": {"attack": {"goal": {"reduced": {"words": 3}}}}}}
    with directory.open(manifest):
        directory.finish([a_row()], manifest)
    with pytest.raises(UserError, match="a run of a, a diagnosis: its successes are no wrong answers"):
        open_attack(tmp_path / "run")
