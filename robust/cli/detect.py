"""`robust detect`: which texts of a finished attack a detector takes for adversarial."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from robust.cli.options import DeviceOption, JsonOption, LangOption, ModelOption


def detect(
    run: Annotated[Path, typer.Argument(help="A run directory of robust attack.")],
    model: ModelOption,
    lang: LangOption = None,
    device: DeviceOption = "auto",
    as_json: JsonOption = False,
) -> None:
    """Tell a run's adversarial texts from the unedited ones, by what the answer is without rare words (FGWS)."""
    from robust.cli.present import console
    from robust.cli.scores import grid
    from robust.evaluation.detection import detect as run_detect
    from robust.lang.base import language

    found = run_detect(run, model=model, lang=language(lang).code if lang else None, device=device)
    table = grid("", "n", "")
    table.add_row("adversarial texts found", str(found.found.n), found.found.percent())
    table.add_row("unedited texts taken for adversarial", str(found.alarms.n), found.alarms.percent())
    table.add_row("adversarial texts answered rightly after all", str(found.restored.n), found.restored.percent())
    table.add_row("F1 of telling them apart", "", f"{100 * found.f1:.1f} %")
    out = console(stderr=as_json)
    out.print(table)
    out.print(
        "the attack knew nothing of the detector; robust attack --defence fgws makes one that does", soft_wrap=True
    )
    if as_json:
        typer.echo(json.dumps(found.as_dict(), ensure_ascii=False))
