"""What two strings or lists of words have in common, and where words stand."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from robust.core.types import Span


def where(string: str, words: Sequence[str]) -> tuple[Span, ...]:
    """The place of each word: the first such characters behind the word before."""
    spans, end = list[Span](), 0
    for word in words:
        start = string.index(word, end)
        end = start + len(word)
        spans.append((start, end))
    return tuple(spans)


def where_one(string: str, words: Sequence[str], index: int, known: Sequence[tuple[int, Span]] = ()) -> Span:
    """`where(string, words)[index]`; some of the places are `known`. `IndexError` where there is no such word."""
    word, first, end = words[index], 0, 0
    start = string.find(word)
    if string.find(word, start + 1) < 0:
        return start, start + len(word)
    for at, (_, behind) in known:
        if first <= at < index:
            first, end = at + 1, behind
    for passed in words[first:index]:
        end = string.index(passed, end) + len(passed)
    start = string.index(word, end)
    return start, start + len(word)


def shared(one: str, other: str) -> int:
    """Number of characters that two strings begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def lined_up(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each new word the index of the old word that it stands for, or None."""
    matcher = SequenceMatcher(a=[w.casefold() for w in old], b=[w.casefold() for w in new], autojunk=False)
    found: list[int | None] = []
    for _, lo, hi, start, end in matcher.get_opcodes():
        found += [lo + at if lo + at < hi else None for at in range(end - start)]
    return found
