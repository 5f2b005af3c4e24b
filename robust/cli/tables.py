"""Tables that keep every name: wrapped to the width of a terminal, one line a row where the output is piped."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer


def is_terminal() -> bool:
    """Whether standard output is read by a person."""
    return sys.stdout.isatty()


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """Print rows of plain text; on a terminal the last column wraps and its lines after the first are dimmed.

    No other column is broken or shortened. Piped, a row is one line (lines of a cell are joined by two spaces) with
    columns at least two spaces apart, so that `grep`, `cut` and `awk` work.
    """
    if not is_terminal():
        flat = [[cell.replace("\n", "  ") for cell in row] for row in (columns, *rows)]
        widths = [max(len(row[i]) for row in flat) for i in range(len(columns))]
        for row in flat:
            typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns[:-1]:
        made.add_column(column, no_wrap=True)
    made.add_column(columns[-1], overflow="fold")
    for name, *middle, last in rows:
        first, _, more = last.partition("\n")
        about = Text(first)
        if more:
            about.append(f"\n{more}" if first else more, style="dim")
        made.add_row(Text(name, style="cyan"), *map(Text, middle), about)
    out = Console(highlight=False)
    if title:
        out.print(Text(title, style="bold underline"))
    out.print(made)
