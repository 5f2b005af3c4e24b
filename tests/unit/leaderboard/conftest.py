"""Entries of small runs against a model without weights, made once; every test gets copies to break."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import pytest

pytest.importorskip("fsspec")

from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.data.source import DataSpec
from robust.leaderboard.store import Folder
from robust.leaderboard.submit import Declaration, submit
from robust.runner import AttackRequest, attack
from robust.testing.fakes import ToyVictim

BY = Declaration(by="tester", at="2026-11-27T12:00:00Z")


@dataclass(frozen=True)
class Toy:
    """`ToyVictim` with the labels of the starter reviews; `revision` stands for its weights."""

    name: str = "toy"
    revision: str = "weights-1"
    lean: float = 0.2

    @property
    def meta(self) -> VictimMeta:
        found = ToyVictim(lean=self.lean).meta
        return replace(found, name=self.name, revision=self.revision, labels=("negative", "positive"))

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        return ToyVictim(lean=self.lean).logits(batch)


def run(
    recipe: str, out: Path, *overrides: str, victim: Toy | None = None, lang: str = "en", limit: int = 20, seed: int = 0
) -> Path:
    """A finished run on the first starter reviews."""
    data = DataSpec(source=f"starter-{lang}", limit=limit)
    made = victim or Toy()
    request = AttackRequest(recipe=recipe, model=made.name, data=data, out=out, overrides=overrides, seed=seed)
    with mock.patch("robust.runner.load_for_task", return_value=made):
        return attack(request).path


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("runs")
    return {
        "textfooler": run("textfooler", root / "textfooler", "attack.query_budget=25"),
        "keyboard-typos": run("keyboard-typos", root / "typos"),
        "other": run("keyboard-typos", root / "other", victim=Toy(name="other", revision="weights-2", lean=-0.2)),
        "spanish": run("keyboard-typos", root / "spanish", lang="es", limit=5),
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


@pytest.fixture
def toy() -> Iterator[None]:
    """Whatever loads a model gets the one that the runs were made with."""
    with mock.patch("robust.leaderboard.rerun.load_for_task", return_value=Toy()):
        yield
