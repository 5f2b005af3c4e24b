"""Tags that mark spans of words: B-, I- and O, in whichever of their dialects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

OUTSIDE = "O"
_TAG = re.compile(r"[BIESLUM]-\S+")
_BEGIN = {"B": "B", "S": "B", "U": "B"}
_LAST = frozenset("ESLU")
"""Prefixes of the last word of a span, in dialects that mark it."""


def marks_spans(tags: Iterable[str]) -> bool:
    """Whether tags mark spans: all of them are `O` or a prefix, a hyphen and a type, and not all are `O`."""
    used = set(tags)
    return used != {OUTSIDE} and bool(used) and all(tag == OUTSIDE or _TAG.fullmatch(tag) for tag in used)


def iob2(tags: Sequence[str]) -> tuple[str, ...]:
    """The same spans in IOB2, where every span begins with B- (Tjong Kim Sang & Veenstra 1999).

    Reads IOB1, IOB2 and BIOES or BILOU (S and U: spans of one word; E and L: last words). IOB2 comes back as it is.
    """
    found: list[str] = []
    within = ""  # the type of the span that the word before belongs to
    for tag in tags:
        prefix, _, kind = tag.partition("-")
        if tag == OUTSIDE:
            found.append(tag)
            within = ""
            continue
        begins = prefix in _BEGIN or kind != within
        found.append(f"{'B' if begins else 'I'}-{kind}")
        within = "" if prefix in _LAST else kind
    return tuple(found)
