"""From what a user asks for to a recipe: by name, a transformation alone, or what finished attacks say breaks."""

from __future__ import annotations

import json
from collections.abc import Sequence

from robust.core.types import LANGS
from robust.errors import RecipeError
from robust.recipe import overrides as sets
from robust.recipe import yaml
from robust.recipe.attack import AttackRecipe
from robust.recipe.augment import AugmentRecipe
from robust.recipe.load import family_of, find, load, shipped
from robust.recipe.problems import Problem, error
from robust.recipe.validate import validate
from robust.stages.augment.failures import Failures


def by_name(name: str, overrides: Sequence[str] = ()) -> AugmentRecipe | AttackRecipe:
    """The augmentation recipe of this name or file; else the attack recipe. Raises `RecipeError` for none of them."""
    if name in [recipe.name for recipe in shipped("attack")] and name not in [one.name for one in shipped("augment")]:
        return load(name, family="attack", schema=AttackRecipe, overrides=overrides)
    path = find(name, "augment")
    if family_of(path) == "attack":
        return load(path, family="attack", schema=AttackRecipe, overrides=overrides)
    return load(path, family="augment", schema=AugmentRecipe, overrides=overrides)


def of_transformation(written: str, overrides: Sequence[str] = ()) -> AugmentRecipe:
    """A recipe that changes words by one transformation: its name, or `{name: {parameters}}`; no word twice.

    Raises `RecipeError` for what is none.
    """
    place = f"--transformation {written}"
    try:
        plugin = yaml.parse_value(written)
    except RecipeError as fault:
        raise RecipeError(f"{place}: {fault.message}", fix="write a name, or {name: {parameter: value}}") from None
    name = plugin if isinstance(plugin, str) else next(iter(plugin), "") if isinstance(plugin, dict) else ""
    data = {"schema_version": 1, "name": str(name).lower() or "x", "languages": list(LANGS)}
    part = {"transformation": plugin, "constraints": ["no_repeat"]}
    for languages in (LANGS, *([lang] for lang in LANGS)):
        recipe, problems = _checked({**data, "languages": list(languages), "augment": part}, place, overrides)
        if recipe is not None:
            return recipe
        if not any("does not work for" in found.message for found in problems):
            break
    raise error(problems)


def of_failures(found: Failures, overrides: Sequence[str] = ()) -> AugmentRecipe:
    """A recipe that draws the transformations of finished attacks by their success."""
    recipe, problems = _checked(found.recipe(), "--from-run", overrides)
    if recipe is None:
        raise error(problems)
    return recipe


def _checked(data: object, place: str, overrides: Sequence[str]) -> tuple[AugmentRecipe | None, list[Problem]]:
    document = yaml.parse(json.dumps(data), place)
    return validate(sets.apply(document, overrides, AugmentRecipe), AugmentRecipe)
