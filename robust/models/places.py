"""Which token stands for which word."""

from __future__ import annotations

from collections.abc import Sequence


def places(words: Sequence[str], offsets: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The first token of every word, where words are joined by single spaces; -1 for a word without one.

    A token may hold the space before its word. A token that spans several words is the first one's.
    """
    found = []
    begin = token = 0
    for word in words:
        end = begin + len(word)
        while token < len(offsets) and offsets[token][1] <= begin:
            token += 1
        if token < len(offsets) and offsets[token][0] < end:
            found.append(token)
            token += 1
        else:
            found.append(-1)
        begin = end + 1
    return tuple(found)
