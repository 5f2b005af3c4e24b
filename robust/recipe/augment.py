"""The schema of an augmentation recipe: which words become what, how many of them, and what follows what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from robust.core.types import Lang
from robust.errors import did_you_mean
from robust.recipe.attack import plain_name, unique
from robust.recipe.nested import section
from robust.recipe.parts import Count, Positive
from robust.recipe.plugins import ConstraintSpec, PluginSpec, TransformationSpec
from robust.recipe.validate import show

_STRICT = ConfigDict(extra="forbid", frozen=True)


class Change(BaseModel):
    """`words` of a text are changed by the transformation, or `share` of them where that is more."""

    model_config = _STRICT

    transformation: TransformationSpec
    constraints: tuple[ConstraintSpec, ...] = ()
    words: Count = 1
    share: Annotated[float, Field(ge=0, le=1)] = 0.0


_TRANSFORMATION: TypeAdapter[PluginSpec] = TypeAdapter(TransformationSpec)


def _step(value: Any, info: ValidationInfo) -> BaseModel:
    """One step, by the key that only its kind has; the name of a transformation alone is a change of one word."""
    if isinstance(value, BaseModel):
        return value
    if isinstance(value, str):
        plugin = _TRANSFORMATION.validate_json(json.dumps(value), context=info.context)
        return Change(transformation=plugin)
    keys = [key for key in KINDS if isinstance(value, Mapping) and key in value]
    if len(keys) != 1:
        known, hint = f"a step has one of the keys {', '.join(KINDS)}", ""
        if isinstance(value, Mapping):
            known += f", not {' and '.join(map(repr, keys or value)) or 'none'}"
            hint = next(filter(None, (did_you_mean(str(key), KINDS) for key in value)), "") if not keys else ""
        else:
            known += f", not {show(value)}"
        raise PydanticCustomError("plugin", "{text}", {"text": known, "hint": hint})
    return KINDS[keys[0]].model_validate_json(json.dumps(value), strict=True, context=info.context)


Step: TypeAlias = Annotated[
    "Change | Sequence | OneOf | Sometimes",
    PlainValidator(_step),
    PlainSerializer(lambda step: step.model_dump(mode="json")),
    WithJsonSchema({"type": ["object", "string"], "description": f"{Change.__doc__} Or sequence, one_of, sometimes."}),
]


class Sequence(BaseModel):
    """Every step, one after the other, on what the one before left."""

    model_config = _STRICT

    sequence: tuple[Step, ...]

    @model_validator(mode="after")
    def _some(self) -> Sequence:
        if not self.sequence:
            raise ValueError("there are no steps")
        return self


class OneOf(BaseModel):
    """One of the steps for each copy, drawn by `weights` (alike where there are none)."""

    model_config = _STRICT

    one_of: tuple[Step, ...]
    weights: tuple[Positive, ...] = ()

    @model_validator(mode="after")
    def _paired(self) -> OneOf:
        if not self.one_of:
            raise ValueError("there are no steps")
        if self.weights and len(self.weights) != len(self.one_of):
            raise ValueError(f"there are {len(self.weights)} weights for {len(self.one_of)} steps")
        return self


class Sometimes(BaseModel):
    """The step with probability `p`, else nothing."""

    model_config = _STRICT

    sometimes: Step
    p: Annotated[float, Field(ge=0, le=1)] = 0.5


KINDS: Mapping[str, type[BaseModel]] = {
    "transformation": Change,
    "sequence": Sequence,
    "one_of": OneOf,
    "sometimes": Sometimes,
}
"""The kinds of steps by the key that tells them apart."""
AnyStep: TypeAlias = Change | Sequence | OneOf | Sometimes


class Augmentation(BaseModel):
    """`copies` are made of each text, each by a change of some words (see `Change`), or by a `flow` of steps."""

    model_config = _STRICT

    transformation: TransformationSpec | None = None
    constraints: tuple[ConstraintSpec, ...] = ()
    words: Count = 1
    share: Annotated[float, Field(ge=0, le=1)] = 0.0
    flow: Step | None = None
    copies: Count = 1

    @model_validator(mode="after")
    def _either(self) -> Augmentation:
        if (self.transformation is None) == (self.flow is None):
            both = "either a transformation or a flow belongs here"
            raise ValueError(both + (", not both" if self.flow else ""))
        if self.flow is not None and (self.constraints or self.words != 1 or self.share):
            raise ValueError("constraints, words and share of a flow belong into its steps")
        return self

    @property
    def step(self) -> AnyStep:
        """What makes one copy."""
        if self.transformation is None:
            assert self.flow is not None
            return self.flow
        return Change(
            transformation=self.transformation, constraints=self.constraints, words=self.words, share=self.share
        )


class AugmentRecipe(BaseModel):
    """Changed copies of texts that keep their labels."""

    model_config = _STRICT

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name)]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1), AfterValidator(unique)]
    augment: Annotated[
        Augmentation,
        PlainValidator(section(Augmentation)),
        PlainSerializer(lambda part: part.model_dump(mode="json")),
        WithJsonSchema(Augmentation.model_json_schema()),
    ]
    deviations: tuple[str, ...] = ()
    reported: tuple[dict[str, Any] | str, ...] = ()
