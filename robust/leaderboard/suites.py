"""Suites that have a name: a run of one as runs of its attacks, and what an entry with its name has to hold."""

from __future__ import annotations

from pathlib import Path

from robust.errors import RobustError, UserError
from robust.evaluation.standard import ATTACKS
from robust.leaderboard.schema import Entry
from robust.recipe.load import shipped
from robust.recipe.suite import load_suite
from robust.results.directory import RunDirectory


def expand(path: Path) -> tuple[str, dict[str, Path]] | None:
    """The suite's name and the runs of its attacks by their names, None for any other run.

    Raises `UserError` for a suite that does not ship, that is unfinished, or whose later attacks did not get every
    example: the numbers of an attack on what others left are not to be compared.
    """
    directory = RunDirectory(path)
    manifest = directory.manifest
    if manifest is None or manifest.get("kind") != "suite":
        return None
    suite = manifest["suite"]
    if not directory.finished:
        raise UserError(f"the suite in {path} is not finished", fix=f"go on with it: {manifest.get('command')}")
    if suite["name"] not in names():
        raise UserError(
            f"{path} holds the suite {suite['name']!r}, which does not ship with robust",
            fix=f"use {', '.join(sorted(names()))}, or submit the runs in {path / ATTACKS}, each by its recipe's name",
        )
    if not suite["each"]:
        raise UserError(
            f"in {path} later attacks got only the examples that earlier ones left",
            fix="run the suite with --each: every attack gets every example",
        )
    return suite["name"], {one["name"]: path / ATTACKS / one["name"] for one in suite["attacks"]}


def names() -> frozenset[str]:
    """The names of the suites that ship, with language and version."""
    return frozenset(one.name for one in shipped("suite"))


def misnamed(entry: Entry) -> str:
    """What is wrong with the names of an entry's suite and attacks, empty where nothing is.

    The attacks of a suite that ships have its names, recipes and seeds; any other attack has the name of its recipe.
    """
    found = {attack.name: (attack.sha, attack.seed) for attack in entry.suite.attacks}
    if entry.suite.id not in names():
        other = [attack.name for attack in entry.suite.attacks if attack.recipe.get("name") != attack.name]
        return f"{other[0]} is not the name of its recipe" if other else ""
    try:
        suite = load_suite(entry.suite.id)
        wanted = {
            one.name: (recipe.sha, one.seed)
            for one, recipe in zip(suite.attacks, suite.resolve().values(), strict=True)
        }
    except RobustError as error:
        return f"the suite {entry.suite.id} cannot be read: {error.message}"
    if found == wanted:
        return ""
    strange = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
    return f"it is called {entry.suite.id}, and {strange[0]} is not as in that suite"
