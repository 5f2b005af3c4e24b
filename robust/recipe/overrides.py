"""`--set key.path=value`: changes to a recipe before it is checked, so that a wrong one is reported like any mistake.

A path follows the recipe's keys and list indices. A plugin in a list is also found by its name
(`attack.constraints.max_words_changed.fraction`), and a plugin written as a bare name becomes a mapping when one of its
parameters is set. The section may be left out where only one has the key (`query_budget`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from robust.errors import RecipeError
from robust.recipe.problems import OVERRIDE, Loc, Place, Problem, dotted
from robust.recipe.validate import keys_at, show, suggest
from robust.recipe.yaml import Document, parse_value


class _Wrong(Exception):
    """Why an override cannot be applied: message and hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def apply(document: Document, overrides: Sequence[str], schema: type[BaseModel]) -> Document:
    """The document with every `key.path=value` set, in order; those that cannot be are added to its problems."""
    data = copy.deepcopy(document.data)
    keys, values, problems = dict(document.keys), dict(document.values), list(document.problems)
    for text in overrides:
        place = Place(f"{OVERRIDE}{text}")
        try:
            path, value = _split(text, data, schema)
            loc = _set(data, path, value, keys, values)
        except _Wrong as wrong:
            problems.append(Problem(place.file, 0, "", wrong.message, wrong.hint))
            continue
        for table in (keys, values):
            for inner in [known for known in table if known[: len(loc)] == loc]:
                del table[inner]
        for n in range(1, len(loc) + 1):
            if n == len(loc) or loc[:n] not in values:
                keys[loc[:n]] = values[loc[:n]] = place
    return Document(file=document.file, data=data, keys=keys, values=values, problems=tuple(problems))


def _split(text: str, data: dict[str, Any], schema: type[BaseModel]) -> tuple[list[str], Any]:
    path, equals, written = text.partition("=")
    parts = path.strip().split(".")
    if not equals or not all(part.strip() for part in parts):
        raise _Wrong("should be key.path=value", "for example attack.query_budget=500")
    try:
        value = parse_value(written)
    except RecipeError as e:
        raise _Wrong(f"the value: {e.message}") from None
    return _with_section(parts, data, schema), value


def _with_section(parts: list[str], data: dict[str, Any], schema: type[BaseModel]) -> list[str]:
    top = set(keys_at(schema, ())) | set(data)
    if _starts(parts, top):
        return parts
    inside: dict[str, set[str]] = {}
    for section in sorted(top):
        known = keys_at(schema, (section,)) if section in schema.model_fields else []
        written = data.get(section)
        inside[section] = (set(known) - top) | (set(written) if isinstance(written, dict) else set())
    found = [section for section, known in inside.items() if _starts(parts, known)]
    if len(found) == 1:
        return [found[0], *parts]
    if found:
        raise _Wrong("more than one key is called that", f"write {' or '.join(f'{s}.{parts[0]}' for s in found)}")
    nested = {f"{section}.{key}" for section, keys in inside.items() for key in keys}
    raise _Wrong("no such key", _closest(parts[0], top | nested))


def _closest(name: str, known: Iterable[str]) -> str:
    paths = {path.rpartition(".")[2]: path for path in sorted(known)}
    hint = suggest(name, paths)
    close = hint.removeprefix("did you mean '").removesuffix("'?")
    return f"did you mean {paths[close]!r}?" if close in paths else hint


def _starts(parts: Sequence[str], known: Iterable[str]) -> bool:
    return any(".".join(parts[:n]) in known for n in range(1, len(parts) + 1))


def _set(data: dict[str, Any], parts: list[str], value: Any, keys: dict[Loc, Place], values: dict[Loc, Place]) -> Loc:
    """Set the value in place and return where; bare plugin names on the way become mappings."""
    parent: Any = data
    loc: Loc = ()
    rest = parts
    while True:
        parent, loc, key, rest = _step(parent, loc, rest)
        if not rest:
            parent[key] = value
            return (*loc, key)
        here = (*loc, key)
        node = parent.get(key) if isinstance(parent, dict) else parent[key]
        if isinstance(node, str) and _starts(rest, {node}):
            keys[(*here, node)] = values[(*here, node)] = values[here]
            node = {node: None}
        elif node is None:
            node = {}
        elif not isinstance(node, (dict, list)):
            hint = suggest(rest[0], [node]) if isinstance(node, str) else ""
            raise _Wrong(f"no such key: {dotted(here)} is {show(node)}", hint)
        parent[key] = node
        parent, loc = node, here


def _step(node: Any, loc: Loc, rest: list[str]) -> tuple[Any, Loc, str | int, list[str]]:
    """One step down: the container, where it is, the key or index in it, and the parts that follow."""
    if isinstance(node, dict):
        # Names may contain dots (`greedy.v2`): the longest known key wins.
        n = next((n for n in range(len(rest), 0, -1) if ".".join(rest[:n]) in node), 1)
        return node, loc, ".".join(rest[:n]), rest[n:]
    if rest[0].isdecimal():
        if int(rest[0]) < len(node):
            return node, loc, int(rest[0]), rest[1:]
        raise _Wrong(f"no such item: {dotted(loc)} has {len(node)}, counted from 0")
    names = [next(iter(item), "") if isinstance(item, dict) else str(item) for item in node]
    found = [i for i, name in enumerate(names) if _starts(rest, {name})]
    if len(found) > 1:
        raise _Wrong(f"{dotted(loc)} has {len(found)} of that name", f"use an index: {', '.join(map(str, found))}")
    if not found:
        raise _Wrong("no such key", suggest(rest[0], names) if names else f"{dotted(loc)} is empty")
    return node, loc, found[0], rest
