"""Entries of real, small runs, made once; every test gets copies to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("fsspec")

from robust.data.source import DataSpec
from robust.leaderboard.store import Folder
from robust.leaderboard.submit import Declaration, submit
from robust.runner import AttackRequest, attack

BY = Declaration(by="tester", at="2026-11-27T12:00:00Z")


def run(recipe: str, lang: str, out: Path, *overrides: str, limit: int = 10, seed: int = 0) -> Path:
    """A finished run on the first starter reviews."""
    name = f"starter-{lang}"
    data = DataSpec(source=name, limit=limit)
    request = AttackRequest(recipe=recipe, model=name, data=data, out=out, overrides=overrides, seed=seed)
    return attack(request).path


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("runs")
    return {
        "textfooler": run("textfooler", "en", root / "textfooler", "attack.query_budget=25"),
        "keyboard-typos": run("keyboard-typos", "en", root / "typos"),
        "spanish": run("keyboard-typos", "es", root / "spanish", limit=5),
    }


@pytest.fixture
def make(runs: dict[str, Path], tmp_path: Path) -> Callable[..., Folder]:
    """An entry of the runs that are named, in a folder of its own."""

    def made(*names: str, declared: Declaration = BY) -> Folder:
        out = Folder.at(str(tmp_path / "entries"))
        return submit([runs[name] for name in names or ("textfooler",)], out, declared)[1]

    return made


@pytest.fixture
def copied(runs: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A private copy of a run, to break."""
    return lambda name: Path(shutil.copytree(runs[name], tmp_path / f"copy-{name}"))
