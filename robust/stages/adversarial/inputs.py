"""Rows as a model reads them behind defences of its inputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robust.core.types import Lang
from robust.data.table import Table
from robust.errors import UserError
from robust.victims.defended import SAVED, cleaner


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Defences of the inputs in `lang`, the first foremost; called with a text, what a model behind them reads."""

    defences: Sequence[str]
    lang: Lang
    cleaners: Sequence[Callable[[str], str]]

    @classmethod
    def of(cls, defences: Sequence[str], langs: Collection[Lang]) -> Inputs | None:
        """None where there are no defences. Raises `UserError` for data in two languages: texts do not tell."""
        if not defences:
            return None
        if len(langs) != 1:
            raise UserError(
                f"input_defences are of one language, the training data are {', '.join(sorted(langs))}",
                fix="train a model for each, with --lang en or --lang es",
            )
        (lang,) = langs
        return cls(defences=defences, lang=lang, cleaners=[cleaner(name, lang) for name in defences])

    def __call__(self, text: str) -> str:
        for clean in self.cleaners:
            text = clean(text)
        return text

    def table(self, table: Table) -> Table:
        """The rows as they are read; it is told apart from others by the rows that it was made of."""
        return replace(table, rows=tuple([replace(row, fields=tuple(map(self, row.fields))) for row in table.rows]))

    def write(self, folder: Path) -> None:
        """Say beside the model's weights what stands before it; `load_victim` puts it there."""
        told = {"defences": [f"{name}:{self.lang}" for name in self.defences]}
        (folder / SAVED).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
