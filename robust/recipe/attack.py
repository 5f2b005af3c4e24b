"""The schema of an attack recipe, and the attack it describes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)

from robust.core.attack import Attack
from robust.core.types import Lang
from robust.recipe.nested import section
from robust.recipe.plugins import ConstraintSpec, GoalSpec, SearchSpec, TransformationSpec

# A name becomes a file name and a part of seeds.
_NAME = r"^[a-z0-9][a-z0-9_.-]*$"
_STRICT = ConfigDict(extra="forbid", frozen=True)


class AttackSpec(BaseModel):
    """The moving parts of an attack, each a plugin."""

    model_config = _STRICT

    search: SearchSpec
    transformation: TransformationSpec
    constraints: tuple[ConstraintSpec, ...] = ()
    goal: GoalSpec
    query_budget: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Most queries a search may ask for one example; the clean prediction is the first."
    )


WHOLE: Mapping[str, str | None] = {"textattack": None, "openattack": "untargeted"}
"""Searches that are an attack of another framework, whole, and our goal that is theirs; None: it is in the attack."""


def written_out(given: Any) -> Any:
    """`{textattack: {recipe: NAME}}`, or `{openattack: …}`, as the parts it stands for; anything else as it is.

    Raises `ValueError` where a part stands beside it.
    """
    name = next((name for name in WHOLE if isinstance(given, dict) and name in given), None)
    if name is None:
        return given
    rest = {key: value for key, value in given.items() if key != name}
    if beside := [key for key in rest if key != "query_budget"]:
        raise ValueError(f"`{name}` is a whole attack and leaves nothing to {' and '.join(beside)}: remove one of them")
    part = {name: given[name]}
    return {"search": part, "transformation": part, "goal": WHOLE[name] or part, **rest}


def plain_name(name: str) -> str:
    """A recipe's name as it is; raises `ValueError` for one that could not be a file's."""
    if not re.search(_NAME, name):
        raise ValueError(f"should be lower-case letters, digits, '.', '_' and '-', not {name!r}")
    return name


def unique(languages: tuple[Lang, ...]) -> tuple[Lang, ...]:
    """The languages as they are; raises `ValueError` where one comes twice."""
    if len(set(languages)) < len(languages):
        raise ValueError("names a language twice")
    return languages


class AttackRecipe(BaseModel):
    """An attack with what a reader needs to trust it: the paper, how this differs from it, and the paper's numbers."""

    model_config = _STRICT

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name), Field(json_schema_extra={"pattern": _NAME})]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1), AfterValidator(unique)]
    attack: Annotated[
        AttackSpec,
        PlainValidator(section(AttackSpec)),
        BeforeValidator(written_out),
        PlainSerializer(lambda spec: spec.model_dump(mode="json")),
        WithJsonSchema({"x-section": "attack"}),
    ]
    deviations: tuple[str, ...]
    reported: tuple[dict[str, Any] | str, ...] = ()

    def build(self) -> Attack:
        """The attack, with every plugin built."""
        spec = self.attack
        return Attack(
            name=self.name,
            search=spec.search.build(),
            transformation=spec.transformation.build(),
            constraints=tuple(c.build() for c in spec.constraints),
            goal=spec.goal.build(),
            query_budget=spec.query_budget,
        )

    def resolved(self) -> dict[str, Any]:
        """The whole recipe as plain JSON values, every default filled in, plugins as `{name: {every parameter}}`."""
        return self.model_dump(mode="json")

    @property
    def sha(self) -> str:
        """16 hex digits that change exactly when the resolved attack does (not its name, citation or comments)."""
        return sha_of(self.resolved()["attack"])


def sha_of(attack: Mapping[str, Any]) -> str:
    """The `AttackRecipe.sha` of a resolved attack, as it was written: a later release may know more parameters."""
    canonical = json.dumps(attack, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]
