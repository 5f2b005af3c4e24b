"""Models that transformers does not have, written as its own: they save, load, train and are attacked like the rest.

Importing this package costs nothing; `register` makes the model types known to transformers' Auto classes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

MODULES = ("averaged", "recurrent", "elmo", "pooled", "multitask")
"""Modules that register a model type when imported."""


@cache
def register() -> None:
    """Make every model type of this package known to `AutoConfig` and the `AutoModelFor…` classes."""
    for name in MODULES:
        if find_spec(f"robust.models.{name}") is None:  # not written yet
            continue
        import_module(f"robust.models.{name}")
