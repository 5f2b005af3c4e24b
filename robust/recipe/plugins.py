"""Plugins as recipes name them: `name`, or `{name: {parameters}}`, checked against the registry and the signature.

The parameters of a plugin are the fields of its dataclass. A field whose type is one of the core protocols
(`Transformation`, or a tuple of them) is written as a plugin in turn.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    create_model,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from robust import registry
from robust.core.constraint import CandidateConstraint, PositionConstraint
from robust.core.goal import Goal
from robust.core.search import Search
from robust.core.transformation import Transformation
from robust.errors import PluginError, RobustError, did_you_mean
from robust.recipe.validate import describe, show
from robust.registry import FAMILIES, Family

SINGULAR: Mapping[Family, str] = {
    "searches": "search",
    "transformations": "transformation",
    "constraints": "constraint",
    "goals": "goal",
    "defences": "defence",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PluginSpec:
    """A plugin by name with its checked parameters, defaults filled in; nested plugins are `PluginSpec`s too."""

    family: Family
    name: str
    params: Mapping[str, Any]

    def build(self) -> Any:
        """The plugin itself."""
        cls = registry.get(self.family, self.name)
        return cls(**{key: _built(value) for key, value in self.params.items()})

    def resolved(self) -> dict[str, Any]:
        """`{name: {every parameter}}` as plain JSON values."""
        return {self.name: {key: plain(value) for key, value in self.params.items()}}


def _built(value: Any) -> Any:
    if isinstance(value, PluginSpec):
        return value.build()
    if isinstance(value, Mapping):
        return {key: _built(inner) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)([_built(inner) for inner in value])
    return value


def plain(value: Any) -> Any:
    """A parameter's value as JSON has it: tuples as lists, sets sorted, plugins as `{name: {every parameter}}`."""
    if isinstance(value, PluginSpec):
        return value.resolved()
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        name = next(iter(json.loads(registry.identify(value)))).rpartition("/")[2]
        return {name: {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init}}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(inner) for inner in value), key=lambda v: json.dumps(v, sort_keys=True))
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value) if isinstance(value, PurePath) else repr(value)


# ------------------------------------------------------------------ the type of a field that holds a plugin
def _spec(value: Any, info: ValidationInfo, *, family: Family) -> PluginSpec:
    """Check one plugin of a recipe; every mistake in it is raised together, as pydantic's own error."""
    if isinstance(value, PluginSpec):
        return value
    name, given, bad = _shape(value, family)
    cls = None if name is None else _class(family, name, bad)
    languages = (info.context or {}).get("languages", ())
    params: dict[str, Any] | None = None
    if name is not None and cls is not None:
        try:
            checked = params_model(cls).model_validate_json(json.dumps(given), strict=True, context=info.context)
            params = {f.alias or key: getattr(checked, key) for key, f in type(checked).model_fields.items()}
        except ValidationError as e:
            known = tuple(parameters(cls))
            bad += [_relocated(line, (name,), known if len(line["loc"]) == 1 else None) for line in e.errors()]
        except PluginError as e:
            bad.append(_bad((name,), value, e.message, e.fix))
        plugin: Any = cls
        if params is not None:
            try:
                plugin = PluginSpec(family=family, name=name, params=params).build()
            except RobustError as e:
                bad.append(_bad((name,), value, e.message, e.fix))
            except (ValueError, TypeError) as e:
                bad.append(_bad((name,), value, str(e)))
        bad += _languages(family, name, plugin, languages)
    if bad or name is None or params is None:
        raise ValidationError.from_exception_data(SINGULAR[family], bad)
    return PluginSpec(family=family, name=name, params=params)


def _shape(value: Any, family: Family) -> tuple[str | None, Any, list[InitErrorDetails]]:
    """Name, parameters and what is wrong with how they are written."""
    one = SINGULAR[family]
    if isinstance(value, str):
        return value, {}, []
    if not isinstance(value, Mapping) or not value:
        message = f"should be a {one}: its name, or {{name: {{parameters}}}}, not {show(value)}"
        return None, {}, [_bad((), value, message)]
    name, *others = map(str, value)
    bad = []
    for other in others:
        fields = _parameters_or_none(family, name)
        close = did_you_mean(other, [name])
        message = "no such key" if close else f"only one {one} can stand here, and {name!r} does"
        bad.append(_bad((other,), None, message, f"indent it under {name!r}" if other in fields else close))
    given = value[name]
    if given is not None and not isinstance(given, Mapping):
        example = next(iter(_parameters_or_none(family, name)), "parameter")
        message = f"the parameters of a {one} are a mapping, not {show(given)}"
        return name, {}, [*bad, _bad((name,), given, message, f"write {{{example}: {_scalar(given)}}}")]
    return name, dict(given or {}), bad


def _scalar(value: Any) -> str:
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else "…"


def _parameters_or_none(family: Family, name: str) -> list[str]:
    try:
        return list(parameters(registry.get(family, name)))
    except (PluginError, ImportError):
        return []


def _class(family: Family, name: str, bad: list[InitErrorDetails]) -> type | None:
    known = registry.names(family)
    if name not in known:
        elsewhere = [SINGULAR[f] for f in FAMILIES if f != family and name in registry.names(f)]
        hint = f"it is a {elsewhere[0]}" if elsewhere else did_you_mean(name, known) or f"known: {', '.join(known)}"
        bad.append(_bad((), name, f"no {SINGULAR[family]} is called {name!r}", hint))
        return None
    try:
        return registry.get(family, name)
    except PluginError as e:
        bad.append(_bad((), name, e.message, e.fix))
    except ImportError as e:
        hint = f"install {e.name}" if e.name and not e.name.startswith("robust") else ""
        bad.append(_bad((), name, f"{name!r} cannot be imported: {e}", hint))
    return None


def _languages(family: Family, name: str, plugin: Any, languages: Sequence[str]) -> list[InitErrorDetails]:
    langs = getattr(plugin, "langs", None)
    lacking = [lang for lang in languages if isinstance(langs, (set, frozenset)) and lang not in langs]
    if not lacking or langs is None:
        return []
    message = f"{name!r} does not work for {', '.join(lacking)}, which the recipe declares"
    works = f"it works for {', '.join(sorted(langs))}; see `robust plugins ls {family}`"
    return [_bad((), name, message, works)]


def _bad(loc: tuple[str | int, ...], value: Any, message: str, hint: str = "") -> InitErrorDetails:
    kind = PydanticCustomError("plugin", "{text}", {"text": message, "hint": hint})
    return InitErrorDetails(type=kind, loc=loc, input=value)


def _relocated(line: Any, prefix: tuple[str | int, ...], known: tuple[str, ...] | None) -> InitErrorDetails:
    kind, ctx = line["type"], line.get("ctx", {})
    loc, value = (*prefix, *line["loc"]), line["input"]
    if kind == "extra_forbidden":
        extra = PydanticCustomError("extra_forbidden", "no such key", {"known": ctx.get("known", known)})
        return InitErrorDetails(type=extra, loc=loc, input=value)
    if kind == "missing":
        return InitErrorDetails(type="missing", loc=loc, input=value)
    message, hint = describe(kind, line["msg"], value, ctx)
    return _bad(loc, value, message, hint)


def _checks(family: Family) -> PlainValidator:
    return PlainValidator(partial(_spec, family=family))


_writes = PlainSerializer(PluginSpec.resolved)

SearchSpec: TypeAlias = Annotated[PluginSpec, _checks("searches"), _writes, WithJsonSchema({"x-plugin": "searches"})]
TransformationSpec: TypeAlias = Annotated[
    PluginSpec, _checks("transformations"), _writes, WithJsonSchema({"x-plugin": "transformations"})
]
ConstraintSpec: TypeAlias = Annotated[
    PluginSpec, _checks("constraints"), _writes, WithJsonSchema({"x-plugin": "constraints"})
]
DefenceSpec: TypeAlias = Annotated[PluginSpec, _checks("defences"), _writes, WithJsonSchema({"x-plugin": "defences"})]
GoalSpec: TypeAlias = Annotated[PluginSpec, _checks("goals"), _writes, WithJsonSchema({"x-plugin": "goals"})]

_SPEC_OF: Mapping[Any, Any] = {
    Search: SearchSpec,
    Transformation: TransformationSpec,
    CandidateConstraint: ConstraintSpec,
    PositionConstraint: ConstraintSpec,
    Goal: GoalSpec,
}


# ------------------------------------------------------------------ the signature of a plugin as a schema
def about(cls: type) -> str:
    """The first line of a plugin's docstring, or an empty string where it has none of its own."""
    text = (cls.__doc__ or "").strip().partition("\n")[0]
    return "" if text.startswith(f"{cls.__name__}(") else text


def parameters(cls: type) -> dict[str, dataclasses.Field[Any]]:
    """The parameters of a plugin: the fields of its dataclass that its constructor takes."""
    return {f.name: f for f in dataclasses.fields(cls) if f.init}


@cache
def params_model(cls: type) -> type[BaseModel]:
    """A pydantic model with one field for each parameter. Raises `PluginError` where a type cannot be resolved."""
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as e:
        where = f"{cls.__module__}:{cls.__qualname__}"
        raise PluginError(f"plugin {where}: {e}", fix="import the types of its fields outside TYPE_CHECKING") from None
    fields: dict[str, Any] = {}
    for i, (name, f) in enumerate(parameters(cls).items()):
        default: dict[str, Any] = {}
        if f.default is not dataclasses.MISSING:
            default = {"default": f.default}
        elif f.default_factory is not dataclasses.MISSING:
            default = {"default_factory": f.default_factory}
        # Under an alias, a parameter may be called like a method of pydantic's models (`copy`, `json`).
        fields[f"p{i}"] = (_field_type(hints[name]), Field(alias=name, **default))
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)
    model: type[BaseModel] = create_model(cls.__name__, __config__=config, **fields)
    return model


def _field_type(annotation: Any) -> Any:
    """The annotation with every core protocol in it replaced by a plugin spec of that family."""
    if isinstance(annotation, type) and annotation in _SPEC_OF:
        return _SPEC_OF[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if not args or origin in (Literal, Callable):
        return annotation
    if origin is Annotated:
        return Annotated[_field_type(args[0]), *args[1:]]
    inner = tuple(_field_type(arg) if arg is not ... else arg for arg in args)
    if inner == args:
        return annotation
    if origin in (Union, types.UnionType):
        return Union[tuple(dict.fromkeys(inner))]  # noqa: UP007 - a computed union
    return origin[inner]
