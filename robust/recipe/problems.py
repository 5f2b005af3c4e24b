"""Mistakes in a recipe, each with its place; all of them become one `RecipeError`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from robust.errors import RecipeError

Loc: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top of a recipe to a value; written `attack.constraints.2.max_words_changed`."""

OVERRIDE = "--set "


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: line and column (from 1) of a file; or, with line 0, the whole file or a `--set`."""

    file: str
    line: int = 0
    column: int = 0

    @property
    def is_override(self) -> bool:
        """Whether this is a `--set key=value` rather than a file."""
        return self.file.startswith(OVERRIDE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `where` is the dotted path of the key (may be empty), `hint` the likely fix (may be empty)."""

    file: str
    line: int
    where: str
    message: str
    hint: str = ""
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = ": ".join(filter(None, (place, self.where, self.message)))
        return f"{text} ({self.hint})" if self.hint else text


def problem(place: Place, loc: Loc, message: str, hint: str = "") -> Problem:
    """A problem at a place; the path is left out where a `--set` already spells it."""
    where = dotted(loc)
    if place.is_override:
        spelled = place.file.removeprefix(OVERRIDE).partition("=")[0].strip()
        if where == spelled or where.endswith(f".{spelled}"):
            where = ""
    return Problem(place.file, place.line, where, message, hint, place.column)


def dotted(loc: Loc) -> str:
    """`("attack", "constraints", 2)` → `attack.constraints.2`, the form that `--set` takes."""
    return ".".join(map(str, loc))


def error(problems: Iterable[Problem]) -> RecipeError:
    """One error that lists every problem on its own line: files by line, then overrides; the same problem once."""
    ordered = sorted(set(problems), key=lambda p: (not p.line, p.file, p.line, p.column, p.where, p.message))
    return RecipeError("\n".join(map(str, ordered)))
