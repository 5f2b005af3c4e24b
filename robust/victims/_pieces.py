"""The tokens of many versions of one input: where they differ in a word, only that word is tokenised again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from robust.core.types import Fields, Span

FEW = 8
"""So few inputs are tokenised in full: nothing would be gained."""
SHORT = 200
"""Characters of an input below which it is tokenised in full: finding what differs costs as much."""
_CHUNK = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class _Change:
    """Characters `old` of a field of the first input became `new`; both begin and end between words."""

    field: int
    old: Span
    new: str


def token_rows(tokenizer: Any, max_length: int, batch: Sequence[Fields]) -> list[list[int]]:
    """The tokens of each input, special ones included, cut to `max_length`: what the tokeniser itself gives.

    The first input is tokenised in full. Of every other one the stretch that differs from it is, with a word to either
    side, and put in the place of its counterpart. Inputs are tokenised in full where that is not known to be the same:
    where the counterpart on its own has other tokens than in its place, where an input is cut off or differs in several
    fields, and all of them where the last one comes out wrong or the tokeniser cannot tell where its tokens stand.
    """
    if len(batch) < FEW or sum(map(len, batch[0])) < SHORT or not tokenizer.is_fast:
        return _whole(tokenizer, max_length, batch)
    base = _Base(tokenizer, max_length, batch[0])
    changes = [base.change(fields) for fields in batch]
    places = base.places([change for change in changes if change is not None])
    fits = [change is not None and (change.field, change.old) in places for change in changes]
    windows = [
        change.new.lstrip() if places[change.field, change.old][2] else change.new
        for change, fit in zip(changes, fits, strict=True)
        if change is not None and fit
    ]
    pieces = iter(_alone(tokenizer, windows))
    rows: list[list[int] | None] = []
    for change, fit in zip(changes, fits, strict=True):
        row = None
        if change is not None and fit:
            start, end, _ = places[change.field, change.old]
            row = [*base.tokens[:start], *next(pieces), *base.tokens[end:]]
        rows.append(row if row is not None and len(row) <= max_length else None)
    if rows[-1] is not None and rows[-1] != _whole(tokenizer, max_length, batch[-1:])[0]:
        return _whole(tokenizer, max_length, batch)
    left = [at for at, row in enumerate(rows) if row is None]
    full = dict(zip(left, _whole(tokenizer, max_length, [batch[at] for at in left]), strict=True))
    return [full[at] if row is None else row for at, row in enumerate(rows)]


class _Base:
    """The first input, with where its tokens stand."""

    def __init__(self, tokenizer: Any, max_length: int, fields: Fields) -> None:
        self.tokenizer, self.fields = tokenizer, fields
        encoded = tokenizer(
            *[[field] for field in fields], truncation=True, max_length=max_length, return_offsets_mapping=True
        )
        self.tokens: list[int] = encoded["input_ids"][0]
        self.whole = len(self.tokens) < max_length
        owners = encoded.sequence_ids(0)
        self.spans: list[tuple[int, int, int]] = [
            (-1 if owner is None or lo == hi else owner, lo, hi)
            for owner, (lo, hi) in zip(owners, encoded["offset_mapping"][0], strict=True)
        ]
        self.chunks = [[match.span() for match in _CHUNK.finditer(field)] for field in fields]

    def change(self, fields: Fields) -> _Change | None:
        """How an input differs from this one, widened to whole words and one more on either side; None if unclear."""
        other = [at for at, (mine, new) in enumerate(zip(self.fields, fields, strict=True)) if mine != new]
        if len(other) != 1 or not self.whole:
            return None
        at = other[0]
        mine, new = self.fields[at], fields[at]
        start = _shared(mine, new)
        tail = min(_shared(mine[::-1], new[::-1]), len(mine) - start, len(new) - start)
        end = len(mine) - tail
        # a word that ends where the change begins may grow, and one that begins where it ends may shrink
        touched = [i for i, (lo, hi) in enumerate(self.chunks[at]) if lo <= end and hi >= start]
        if not touched:
            return None
        first, last = max(0, touched[0] - 1), min(len(self.chunks[at]) - 1, touched[-1] + 1)
        lo, hi = self.chunks[at][first][0], self.chunks[at][last][1]
        return _Change(at, (lo, hi), new[lo : len(new) - (len(mine) - hi)])

    def places(self, changes: Sequence[_Change]) -> dict[tuple[int, Span], tuple[int, int, bool]]:
        """For each old stretch that has the same tokens alone as in its place: these, and whether without its space."""
        found: dict[tuple[int, Span], tuple[int, int, bool]] = {}
        stretches = list(dict.fromkeys([(change.field, change.old) for change in changes]))
        texts = [self.fields[at][lo:hi] for at, (lo, hi) in stretches]
        alone = _alone(self.tokenizer, [*texts, *[text.lstrip() for text in texts]])
        for number, (at, (lo, hi)) in enumerate(stretches):
            own = [row for row, (owner, a, b) in enumerate(self.spans) if owner == at and a < hi and b > lo]
            if not own or own[-1] - own[0] + 1 != len(own):
                continue
            here = self.tokens[own[0] : own[-1] + 1]
            for strip, tokens in ((False, alone[number]), (True, alone[number + len(stretches)])):
                if tokens == here:
                    found[at, (lo, hi)] = own[0], own[-1] + 1, strip
                    break
        return found


def _whole(tokenizer: Any, max_length: int, batch: Sequence[Fields]) -> list[list[int]]:
    if not batch:
        return []
    columns = [list(column) for column in zip(*batch, strict=True)]
    rows: list[list[int]] = tokenizer(*columns, truncation=True, max_length=max_length)["input_ids"]
    return rows


def _alone(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    """The tokens of each text without special ones."""
    if not texts:
        return []
    rows: list[list[int]] = tokenizer(texts, add_special_tokens=False)["input_ids"]
    return rows


def _shared(one: str, other: str) -> int:
    """Number of characters that two strings begin with alike."""
    shorter = min(len(one), len(other))
    low, high = 0, shorter
    while low < high:  # comparing slices is much faster than comparing characters
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
