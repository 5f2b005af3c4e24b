"""What follows from the edits between a text and the text that it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from robust.core.edit import Edit
from robust.core.types import Span

if TYPE_CHECKING:
    from robust.core.text import Text

Splice: TypeAlias = tuple[int, int, str]
"""Start and end of the characters that an edit cut out, and what it put in their place."""


def edits_since(text: Text, ancestor: Text) -> tuple[Edit, ...]:
    """The edits that lead from `ancestor` (by identity) to the text; `ValueError` if it is not an ancestor."""
    chain: list[Edit] = []
    while text is not ancestor:
        if text._parent is None or text._step is None:
            raise ValueError("not an ancestor of this text")
        kind, index, word, *_ = text._step
        chain.append(Edit(kind, index, word, text.spans if kind == "rewrite" else ()))
        text = text._parent
    return tuple(reversed(chain))


def splices(text: Text) -> list[Splice]:
    """Those of all edits since the root, last to first."""
    found: list[Splice] = []
    while text._parent is not None and text._step is not None:
        found.append(text._step[3:])
        text = text._parent
    return found


def spread(text: Text) -> int:
    """A bound of the edit distance to the root, in characters: the sum of what each edit cut out or put in."""
    return sum([max(end - start, len(new)) for start, end, new in splices(text)])


def located(chain: Sequence[Splice], span: Span) -> Span | None:
    """Where a character range of the root is after these `splices`, or None if one of them touched it."""
    lo, hi = span
    for start, end, new in reversed(chain):
        if end <= lo:
            shift = len(new) - (end - start)
            lo, hi = lo + shift, hi + shift
        elif start < hi:
            return None
    return lo, hi
