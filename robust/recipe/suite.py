"""The schema of a suite: a fixed list of attacks that together stand for one threat model."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from robust.core.types import Lang
from robust.errors import RecipeError
from robust.recipe.attack import AttackRecipe, plain_name, unique
from robust.recipe.load import find, load, load_attack, shipped
from robust.recipe.parts import Count, Part


class SuiteAttack(Part):
    """One attack of a suite: a recipe, what is set in it, and the seed.

    `sha` pins the resolved attack (`AttackRecipe.sha`, budget included); a suite without it follows its recipes.
    """

    name: Annotated[str, AfterValidator(plain_name)]
    recipe: str
    level: Literal["char", "word", "sentence", "language"]
    seed: int = 0
    overrides: dict[str, Any] = Field(default_factory=dict)
    sha: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None


def _attacks(attacks: tuple[SuiteAttack, ...]) -> tuple[SuiteAttack, ...]:
    names = [one.name for one in attacks]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"names {twice[0]!r} twice")
    return attacks


class SuiteRecipe(Part):
    """Attacks in the order in which they are tried; `queries` is the budget of each, an example.

    Nothing in it is for a user to tune: a changed suite is another suite, with another name.
    """

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name)]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1), AfterValidator(unique)]
    queries: Count
    attacks: Annotated[tuple[SuiteAttack, ...], Field(min_length=1), AfterValidator(_attacks)]
    deviations: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _resolves(self) -> SuiteRecipe:
        try:
            self.resolve()
        except RecipeError as error:
            raise ValueError(error.message) from None
        return self

    def overrides(self, attack: SuiteAttack) -> tuple[str, ...]:
        """What is set in the recipe of one attack, as `key.path=value`; the budget comes last."""
        written = [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in attack.overrides.items()]
        return (*written, f"attack.query_budget={self.queries}")

    def resolve(self) -> dict[str, AttackRecipe]:
        """The recipes by the names of the attacks.

        Raises `RecipeError` where one is not for the suite's languages, or is no longer the pinned one.
        """
        found = {one.name: load_attack(one.recipe, overrides=self.overrides(one)) for one in self.attacks}
        for one in self.attacks:
            recipe = found[one.name]
            if missing := sorted(set(self.languages) - set(recipe.languages)):
                raise RecipeError(
                    f"suite {self.name}: the recipe {one.recipe} is not for {', '.join(missing)}", fix="leave it out"
                )
            if one.sha not in (None, recipe.sha):
                raise RecipeError(
                    f"suite {self.name}: {one.name} is the attack {recipe.sha} here, not {one.sha}",
                    fix="use the release of robust that the suite came with, or the suite's next version",
                )
        return found


def load_suite(name: str, *, lang: Lang | None = None) -> SuiteRecipe:
    """A suite by file or name; a name without language and version (`standard`) means the latest for `lang`.

    Raises one `RecipeError` that lists every problem, or says that there is no such suite.
    """
    exact = name
    if not name.endswith((".yaml", ".yml")) and lang is not None:
        versions = {
            int(match[1]): one.name
            for one in shipped("suite")
            if (match := re.fullmatch(rf"{re.escape(name)}-{lang}-v(\d+)", one.name))
        }
        exact = versions[max(versions)] if versions else name
    return load(find(exact, "suite"), family="suite", schema=SuiteRecipe)


def kinds() -> tuple[str, ...]:
    """The names of shipped suites without language and version: `standard`, `standard-small`."""
    return tuple(sorted({re.sub(r"-(en|es)-v\d+$", "", one.name) for one in shipped("suite")}))
