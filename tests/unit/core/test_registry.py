from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from robust import registry
from robust.errors import PluginError


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    before = dict(registry._registered)
    yield
    registry._registered.clear()
    registry._registered.update(before)


def test_a_decorated_class_is_found_and_described() -> None:
    @registry.register("goals", "test_only")
    @dataclass(frozen=True, kw_only=True)
    class Only:
        margin: float = 0.5

    assert registry.get("goals", "test_only") is Only
    assert "test_only" in registry.names("goals")
    assert registry.identify(Only()) == '{"goals/test_only": {"margin": 0.5}}'


def test_every_parameter_is_part_of_the_identity() -> None:
    @registry.register("goals", "nested")
    @dataclass(frozen=True, kw_only=True)
    class Nested:
        parts: tuple[object, ...] = ()
        name: str = "x"

    inner, other = Nested(name="a"), Nested(name="b")
    assert registry.identify(Nested(parts=(inner,))) != registry.identify(Nested(parts=(other,)))


def test_a_taken_name_is_refused_naming_both() -> None:
    def one() -> None:
        @registry.register("goals", "taken")
        @dataclass(frozen=True)
        class First: ...

    def two() -> None:
        @registry.register("goals", "taken")
        @dataclass(frozen=True)
        class Second: ...

    one()
    with pytest.raises(PluginError, match=r"First.*Second"):
        two()


def test_an_unknown_name_suggests_the_closest() -> None:
    with pytest.raises(PluginError, match="did you mean 'untargeted'"):
        registry.get("goals", "untargetted")


def test_a_plugin_must_be_a_dataclass() -> None:
    with pytest.raises(PluginError, match="dataclass"):
        registry.register("goals", "plain")(type("Plain", (), {}))
