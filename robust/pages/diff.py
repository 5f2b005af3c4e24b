"""Which words of two texts differ."""

from __future__ import annotations

import difflib
import re

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


def differences(before: str, after: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts as pieces, each marked True where it differs from the other text, at the level of words."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        left.append(("".join(old[a:b]), tag != "equal"))
        right.append(("".join(new[c:d]), tag != "equal"))
    return [p for p in left if p[0]], [p for p in right if p[0]]


def alternating(pieces: list[tuple[str, bool]]) -> list[str]:
    """Pieces as texts that are in turn the same and different, beginning with the same (which may be empty)."""
    found: list[str] = [""]
    for text, changed in pieces:
        if changed == (len(found) % 2 == 0):
            found[-1] += text
        else:
            found.append(text)
    return found
