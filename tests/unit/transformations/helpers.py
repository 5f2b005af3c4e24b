"""Run a transformation on one word of a sentence."""

from __future__ import annotations

from typing import Any

from robust.core.transformation import Site
from robust.core.types import Lang
from robust.lang.base import language


def proposed(transformation: Any, string: str, index: int = 0, *, lang: Lang) -> list[str]:
    """The whole texts proposed for word `index`."""
    text = language(lang).text(string)
    return [str(candidate) for candidate in transformation([Site(text, index, lang, 1)])[0]]
