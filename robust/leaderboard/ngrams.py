"""Were the benchmark's texts in the training data? Shared runs of words say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from robust.lang.tokenise import spans

SIZE = 8
"""Words in a run: long enough that two people hardly ever write the same one by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many of `n` texts share a run of words with the training data, and which they are."""

    n: int
    ids: tuple[str, ...]
    size: int = SIZE


def words(text: str) -> list[str]:
    """The words of a text in small letters."""
    return [text[lo:hi].casefold() for lo, hi in spans(text)]


def runs(text: str, size: int) -> set[tuple[str, ...]]:
    """Every run of `size` words of a text; of a shorter text, the text itself."""
    found = words(text)
    if len(found) <= size:
        return {tuple(found)} if found else set()
    return {tuple(found[at : at + size]) for at in range(len(found) - size + 1)}


def overlap(texts: Sequence[tuple[str, str]], training: Iterable[str], *, size: int = SIZE) -> Overlap:
    """Which `(id, text)` share a run of `size` words with any training text.

    A text of fewer words counts where a training text has it whole. Training data may be larger than memory: only
    the runs of `texts` are held.
    """
    wanted: dict[tuple[str, ...], list[str]] = {}
    for name, text in texts:
        for run in runs(text, size):
            wanted.setdefault(run, []).append(name)
    lengths = sorted({len(run) for run in wanted})
    hit: set[str] = set()
    for text in training:
        found = words(text)
        for length in lengths:
            for at in range(len(found) - length + 1):
                run = tuple(found[at : at + length])
                if run in wanted and (length == size or len(found) == length):
                    hit.update(wanted[run])
    return Overlap(n=len(texts), ids=tuple(sorted(hit)), size=size)
