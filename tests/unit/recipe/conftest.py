"""Small plugins that exist only while these tests run."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from robust import registry
from robust.core.constraint import Constraint
from robust.core.transformation import Transformation

EN_ES = frozenset({"en", "es"})
plugin = dataclasses.dataclass(frozen=True, kw_only=True)


class _Called:
    def __call__(self, *args: Any) -> Any:
        raise NotImplementedError


@plugin
class Ranking(_Called):
    """Rank, then replace."""

    rank_by: Literal["delete", "random"] = "delete"


@plugin
class Swap(_Called):
    langs: ClassVar[frozenset[str]] = EN_ES
    k: int = 50
    copy: float | None = None  # a name that pydantic's models have too
    words: frozenset[str] = frozenset({"b", "a"})


@plugin
class English(_Called):
    langs: ClassVar[frozenset[str]] = frozenset({"en"})


@plugin
class AnyOf(_Called):
    langs: ClassVar[frozenset[str]] = EN_ES
    transformations: tuple[Transformation, ...]
    unless: Constraint | None = None


@plugin
class Limit(_Called):
    fraction: float = 0.3
    strict: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.fraction <= 1:
            raise ValueError("fraction is between 0 and 1")


@plugin
class Plain(_Called):
    pass


@plugin
class Reach(_Called):
    pass


FAKES = (
    ("searches", "x_ranking", Ranking),
    ("transformations", "x_swap", Swap),
    ("transformations", "x_english", English),
    ("transformations", "x_any_of", AnyOf),
    ("transformations", "x_swap.v2", dataclasses.make_dataclass("Swap2", [("k", int, 9)], frozen=True, kw_only=True)),
    ("constraints", "x_limit", Limit),
    ("constraints", "x_plain", Plain),
    ("goals", "x_goal", Reach),
)


@pytest.fixture(autouse=True)
def fakes() -> Iterator[None]:
    for family, name, cls in FAKES:
        registry.register(family, name)(cls)
    yield
    # Not a copy put back: a real plugin that was imported meanwhile must stay registered.
    for family, name, cls in FAKES:
        del registry._registered[family, name]
        registry._names.pop(cls, None)


GOOD = """\
# Example: swap words until the label flips.
#   robust attack --recipe example --model starter-en --data starter-en
schema_version: 1
name: example
cites: "Doe et al. 2020"
languages: [en, es]
attack:
  search: {x_ranking: {rank_by: delete}}
  transformation: x_swap
  constraints: [x_plain, {x_limit: {fraction: 0.2}}]
  goal: x_goal
deviations: []
reported: []
"""


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own, with two recipes, in place of the shipped ones."""
    from robust.recipe import load

    folder = tmp_path / "repo" / "recipes" / "attack"
    folder.mkdir(parents=True)
    (folder / "example.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "other.yaml").write_text(GOOD.replace("name: example", "name: other"), encoding="utf-8")
    (tmp_path / "repo" / "robust").mkdir()
    monkeypatch.setattr(load, "PACKAGE", tmp_path / "repo" / "robust")
    return tmp_path / "repo"
