"""Candidates that are other words in the place of the word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from robust.core.text import Text
from robust.core.transformation import Site

CACHED = 1 << 14
"""Words that a transformation keeps the forms of: texts repeat them, and most forms are asked for to draw one."""


def replaced(sites: Sequence[Site], forms: Callable[[Site], Sequence[str]]) -> list[list[Text]]:
    """The candidates that put each of the site's forms in the place of its word."""
    return [[site.text.replace(site.index, word) for word in forms(site)] for site in sites]


def others(words: Iterable[str], word: str) -> tuple[str, ...]:
    """`words` without repeats and without `word` itself."""
    return tuple([other for other in dict.fromkeys(words) if other != word])
