"""`robust`: the commands, and what happens when one fails."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from robust import __version__
from robust.cli import (
    attack,
    augment,
    board,
    compare,
    demo,
    detect,
    evaluate,
    finetune,
    leaderboard,
    plugins,
    pretrain,
    recipes,
    report,
    train,
    trigger,
    validity,
)
from robust.errors import RobustError

app = typer.Typer(
    name="robust",
    help="How does an English or Spanish language model break, how badly, and what closes the gap?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("attack")(attack.attack)
app.command("trigger")(trigger.trigger)
app.command("augment")(augment.augment)
app.command("pretrain")(pretrain.pretrain)
app.command("finetune")(finetune.finetune)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("detect")(detect.detect)
app.command("compare")(compare.compare)
app.command("report")(report.report)
for made in (board.build, board.serve, board.hidden, board.query, board.schema, board.model_index):
    leaderboard.app.command()(made)
app.add_typer(leaderboard.app, name="leaderboard")
app.add_typer(validity.app, name="validity")
app.add_typer(recipes.app, name="recipes")
app.add_typer(plugins.app, name="plugins")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"robust {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run a command. Exit codes: 0 done, 2 the user can mend it, 1 a bug (with its traceback), 130 interrupted."""
    # Before torch is loaded: threads that wait must not spin, which starves everything else on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        app()
    except RobustError as error:
        # several problems of a recipe stand below each other, each with its place
        typer.echo(f"error:\n{error}" if "\n" in error.message else f"error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # `robust recipes ls | head`
        sys.stderr.close()
        sys.exit(0)
