"""A section of a recipe that is checked knowing the recipe's languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationInfo

M = TypeVar("M", bound=BaseModel)


def section(model: type[M]) -> Callable[[Any, ValidationInfo], M]:
    """A validator (for `PlainValidator`) of a field that holds `model`.

    Plugins are checked against the languages that the recipe declares; pydantic hands what stands beside a field only
    to a validation that is started anew. The field has to come after `languages`.
    """

    def check(value: Any, info: ValidationInfo) -> M:
        if isinstance(value, model):
            return value
        languages = info.data.get("languages", ())
        return model.model_validate_json(json.dumps(value), strict=True, context={"languages": languages})

    return check
