"""The schema of an augmentation recipe: which words become what, and how many of them."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationInfo

from robust.core.types import Lang
from robust.recipe.attack import plain_name, unique
from robust.recipe.parts import Count
from robust.recipe.plugins import ConstraintSpec, TransformationSpec

_STRICT = ConfigDict(extra="forbid", frozen=True)


class Augmentation(BaseModel):
    """`words` of a text are changed, or `share` of them where that is more; `copies` are made of each text."""

    model_config = _STRICT

    transformation: TransformationSpec
    constraints: tuple[ConstraintSpec, ...] = ()
    words: Count = 1
    share: Annotated[float, Field(ge=0, le=1)] = 0.0
    copies: Count = 1


def _augmentation(value: Any, info: ValidationInfo) -> Augmentation:
    # A nested validation, because the plugins must know the recipe's languages to be checked against them.
    if isinstance(value, Augmentation):
        return value
    languages = info.data.get("languages", ())
    return Augmentation.model_validate_json(json.dumps(value), strict=True, context={"languages": languages})


class AugmentRecipe(BaseModel):
    """Changed copies of texts that keep their labels."""

    model_config = _STRICT

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name)]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1), AfterValidator(unique)]
    augment: Annotated[
        Augmentation, PlainValidator(_augmentation), PlainSerializer(lambda part: part.model_dump(mode="json"))
    ]
    deviations: tuple[str, ...] = ()
