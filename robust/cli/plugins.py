"""`robust plugins`: what there is to build recipes from."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated, Any

import typer

from robust.cli.tables import is_terminal, print_table
from robust.errors import PluginError, RobustError, did_you_mean

app = typer.Typer(help="List the parts that recipes are made of.", no_args_is_help=True)


@app.callback()
def _plugins() -> None:
    """List the parts that recipes are made of."""


@app.command("ls")
def list_plugins(
    family: Annotated[
        str | None, typer.Argument(help="searches, transformations, constraints, goals or defences.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on standard output.")] = False,
) -> None:
    """List plugins with their parameters, languages and origin."""
    from robust import registry

    families = [known for known in registry.FAMILIES if family in (None, known, known.removesuffix("s"))]
    if not families and family == "search":
        families = ["searches"]
    if not families:
        hint = did_you_mean(str(family), registry.FAMILIES) or f"known: {', '.join(registry.FAMILIES)}"
        raise PluginError(f"no plugin family is called {family!r}", fix=hint)
    rows = [_row(one, name) for one in families for name in registry.names(one)]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not is_terminal():
        print_table(
            ("family", "name", "languages", "parameters", "about", "origin"),
            [(r["family"], r["name"], _languages(r), _signature(r), _about(r), _owner(r)) for r in rows],
        )
        return
    for one in families:
        cells = [
            (r["name"], _languages(r), "\n".join(filter(None, (_about(r), _signature(r), _foreign(r)))))
            for r in rows
            if r["family"] == one
        ]
        print_table(("name", "languages", "about, parameters"), cells, title=one)
        typer.echo("")


def _languages(row: dict[str, Any]) -> str:
    return "all" if row["languages"] is None else " ".join(row["languages"])


def _about(row: dict[str, Any]) -> str:
    return f"{row['about']} Can change the meaning." if row["preserves_meaning"] is False else str(row["about"])


def _owner(row: dict[str, Any]) -> str:
    return str(row["origin"]).partition(" ")[0]


def _foreign(row: dict[str, Any]) -> str:
    return "" if _owner(row) in ("", "robust") else f"from {row['origin']}"


def _signature(row: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} (required)" if known["required"] else f"{name}: {_written(known['default'])}"
        for name, known in row["parameters"].items()
    )


def _written(value: Any) -> str:
    """A default as a recipe would have it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_written(inner)}' for key, inner in value.items())}}}"
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) or _needs_quotes(value) else value


def _needs_quotes(text: str) -> bool:
    from robust.recipe.yaml import parse_value

    try:
        return bool(parse_value(f"[{text}]") != [text])
    except RobustError:
        return True


def _row(family: Any, name: str) -> dict[str, Any]:
    from robust import registry
    from robust.recipe.plugins import about, parameters

    row = {"family": family, "name": name, "parameters": {}, "languages": None, "about": "", "origin": ""}
    row["preserves_meaning"] = None
    try:
        cls = registry.get(family, name)
    except (ImportError, PluginError) as e:
        return {**row, "about": f"cannot be loaded: {str(e).partition(chr(10))[0]}"}
    langs = getattr(cls, "langs", None)
    return {
        **row,
        "parameters": {key: _parameter(f) for key, f in parameters(cls).items()},
        "languages": sorted(langs) if isinstance(langs, (set, frozenset)) else None,
        "about": about(cls),
        "preserves_meaning": _preserves_meaning(cls),
        "origin": registry.origin(family, name),
    }


def _preserves_meaning(cls: type) -> bool | None:
    """What a transformation says of its edits, by its default parameters where they decide; None where it is silent."""
    from robust.recipe.plugins import parameters

    said = getattr(cls, "preserves_meaning", None)
    if isinstance(said, property):
        needed = any(_parameter(f)["required"] for f in parameters(cls).values())
        said = None if needed else cls().preserves_meaning
    return said if isinstance(said, bool) else None


def _parameter(field: dataclasses.Field[Any]) -> dict[str, Any]:
    from robust.recipe.plugins import plain

    if field.default is not dataclasses.MISSING:
        return {"required": False, "default": plain(field.default)}
    if field.default_factory is not dataclasses.MISSING:
        return {"required": False, "default": plain(field.default_factory())}
    return {"required": True, "default": None}
