"""TextAttack's words and ours: the same string, cut differently."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from textattack.shared import AttackedText
from textattack.transformations import WordSwap

from robust.core.text import Text
from robust.core.types import Span
from robust.lang.tokenise import spans

ANY_SWAP = WordSwap()
"""Stands for the transformation that an edited text comes from, which some of TextAttack's constraints ask about."""


def their_spans(attacked: Any) -> list[Span]:
    """Where TextAttack's words are in its text, found as it finds them itself: each after the one before."""
    found: list[Span] = []
    at = 0
    for word in attacked.words:
        at = attacked.text.index(word, at)
        found.append((at, at + len(word)))
        at += len(word)
    return found


def inside(text: Text, attacked: Any) -> list[list[int]]:
    """For each of our words the indices of TextAttack's words that overlap it."""
    theirs = their_spans(attacked)
    return [[at for at, (lo, hi) in enumerate(theirs) if lo < end and start < hi] for start, end in text.spans]


def as_attacked(text: Text) -> Any:
    """An edited text as TextAttack has it, with which of its words were edited since the original."""
    attacked = AttackedText(str(text))
    ours = inside(text, attacked)
    edited = {at for index in text.edited for at in ours[index]}
    attacked.attack_attrs.update(
        modified_indices=edited,
        newly_modified_indices=set(edited),
        last_transformation=ANY_SWAP,
        previous_attacked_text=AttackedText(str(text.root)),
    )
    return attacked


def free(text: Text, attacked: Any, allowed: Collection[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """`(len(text),)`: our words all of whose parts TextAttack allows to be edited."""
    return np.array([all(at in allowed for at in parts) for parts in inside(text, attacked)], np.bool_)


def edited(text: Text, index: int, string: str) -> Text:
    """`text` with its word `index` edited so that it reads `string`; rewritten as a whole where no such edit leads."""
    before = str(text)
    lo, hi = text.spans[index]
    tail = before[hi:]
    if string.startswith(before[:lo]) and string.endswith(tail) and len(string) > lo + len(tail):
        word = string[lo : len(string) - len(tail)]
        if len(spans(word)) <= 1 and word.strip():
            return text.replace(index, word)
    shorter = text.delete(index)
    return shorter if str(shorter) == string else text.rewrite(string, spans(string))
