"""`robust validity`: texts for people to rate, and what their ratings say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

app = typer.Typer(help="Have people say whether adversarial texts keep their labels.", no_args_is_help=True)


@app.command("export")
def export(
    run: Annotated[Path, typer.Argument(help="A run directory of robust attack, or of a suite of attacks.")],
    out: Annotated[Path, typer.Option(help="The file for raters.")],
    n: Annotated[int, typer.Option("--n", min=2, help="Texts: half adversarial, half originals.")] = 100,
    format_: Annotated[str, typer.Option("--format", help="csv or label-studio.")] = "csv",
    key: Annotated[Path | None, typer.Option(help="Where the key goes; raters must not see it.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample and its order.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
) -> None:
    """Write a blinded sample in random order, balanced over attacks and labels, with instructions and a key."""
    from robust.errors import UserError, did_you_mean
    from robust.evaluation.rating_files import write
    from robust.evaluation.validity import sample

    if format_ not in ("csv", "label-studio"):
        fix = did_you_mean(format_, ("csv", "label-studio")) or "use csv or label-studio"
        raise UserError(f"--format {format_}: there is no such format", fix=fix)
    place = key or out.with_suffix(".key.json")
    if taken := [path for path in (out, place) if path.exists() and not force]:
        raise UserError(f"{taken[0]} exists", fix="choose another file, or --force to overwrite it")
    found = sample(run, n, seed=seed)
    for path in write(found, out, place, kind=cast(Literal["csv", "label-studio"], format_)):
        typer.echo(str(path))
    hard = sum(item.version == "adversarial" for item in found.items)
    typer.echo(f"{len(found.items)} texts, {hard} of them adversarial; keep {place} from the raters", err=True)
    if len(found.items) < n:
        typer.echo(f"the run has texts for {len(found.items)} alone, not {n}", err=True)


@app.command("import")
def import_(
    ratings: Annotated[list[Path], typer.Argument(help="Rated files: csv, or Label Studio's csv or JSON-MIN.")],
    key: Annotated[Path, typer.Option(help="The key that was written with the sample.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON on standard output.")] = False,
) -> None:
    """Say how many adversarial texts keep their labels, how far raters agree, and the corrected attack success."""
    from robust.cli.present import console
    from robust.cli.scores import grid
    from robust.evaluation.rating_files import read_key, read_ratings
    from robust.evaluation.validity import rate

    held = read_key(key)
    found = rate(held, read_ratings(ratings, held["labels"]))
    out = console(stderr=as_json)
    table = grid("", "n", "")
    table.add_row("label kept, adversarial", str(found.validity.n), found.validity.percent())
    for name, share in found.by_attack.items():
        table.add_row(f"  {name}", str(share.n), share.percent())
    table.add_row("label agreed, originals", str(found.originals.n), found.originals.percent())
    for version, score in found.natural.items():
        if score.value is not None:
            table.add_row(
                f"natural (1 to 5), {version}", str(score.n), f"{score.value:.2f} [{score.low:.2f}, {score.high:.2f}]"
            )
    alpha = found.alpha
    shown = "–" if alpha.value is None else f"{alpha.value:.3f} [{alpha.low:.3f}, {alpha.high:.3f}]"
    table.add_row("Krippendorff's α (nominal)", str(alpha.n), shown)
    table.add_row("attack success rate", str(found.success.n), found.success.percent())
    table.add_row("  corrected by validity", str(found.corrected.n), found.corrected.percent())
    out.print(table)
    out.print()
    unrated = f"; {found.unrated} texts without a rating" if found.unrated else ""
    out.print(f"{found.ratings} ratings by {found.raters}{unrated}; weighed by {found.strata}", soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False))
