"""Errors with a fix: what is wrong, where, and what to do about it.

A `RobustError` is something the user can put right; the command line prints it as one plain message and exits with
code 2. Anything else that escapes is a bug and keeps its traceback (exit code 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RobustError(Exception):
    """Base of every error a user can fix: `str()` is the message followed by the fix."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message, fix)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}\n  fix: {self.fix}" if self.fix else self.message


class UserError(RobustError):
    """A wrong argument or option."""


class DataError(RobustError):
    """A data source that cannot be read as asked."""


class RecipeError(RobustError):
    """A recipe with one or more mistakes, all reported at once."""


class PluginError(RobustError):
    """A plugin that is unknown, collides with another, or cannot be built with the parameters given."""


class ModelError(RobustError):
    """A model that cannot be loaded or does not fit the task."""


class OutOfMemory(Exception):
    """A victim's or plugin's batch did not fit in memory; the engine halves its token budget and tries again."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the closest known name, or an empty string when none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""
