"""One change of one word, and what it does to lists that run along the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from robust.core.types import Span

Kind: TypeAlias = Literal["replace", "delete", "insert", "append", "prepend", "rewrite"]
ADDING = frozenset(("insert", "append", "prepend"))
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one word; `index` counts the words of the text the edit was made on.

    A `rewrite` changes everything: `word` is the new string and `spans` are its words.
    """

    kind: Kind
    index: int
    word: str = ""
    spans: tuple[Span, ...] = ()


Step: TypeAlias = tuple[Kind, int, str, int, int, str]
"""An edit as a `Text` keeps it: kind, index, word, and the splice: start, end, what is put between them."""


def changed(old: tuple[T, ...], kind: Kind, at: int, new: tuple[T, ...]) -> tuple[T, ...]:
    """A list with `new` in the place of the item at `at`, before it, or with nothing there, as the edit is."""
    if kind in ADDING:
        return old[:at] + new + old[at:]
    return old[:at] + (new if kind == "replace" else ()) + old[at + 1 :]


def moved(old: tuple[Span, ...], step: Step) -> tuple[Span, ...]:
    """The word spans after a step other than `rewrite`."""
    kind, at, _, start, end, new = step
    shift = len(new) - (end - start)
    tail = old[at:] if kind in ADDING else old[at + 1 :]
    here: tuple[Span, ...] = ()
    if kind != "delete":
        here = (placed(step),)
    return (*old[:at], *here, *[(lo + shift, hi + shift) for lo, hi in tail])


def placed(step: Step) -> Span:
    """Where the word of a step is in the text that the step makes."""
    _, _, word, start, _, new = step
    lo = start + new.index(word)
    return lo, lo + len(word)
