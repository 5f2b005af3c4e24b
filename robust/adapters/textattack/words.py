"""TextAttack's words and ours: the same string, cut differently."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def stepped(text: Text, attacked: Any, candidate: Text, index: int) -> Any:
    """A candidate for word `index` of `text` as TextAttack has it; `attacked` is `text` as TextAttack has that.

    Words of its count as modified by this step that ours of another spelling overlap, or, where there is none (a word
    became a sign), those in the place of the word that was edited.
    """
    found = as_attacked(candidate)
    parts, before = inside(candidate, found), set(zip(text.origins, text.words, strict=True))
    now = enumerate(zip(candidate.origins, candidate.words, strict=True))
    newly = {at for word, known in now if known not in before for at in parts[word]}
    if not newly:
        newly = {at for at in inside(text, attacked)[index] if at < found.num_words}
    found.attack_attrs.update(
        newly_modified_indices=newly,
        modified_indices=found.attack_attrs["modified_indices"] | newly,
        previous_attacked_text=attacked,
        original_index_map=_moved(candidate, parts),
    )
    return found


def _moved(text: Text, parts: Sequence[Sequence[int]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """For each of TextAttack's words of the original where it is now; -1 if it is gone."""
    original = AttackedText(str(text.root))
    moved = np.full(original.num_words, -1, np.int64)
    stands = {origin: word for word, origin in enumerate(text.origins)}
    for origin, old in enumerate(inside(text.root, original)):
        if origin in stands:
            new = parts[stands[origin]]
            moved[old[: len(new)]] = new[: len(old)]
    return moved


def from_theirs(original: Text, string: str) -> Text:
    """The text that TextAttack made of `original` by itself: word for word where there are as many words."""
    marked = spans(string)
    if len(marked) == len(original):
        text = original
        for at, (start, end) in enumerate(marked):
            if string[start:end] != original.words[at]:
                text = text.replace(at, string[start:end])
        if str(text) == string:
            return text
    return original.rewrite(string, marked)


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
