"""Plugins by name: found when asked for, described without being built.

A plugin is a frozen, keyword-only dataclass; its signature is its schema. It joins a family in one of three ways:

- a module of its package: `robust/searches/greedy_word_ranking.py` holds the search `greedy_word_ranking`;
- an entry point of an installed package, in the group `robust.<family>`;
- at run time, by the decorator alone (tests, notebooks).

In all three `@register("searches", "greedy_word_ranking")` stands above the class. Names are permanent; changed
behaviour gets a new name (`greedy_word_ranking.v2`, in a module `greedy_word_ranking_v2`).
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from robust.errors import PluginError, did_you_mean

Family: TypeAlias = Literal["searches", "transformations", "constraints", "goals", "defences"]
FAMILIES: tuple[Family, ...] = get_args(Family)

C = TypeVar("C", bound=type)

_registered: dict[tuple[str, str], type] = {}
_names: dict[type, tuple[str, str]] = {}


def register(family: Family, name: str) -> Callable[[C], C]:
    """Class decorator: make a dataclass available to recipes as `name`."""

    def add(cls: C) -> C:
        if family not in FAMILIES:
            raise PluginError(f"unknown plugin family {family!r}", fix=f"use one of {', '.join(FAMILIES)}")
        if not dataclasses.is_dataclass(cls):
            raise PluginError(
                f"plugin {name!r} ({_where(cls)}) is not a dataclass",
                fix="put @dataclass(frozen=True, kw_only=True) under @register",
            )
        other = _registered.get((family, name))
        if other is not None and _where(other) != _where(cls):
            raise PluginError(
                f"{family}: the name {name!r} is taken by {_where(other)} and claimed by {_where(cls)}",
                fix="rename one of them",
            )
        _registered[family, name] = cls
        _names[cls] = (family, name)
        return cls

    return add


def _where(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


@cache
def _modules(family: str) -> Mapping[str, str]:
    package = importlib.import_module(f"robust.{family}")
    found = (m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))
    return {name: f"robust.{family}.{name}" for name in found}


@cache
def _entries(family: str) -> Mapping[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=f"robust.{family}"):
        other = found.get(entry.name)
        if entry.name in _modules(family) or (other is not None and other.value != entry.value):
            taken = other.value if other else _modules(family)[entry.name]
            raise PluginError(
                f"{family}: the name {entry.name!r} is taken by {taken} and claimed by {entry.value}",
                fix="uninstall or rename one of them",
            )
        found[entry.name] = entry
    return found


def names(family: Family) -> list[str]:
    """Every name of a family, sorted; imports no plugin."""
    built_in = {name.replace("_v", ".v") if name[-1:].isdigit() and "_v" in name else name for name in _modules(family)}
    added = {name for kind, name in _registered if kind == family}
    return sorted(built_in | set(_entries(family)) | added)


def get(family: Family, name: str) -> type:
    """The plugin class of that name. Raises `PluginError` with the closest known name."""
    if (family, name) not in _registered:
        if module := _modules(family).get(name.replace(".", "_")):
            importlib.import_module(module)
        elif entry := _entries(family).get(name):
            try:
                loaded = entry.load()
            except (ImportError, AttributeError) as error:
                whose = f" of {entry.dist.name}" if entry.dist else ""
                fix = "mend its entry point, or uninstall it"
                raise PluginError(f"plugin {name}{whose} cannot be loaded ({entry.value}): {error}", fix=fix) from error
            if (family, name) not in _registered:
                register(family, name)(loaded)
    try:
        return _registered[family, name]
    except KeyError:
        known = names(family)
        hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
        raise PluginError(f"no {_singular(family)} is called {name!r}", fix=hint) from None


def _singular(family: str) -> str:
    return {"searches": "search"}.get(family, family.removesuffix("s"))


def origin(family: Family, name: str) -> str:
    """Where a plugin comes from: `robust` or the distribution that provides it, and the class."""
    cls = get(family, name)
    entry = _entries(family).get(name)
    owner = entry.dist.name if entry is not None and entry.dist is not None else cls.__module__.partition(".")[0]
    return f"{owner} ({_where(cls)})"


def identify(plugin: object) -> str:
    """Registry name and resolved parameters, as JSON: equal identities mean equal behaviour.

    A plugin that depends on files (a checkpoint) adds what pins them through a `fingerprint()` method.
    """
    return json.dumps(_described(plugin), sort_keys=True, ensure_ascii=False)


def _described(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        family, name = _names.get(type(value), ("", _where(type(value))))
        fields: dict[str, Any] = {
            f.name: _described(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init
        }
        fingerprint = getattr(value, "fingerprint", None)
        if callable(fingerprint):
            fields["fingerprint"] = fingerprint()
        return {"/".join(filter(None, (family, name))): fields}
    if isinstance(value, (list, tuple)):
        return [_described(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return {str(k): _described(v) for k, v in value.items()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return repr(value)
