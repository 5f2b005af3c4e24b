"""Models that transformers does not have, written as its own: they save, load, train and are attacked like the rest.

Importing this package costs nothing; `register` makes the model types known to transformers' Auto classes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

MODULES = ("averaged", "convolutional", "recurrent", "elmo", "pooled", "multitask")
"""Modules that register a model type when imported."""


@cache
def register() -> None:
    """Make every model type of this package known to `AutoConfig` and the `AutoModelFor…` classes."""
    for name in MODULES:
        import_module(f"robust.models.{name}")
