"""JSON Schema of a recipe, for editors: plugin names to choose from, and the parameters of each."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema

from robust import registry
from robust.errors import PluginError
from robust.recipe.attack import WHOLE, AttackRecipe, AttackSpec
from robust.recipe.plugins import about, parameters, params_model
from robust.registry import FAMILIES, Family


def attack_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of attack recipes, with every plugin that is installed now."""
    defs: dict[str, Any] = {"attack": _schema_of(AttackSpec, "attack", {})}
    top = _schema_of(AttackRecipe, "recipe", defs)
    for family in FAMILIES:
        defs[family] = _family(family, defs)
    defs["attack"] = {"anyOf": [defs["attack"], *[_whole(name, defs["attack"]) for name in WHOLE]]}
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "robust attack recipe", **top}
    linked: dict[str, Any] = _linked({**top, "$defs": defs})
    return linked


def _whole(name: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """An attack of another framework, whole, which its search stands for."""
    budget = parts["properties"]["query_budget"]
    search = {"type": "object", "description": f"The parameters of the search {name!r}."}
    properties = {name: search, "query_budget": budget}
    return {"type": "object", "properties": properties, "required": [name], "additionalProperties": False}


def _family(family: Family, defs: dict[str, Any]) -> dict[str, Any]:
    bare: list[str] = []
    full: dict[str, Any] = {}
    for name in registry.names(family):
        try:
            cls = registry.get(family, name)
            model = params_model(cls)
        except (ImportError, PluginError):  # a plugin that lacks its package still may be named
            bare.append(name)
            full[name] = {"type": ["object", "null"]}
            continue
        needed = any(f.is_required() for f in model.model_fields.values())
        said = about(cls)
        params = {**_schema_of(model, f"{family}.{name}", defs), "description": said}
        if needed:
            full[name] = params
        else:
            bare.append(name)
            full[name] = (
                {"description": said, "anyOf": [params, {"type": "null"}]}
                if parameters(cls)
                else {**params, "type": ["object", "null"]}
            )
    one = {
        "type": "object",
        "properties": full,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [{"enum": bare}, one]}


def _schema_of(model: type[BaseModel], prefix: str, defs: dict[str, Any]) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a default that JSON cannot write is left out
            schema = model.model_json_schema(ref_template=f"#/$defs/{prefix}.{{model}}")
    except PydanticInvalidForJsonSchema:
        return {"type": "object"}
    for name, inner in schema.pop("$defs", {}).items():
        defs[f"{prefix}.{name}"] = _untitled(inner)
    untitled: dict[str, Any] = _untitled(schema)
    return untitled


def _untitled(node: Any, names: bool = False) -> Any:
    """Without pydantic's generated titles (a property may itself be called `title`)."""
    if isinstance(node, Mapping):
        kept = {k: v for k, v in node.items() if names or k != "title"}
        return {k: _untitled(v, names=k in ("properties", "$defs") and not names) for k, v in kept.items()}
    return [_untitled(item) for item in node] if isinstance(node, list) else node


def _linked(node: Any) -> Any:
    """With the marks that the plugin and section fields carry turned into references."""
    if isinstance(node, Mapping):
        rest = {k: _linked(v) for k, v in node.items() if k not in ("x-plugin", "x-section")}
        target = node.get("x-plugin") or node.get("x-section")
        return {"$ref": f"#/$defs/{target}", **rest} if isinstance(target, str) else rest
    return [_linked(item) for item in node] if isinstance(node, list) else node
