"""The schema of an augmentation recipe: which words become what, and how many of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from robust.core.types import Lang
from robust.recipe.attack import plain_name, unique
from robust.recipe.nested import section
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


class AugmentRecipe(BaseModel):
    """Changed copies of texts that keep their labels."""

    model_config = _STRICT

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name)]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1), AfterValidator(unique)]
    augment: Annotated[
        Augmentation, PlainValidator(section(Augmentation)), PlainSerializer(lambda part: part.model_dump(mode="json"))
    ]
    deviations: tuple[str, ...] = ()
