"""From pydantic's errors to problems with a place, in plain words, with a "did you mean"."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from robust.errors import did_you_mean
from robust.recipe.problems import Loc, Problem, problem
from robust.recipe.yaml import Document

M = TypeVar("M", bound=BaseModel)

_WANTED: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "string": "text",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen": "a list",
    "iterable": "a list",
    "model": "a mapping (`key: value`)",
    "dict": "a mapping (`key: value`)",
    "mapping": "a mapping (`key: value`)",
    "dataclass": "a mapping (`key: value`)",
    "none": "null",
}
_YAML_1_1 = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def validate(document: Document, schema: type[M]) -> tuple[M | None, list[Problem]]:
    """Check a document against any pydantic model: the model (None if there is any problem) and all problems.

    Values are held to JSON's types: `"5"` is not a number, a list may stand for a tuple or a set.
    """
    problems = list(document.problems)
    try:
        model = schema.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as e:
        return None, problems + _problems(e, document, schema)
    return (None if problems else model), problems


def _problems(e: ValidationError, document: Document, schema: type[BaseModel]) -> list[Problem]:
    found: list[Problem] = []
    branches: dict[Loc, list[str]] = {}
    for line in e.errors(include_url=False):
        loc, kind = _written(line["loc"], document, schema), line["type"]
        ctx: Mapping[str, Any] = line.get("ctx", {})
        if kind == "missing":
            found.append(problem(document.place(loc), loc, "required, but missing"))
        elif kind == "extra_forbidden":
            known = ctx["known"] if "known" in ctx else keys_at(schema, loc[:-1])
            found.append(problem(document.place(loc), loc, "no such key", suggest(str(loc[-1]), known)))
        else:
            message, hint = describe(kind, line["msg"], line["input"], ctx)
            if document.has(loc):
                found.append(problem(document.place(loc), loc, message, hint))
            else:  # one branch of a union, or a check on a whole mapping
                inside = next(loc[:n] for n in range(len(loc), -1, -1) if document.has(loc[:n]))
                branches.setdefault(inside, []).append(message)
    for loc, messages in branches.items():
        wanted = [m.removeprefix("should be ").rpartition(", not ")[0] for m in messages if m.startswith("should be ")]
        either = f"should be {' or '.join(dict.fromkeys(wanted))}, not {show(document.at(loc))}"
        found.append(problem(document.place(loc), loc, either if wanted else messages[0]))
    return found


def _written(loc: Loc, document: Document, schema: type[BaseModel]) -> Loc:
    """The place as a recipe has it: without the names by which the parts of a union are told apart."""
    found: Loc = ()
    for at, part in enumerate(loc):
        inside = at + 1 < len(loc) and isinstance(part, str) and isinstance(document.at(found), Mapping)
        if inside and not document.has((*found, part)) and part not in keys_at(schema, found):
            continue
        found = (*found, part)
    return found


def describe(kind: str, message: str, value: object, ctx: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with a value and a hint (maybe empty), from the parts of a pydantic error."""
    if kind == "value_error":
        return str(ctx.get("error", message)), ""
    if kind.startswith("plugin"):
        return message, str(ctx.get("hint", ""))
    if kind in ("literal_error", "enum"):
        choices = re.findall(r"'((?:[^'\\]|\\.)*)'", str(ctx.get("expected", "")))
        return f"should be {ctx.get('expected')}, not {show(value)}", did_you_mean(str(value), choices)
    wanted = _WANTED.get(kind.split("_")[0])
    if wanted and kind.split("_")[-1] in ("type", "parsing", "float", "required", "number", "size"):
        return f"should be {wanted}, not {show(value)}", _hint(wanted, value)
    if message.startswith("Input should be "):
        return f"{message.removeprefix('Input ')}, not {show(value)}", ""
    return message[:1].lower() + message[1:], ""


def _hint(wanted: str, value: object) -> str:
    if wanted == "true or false" and str(value).lower() in _YAML_1_1:
        return f"write {_YAML_1_1[str(value).lower()]}"
    if wanted in ("a whole number", "a number") and isinstance(value, str):
        plain = value.strip().replace("_", "")
        return f"write {plain}" if re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", plain) else ""
    if wanted == "a whole number" and isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    if wanted == "text" and isinstance(value, (int, float)):
        return f"quote it: '{show(value)}'"
    if wanted == "a list" and isinstance(value, str):
        return f"write [{value}]"
    return ""


def show(value: object) -> str:
    """A value as a message names it, in YAML's words and short."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:56]}…{text[0] if isinstance(value, str) else ''}"


def suggest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the list of what is known where nothing is close."""
    choices = sorted(set(known))
    return did_you_mean(name, choices) or (f"known: {', '.join(choices)}" if choices else "it takes no keys")


def keys_at(schema: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys that a schema knows at a place; union tags in `loc` are skipped."""
    models: list[type[BaseModel]] = [schema]
    for part in loc:
        if isinstance(part, int):
            continue
        inner = [m for model in models for m in _models(_field(model, part))]
        models = inner or models
    return sorted({key for model in models for key in _names(model)})


def _names(model: type[BaseModel]) -> list[str]:
    return [f.alias or name for name, f in model.model_fields.items()]


def _field(model: type[BaseModel], key: str) -> Any:
    return next((f.annotation for name, f in model.model_fields.items() if key in (name, f.alias)), None)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, types.UnionType) or get_args(annotation):
        return [m for inner in get_args(annotation) for m in _models(inner)]
    return []
