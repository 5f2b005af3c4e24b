"""A suite that ships becomes an entry under its name, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from robust.data.source import DataSpec
from robust.errors import UserError
from robust.evaluation import standard
from robust.leaderboard import check, recompute
from robust.leaderboard.canonical import digest
from robust.leaderboard.check import open_entry
from robust.leaderboard.store import Folder
from robust.leaderboard.submit import submit
from robust.leaderboard.suites import misnamed
from robust.recipe.suite import load_suite
from robust.runner import AttackRequest
from tests.unit.leaderboard.conftest import BY, Toy

NAME = "standard-small-en-v1"


def evaluated(out: Path, *, each: bool) -> Path:
    request = AttackRequest(recipe="", model="toy", data=DataSpec(source="starter-en", limit=6), out=out)
    with mock.patch("robust.runner.load_for_task", return_value=Toy()):
        return standard.evaluate(request, NAME, each=each).path


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return evaluated(tmp_path_factory.mktemp("suite") / "run", each=True)


@pytest.fixture
def folder(suite: Path, tmp_path: Path) -> Folder:
    return submit([suite], Folder.at(str(tmp_path / "entries")), BY)[1]


def test_an_entry_bears_the_suites_name_and_its_worst_case(suite: Path, folder: Folder) -> None:
    opened, findings = check.check(folder)
    assert opened is not None
    assert [(f.check, f.message) for f in findings if f.verdict == "failed"] == []
    assert opened.entry.suite.id == NAME
    assert [a.name for a in opened.entry.suite.attacks] == sorted(one.name for one in load_suite(NAME).attacks)
    finished = standard.open_suite(suite)
    assert (
        opened.entry.results.robust.k == finished.summary.robust_accuracy.k
    )  # worked out apart: by attack and by example
    assert {len(rows) for rows in recompute.by_attack(opened.rows).values()} == {6}


def test_what_others_left_is_no_entry(tmp_path: Path) -> None:
    path = evaluated(tmp_path / "run", each=False)
    with pytest.raises(UserError, match="later attacks got only") as told:
        submit([path], Folder.at(str(tmp_path / "entries")), BY)
    assert "--each" in (told.value.fix or "")


def test_a_suite_stands_alone(suite: Path, runs: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a suite of its own"):
        submit([runs["textfooler"], suite], Folder.at(str(tmp_path / "entries")), BY)


def test_names_that_mean_something_else_are_refused(folder: Folder, make: Callable[..., Folder]) -> None:
    entry = open_entry(folder).entry
    assert misnamed(entry) == ""

    def with_suite(**update: Any) -> str:
        return misnamed(entry.model_copy(update={"suite": entry.suite.model_copy(update=update)}))

    first, *others = entry.suite.attacks
    assert with_suite(id="my-suite").endswith("is not the name of its recipe")
    assert with_suite(attacks=tuple(others)) == f"it is called {NAME}, and {first.name} is not as in that suite"
    seeded = first.model_copy(update={"seed": first.seed + 1})
    assert with_suite(attacks=(seeded, *others)).endswith(f"{first.name} is not as in that suite")

    plain = open_entry(make("textfooler"))
    dressed = plain.entry.model_copy(update={"suite": plain.entry.suite.model_copy(update={"id": NAME})})
    assert "is not as in that suite" in misnamed(dressed)
    assert digest([[a.name, a.sha] for a in dressed.suite.attacks])[:16] == dressed.suite.version
    assert [*check.CHECKS["recipes"](replace(plain, entry=dressed))] == [misnamed(dressed)]
