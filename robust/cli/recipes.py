"""`robust recipes`: list, read, copy and check recipes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from robust.cli.tables import is_terminal, print_table
from robust.errors import RecipeError, UserError

app = typer.Typer(help="List, read, copy and check recipes.", no_args_is_help=True)

Family = Annotated[str | None, typer.Option("--family", help="The kind of recipe: attack, finetune, …")]


@app.command("ls")
def list_recipes(
    family: Family = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on standard output.")] = False,
) -> None:
    """List the recipes that come with robust."""
    from robust.recipe import load

    if family is not None:
        load.schema_of(family)
    rows = [_row(recipe) for recipe in load.shipped(family)]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    print_table(
        ("name", "family", "languages", "about"),
        [
            (
                row["name"],
                row["family"],
                " ".join(row["languages"]),
                "\n".join(filter(None, (row["description"], row["cites"]))),
            )
            for row in rows
        ],
    )


def _row(recipe: Any) -> dict[str, Any]:
    from robust.recipe import yaml

    text = yaml.read_text(recipe.path)
    data = yaml.parse(text, yaml.shown(recipe.path)).data
    languages = data.get("languages")
    return {
        "name": recipe.name,
        "family": recipe.family,
        "languages": [str(lang) for lang in languages] if isinstance(languages, list) else [],
        "description": str(data.get("description") or yaml.summary(text)),
        "cites": str(data.get("cites") or ""),
        "path": str(recipe.path),
    }


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A recipe's name, or a .yaml file.")],
    resolved: Annotated[bool, typer.Option("--resolved", help="Check it and print every value, defaults too.")] = False,
    overrides: Annotated[list[str] | None, typer.Option("--set", help="key.path=value, with --resolved.")] = None,
    family: Family = None,
) -> None:
    """Print a recipe, with the comment that says how to run it."""
    from robust.recipe import load, yaml

    path = load.find(name, family)
    if overrides and not resolved:
        raise UserError("--set changes nothing in the file as it is written", fix="add --resolved")
    if resolved:
        kind = family or load.family_of(path)
        recipe = load.load(path, family=kind, schema=load.schema_of(kind), overrides=overrides or ())
        text = yaml.dump(recipe.model_dump(mode="json"))
    else:
        text = yaml.read_text(path)
    if not is_terminal():
        typer.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.syntax import Syntax

    Console().print(Syntax(text.rstrip(), "yaml", theme="ansi_dark", background_color="default", word_wrap=True))


@app.command("cp")
def copy(
    name: Annotated[str, typer.Argument(help="A recipe's name, or a .yaml file.")],
    dest: Annotated[Path, typer.Argument(help="A file or a folder.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
    family: Family = None,
) -> None:
    """Copy a recipe, to change it and pass the file as --recipe."""
    from robust.recipe import load, yaml

    source = load.find(name, family)
    target = dest / source.name if dest.is_dir() else dest
    if target.suffix not in (".yaml", ".yml"):
        raise UserError(f"{str(target)!r} would not be found as a recipe", fix=f"call it {target.name}.yaml")
    if target.exists() and target.samefile(source):
        raise UserError(f"{str(target)!r} is that recipe itself", fix="give another file or folder")
    if target.exists() and not force:
        raise UserError(f"{str(target)!r} exists", fix="give another name, or --force to overwrite it")
    if not target.parent.is_dir():
        raise UserError(f"there is no folder {str(target.parent)!r}", fix=f"make it first: mkdir -p {target.parent}")
    text = yaml.read_text(source)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as e:
        raise UserError(f"{str(target)!r} cannot be written: {e.strerror}", fix="give another folder") from None
    typer.echo(str(target))


@app.command("validate")
def validate(
    files: Annotated[list[str], typer.Argument(help="Recipe files, or names.")],
    family: Family = None,
) -> None:
    """Check recipes and report every mistake in all of them, each with its file and line."""
    from robust.recipe import load
    from robust.recipe.problems import error

    failures: list[str] = []
    for name in files:
        try:
            path = load.find(name, family)
            kind = family or load.family_of(path)
            recipe, problems = load.check(path, family=kind, schema=load.schema_of(kind))
        except RecipeError as e:
            failures.append(str(e))
            continue
        if recipe is None:
            failures.append(error(problems).message)
        else:
            typer.echo(f"ok  {name}")
    if failures:
        raise RecipeError("\n".join(failures))


@app.command("schema")
def schema(family: Annotated[str, typer.Argument(help="The kind of recipe.")] = "attack") -> None:
    """Print the JSON Schema of a recipe, for completion and checks in an editor."""
    from robust.recipe import json_schema, load

    model = load.schema_of(family)
    made = json_schema.attack_schema() if family == "attack" else model.model_json_schema()
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
