"""The entities that tags mark: strict IOB2, as the CoNLL shared tasks count them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

OUTSIDE = "O"
Entity: TypeAlias = tuple[str, int, int]
"""Type, first word, and the word after the last one."""


def marks_spans(tags: Iterable[str]) -> bool:
    """Whether tags mark spans of words: all are `O`, or `B-` or `I-` and a type; and there is such a type."""
    kinds = {tag for tag in tags if tag != OUTSIDE}
    return bool(kinds) and all(tag[:2] in ("B-", "I-") and len(tag) > 2 for tag in kinds)


def entities(tags: Sequence[str]) -> list[Entity]:
    """The entities of a sentence; an `I-` that continues no entity of its type is part of none."""
    found: list[Entity] = []
    for at, tag in enumerate(tags):
        kind = tag[2:]
        if tag.startswith("B-"):
            found.append((kind, at, at + 1))
        elif tag.startswith("I-") and found and found[-1][0] == kind and found[-1][2] == at:
            found[-1] = (kind, found[-1][1], at + 1)
    return found


def projected(labels: Sequence[str | None], *, spans: bool) -> list[str | None]:
    """Gold tags of an edited sentence from those of its words; None is a word that was added.

    An added word belongs to the entity that goes on behind it, and is outside of all others. What is left of an entity
    whose first word was deleted begins with `B-`. Tags that mark no spans have none for an added word.
    """
    if not spans:
        return list(labels)
    made: list[str | None] = list(labels)
    following = OUTSIDE
    for at in range(len(made) - 1, -1, -1):
        if made[at] is None:
            made[at] = following if following.startswith("I-") else OUTSIDE
        following = made[at] or OUTSIDE
    before = OUTSIDE
    for at, tag in enumerate(made):
        told = tag or OUTSIDE
        if told.startswith("I-") and before[2:] != told[2:]:
            made[at] = told = f"B-{told[2:]}"
        before = told
    return made
