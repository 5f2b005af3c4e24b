"""What the parameters of defences have to be."""

from __future__ import annotations

from robust.errors import PluginError


def positive(name: str, **values: float | None) -> None:
    """Raise `PluginError` for a value that is not above 0 (None is none)."""
    for key, value in values.items():
        if value is not None and not value > 0:
            raise PluginError(f"{name}: {key} is {value}", fix="use a number above 0")


def not_negative(name: str, **values: float) -> None:
    """Raise `PluginError` for a value below 0."""
    for key, value in values.items():
        if not value >= 0:
            raise PluginError(f"{name}: {key} is {value}", fix="use 0 or more")
