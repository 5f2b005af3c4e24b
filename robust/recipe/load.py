"""From the name of a recipe, or a file, to a checked recipe."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

import robust
from robust.errors import RecipeError, did_you_mean
from robust.recipe import overrides as sets
from robust.recipe.attack import AttackRecipe
from robust.recipe.problems import Problem, error
from robust.recipe.validate import validate
from robust.recipe.yaml import read

MOST_LISTED = 12
"""Recipes that a message names; of more it says how many there are."""
M = TypeVar("M", bound=BaseModel)

PACKAGE = Path(robust.__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A recipe that comes with the package."""

    family: str
    name: str
    path: Path


def home() -> Path:
    """The folder of the shipped recipes: inside an installed wheel, or at the root of the repository."""
    installed = PACKAGE / "_recipes"
    return installed if installed.is_dir() else PACKAGE.parent / "recipes"


def families() -> list[str]:
    """The families that have shipped recipes, such as `attack` and `finetune`."""
    root = home()
    return sorted(p.name for p in root.iterdir() if any(p.glob("*.yaml"))) if root.is_dir() else []


def shipped(family: str | None = None) -> list[Shipped]:
    """The shipped recipes of one family, or of all, by name."""
    return [
        Shipped(family=one, name=path.stem, path=path)
        for one in ([family] if family else families())
        for path in sorted((home() / one).glob("*.yaml"))
    ]


def find(name_or_path: str | Path, family: str | None = None) -> Path:
    """The file of a recipe: a path that ends in `.yaml` or `.yml`, or the name of a shipped one.

    Raises `RecipeError` with the closest name, or with all, where there is none; and where `family` is None and two
    families have the name.
    """
    asked = Path(name_or_path)
    known = shipped(family)
    if asked.suffix in (".yaml", ".yml"):
        if asked.is_file():
            return asked
        same = [r.name for r in known if r.name == asked.stem]
        fix = (
            f"did you mean the shipped recipe {same[0]!r}?"
            if same
            else "check the path; `robust recipes ls` lists ours"
        )
        raise RecipeError(f"no recipe file {str(name_or_path)!r}", fix=fix)
    found = [r for r in known if r.name == str(name_or_path)]
    if len(found) == 1:
        return found[0].path
    if found:
        both = " and ".join(r.family for r in found)
        raise RecipeError(f"there is a recipe {str(name_or_path)!r} in {both}", fix="say which with --family")
    names = [r.name for r in known]
    hint = did_you_mean(str(name_or_path), names) or did_you_mean(asked.name, names)
    listed = f"known: {', '.join(names)}" if len(names) <= MOST_LISTED else f"there are {len(names)} others"
    listed = listed if names else "none are installed"
    kind = f"{family} recipe" if family else "recipe"
    raise RecipeError(
        f"no {kind} is called {str(name_or_path)!r} ({listed})",
        fix=hint or "`robust recipes ls` lists them; a file of your own ends in .yaml",
    )


def check(
    name_or_path: str | Path, *, family: str, schema: type[M], overrides: Sequence[str] = ()
) -> tuple[M | None, list[Problem]]:
    """A recipe and all problems it has; the recipe is None if there are any.

    `schema` is any pydantic model; `overrides` are `key.path=value` texts. Raises `RecipeError` where the file is not
    there or is not YAML.
    """
    document = read(find(name_or_path, family))
    return validate(sets.apply(document, overrides, schema), schema)


def load(name_or_path: str | Path, *, family: str, schema: type[M], overrides: Sequence[str] = ()) -> M:
    """A checked recipe. Raises one `RecipeError` that lists every problem, each with its file and line."""
    recipe, problems = check(name_or_path, family=family, schema=schema, overrides=overrides)
    if recipe is None:
        raise error(problems)
    return recipe


def load_attack(name_or_path: str | Path, *, overrides: Sequence[str] = ()) -> AttackRecipe:
    """A checked attack recipe, by name or file. Raises one `RecipeError` that lists every problem."""
    return load(name_or_path, family="attack", schema=AttackRecipe, overrides=overrides)


def schema_of(family: str) -> type[BaseModel]:
    """The schema of a family: `<Family>Recipe` in `robust.recipe.<family>`. Raises `RecipeError` for an unknown one."""
    try:
        found = getattr(importlib.import_module(f"robust.recipe.{family}"), f"{family.title()}Recipe", None)
    except ModuleNotFoundError as e:
        if e.name != f"robust.recipe.{family}":
            raise
        found = None
    if isinstance(found, type) and issubclass(found, BaseModel):
        return found
    hint = did_you_mean(family, families()) or f"known: {', '.join(families())}"
    raise RecipeError(f"there are no recipes of the family {family!r}", fix=hint)


def family_of(path: Path) -> str:
    """The family of a recipe file: of the shipped folder it is in, or the one whose schema has most of its keys."""
    known = families()
    folder = path.resolve().parent
    if folder.name in known and folder.parent == home().resolve():
        return folder.name
    written = set(read(path).data)

    def shared(family: str) -> int:
        try:
            return len(written & set(schema_of(family).model_fields))
        except RecipeError:
            return -1

    return max(dict.fromkeys(("attack", *known)), key=shared)
