"""`--calibrate`: a model is attacked at the temperature that fits labelled data."""

from __future__ import annotations

from dataclasses import replace

import typer

from robust.evaluation.temperature import fitted
from robust.runner import AttackRequest
from robust.starter import NAMES


def at_own_temperature(request: AttackRequest, source: str) -> AttackRequest:
    """The request at the temperature that fits the data of `source`, which is said on standard error."""
    dev = replace(request.data, source=source, limit=None, lang=None if source in NAMES else request.data.lang)
    found, rows = fitted(request, dev)
    typer.echo(f"temperature {found:.4g}, by {rows} rows of {source}", err=True)
    if source == request.data.source:
        typer.echo("note: these rows are attacked, too; other data would tell the temperature honestly", err=True)
    return replace(request, temperature=found)
