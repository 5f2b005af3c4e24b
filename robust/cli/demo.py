"""`robust demo`: what the tool does, on what ships with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RECIPE = "textfooler"
LANGUAGES = (("English", "starter-en"), ("Spanish", "starter-es"))


def demo(
    limit: Annotated[int | None, typer.Option(min=1, help="Attack the first N reviews of each language.")] = None,
    out: Annotated[Path, typer.Option(help="Directory of the two runs.")] = Path("results/runs/demo"),
) -> None:
    """Swap words in English and Spanish reviews until the bundled models change their minds."""
    from robust.cli import present
    from robust.cli.progress import attack_bar
    from robust.data.source import DataSpec
    from robust.runner import AttackRequest, attack

    screen = present.console()
    runs = []
    for title, name in LANGUAGES:
        command = f"robust attack --recipe {RECIPE} --model {name} --data {name}"
        request = AttackRequest(
            recipe=RECIPE,
            model=name,
            data=DataSpec(source=name, limit=limit),
            out=out / (name if limit is None else f"{name}-{limit}"),
            fresh=True,
            command=command if limit is None else f"{command} --limit {limit}",
        )
        with attack_bar(f"{RECIPE} → {name}") as tell:
            runs.append(attack(request, tell))
        screen.rule(f"{title}: {request.command}", align="left", style="dim")
        screen.print()
        present.examples(screen, runs[-1], 3)
    screen.print(present.table(runs))
    for run in runs:
        for line in present.notes(run):
            screen.print(line, soft_wrap=True)
