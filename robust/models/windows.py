"""Long contexts as overlapping windows of tokens, answers as places in them, and the best span of a model's logits."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from robust.core.types import Floats

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Ints: TypeAlias = npt.NDArray[np.int32]

_AT_ONCE = 256
"""Questions that are tokenised together: offsets as Python's tuples take much more room than as arrays."""


class Asked(Protocol):
    """A question and the text that answers it."""

    @property
    def question(self) -> str: ...
    @property
    def context(self) -> str: ...


class Marked(Protocol):
    """An answer: `context[start:start + len(text)] == text`."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...


class Span(NamedTuple):
    """Characters `context[start:end]` and the sum of the logits of their first and last token."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """A part of a question's context, as a model reads it.

    `row` numbers the question; `ids` are all tokens `(tokens,)` and `types` their types, where the tokeniser gives any.
    The tokens from `first` on are the context's: `starts` and `ends` are their characters. The window covers the
    characters `low` to `high` of the context. `cls` is the token that stands for "no answer here".
    """

    row: int
    ids: Ints
    types: Ints | None
    first: int
    starts: Ints
    ends: Ints
    low: int
    high: int
    cls: int


def windows(rows: Sequence[Asked], tokenizer: PreTrainedTokenizerBase, *, max_length: int, stride: int) -> list[Window]:
    """Every question with as much of its context as fits `max_length` tokens, as often as the context needs.

    Neighbouring windows share `stride` tokens of context, so that an answer of up to that many tokens is whole in one
    (Devlin et al. 2019, arXiv:1810.04805, have 384 and 128). A question is cut where it would leave less room than
    that. Needs a fast tokeniser.
    """
    made: list[Window] = []
    for begin in range(0, len(rows), _AT_ONCE):
        made.extend(_windows(rows[begin : begin + _AT_ONCE], begin, tokenizer, max_length, stride))
    return made


def _windows(
    rows: Sequence[Asked], begin: int, tokenizer: PreTrainedTokenizerBase, max_length: int, stride: int
) -> Iterator[Window]:
    special = tokenizer.num_special_tokens_to_add(pair=True)
    most = max(1, (max_length - special - stride) // 2)
    found: Any = tokenizer(
        [_cut(row.question, tokenizer, most) for row in rows],
        [row.context for row in rows],
        truncation="only_second",
        max_length=max_length,
        stride=stride,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding=False,
    )
    owners = found["overflow_to_sample_mapping"]
    before = after = 0  # tokens around the context: alike in all windows of a question
    for at, owner in enumerate(owners):
        ids = np.asarray(found["input_ids"][at], dtype=np.int32)
        if at == 0 or owners[at - 1] != owner:
            # Asked of the first window alone: some versions of tokenizers forget it in the others.
            places = [token for token, part in enumerate(found.sequence_ids(at)) if part == 1]
            before, after = (places[0], len(ids) - 1 - places[-1]) if places else (len(ids), 0)
        first, last = before, len(ids) - 1 - after
        offsets = np.asarray(found["offset_mapping"][at][first : last + 1], dtype=np.int32).reshape(-1, 2)
        ends = _with_marks(offsets[:, 1], rows[owner].context)
        opens, closes = at == 0 or owners[at - 1] != owner, at + 1 == len(owners) or owners[at + 1] != owner
        marks = np.flatnonzero(ids == tokenizer.cls_token_id)
        yield Window(
            row=begin + owner,
            ids=ids,
            types=np.asarray(found["token_type_ids"][at], dtype=np.int32) if "token_type_ids" in found else None,
            first=first,
            starts=offsets[:, 0],
            ends=ends,
            # what a tokeniser drops at the ends of a context belongs to its outer windows
            low=0 if opens or not len(offsets) else int(offsets[0, 0]),
            high=len(rows[owner].context) if closes or not len(offsets) else int(ends[-1]),
            cls=int(marks[0]) if len(marks) else 0,
        )


def _with_marks(ends: Ints, text: str) -> Ints:
    """Ends of tokens, accents behind them included: tokenisers that compose a letter place its base alone."""
    if unicodedata.is_normalized("NFC", text):
        return ends
    moved = ends.copy()
    for at in range(len(moved)):
        while moved[at] > 0 and unicodedata.combining(text[moved[at] : moved[at] + 1] or " "):
            moved[at] += 1
    return moved


def _cut(question: str, tokenizer: PreTrainedTokenizerBase, most: int) -> str:
    """The question's first `most` tokens, as text."""
    if len(question) <= most:  # a token has a character at least, but for a marker of words that some put in front
        return question
    found: Any = tokenizer(question, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    offsets = found["offset_mapping"]
    return question if len(offsets) <= most else question[: offsets[most - 1][1]]


def positions(window: Window, answer: Marked) -> tuple[int, int]:
    """First and last token of an answer; twice `window.cls` where the window does not hold all of it."""
    start = answer.start + len(answer.text) - len(answer.text.lstrip())
    end = answer.start + len(answer.text.rstrip())
    if start < window.low or end > window.high:
        return window.cls, window.cls
    first = int(np.searchsorted(window.ends, start, side="right"))
    last = int(np.searchsorted(window.starts, end, side="left")) - 1
    return (window.first + first, window.first + last) if first <= last else (window.cls, window.cls)


def best(start: Floats, end: Floats, window: Window, *, max_tokens: int, n: int = 20) -> list[Span]:
    """The `n` best spans of a window's context by the sum of their logits, best first; `start`, `end`: `(tokens,)`.

    All spans of at most `max_tokens` tokens are compared, not only those of the 20 best starts and ends.
    """
    size = len(window.starts)
    if not size:
        return []
    width = min(max_tokens, size)
    inside = slice(window.first, window.first + size)
    padded = np.concatenate([end[inside], np.full(width - 1, -np.inf, dtype=end.dtype)])
    sums = (start[inside, None] + np.lib.stride_tricks.sliding_window_view(padded, width)).ravel()
    count = min(n, sums.size)
    chosen = np.argpartition(-sums, count - 1)[:count]
    order = chosen[np.lexsort((chosen, -sums[chosen]))]
    return [
        Span(int(window.starts[at // width]), int(window.ends[at // width + at % width]), float(sums[at]))
        for at in order
        if np.isfinite(sums[at])
    ]


def spans(
    found: Sequence[Window], start: Floats, end: Floats, *, n_rows: int, max_tokens: int, n: int = 20
) -> list[list[Span]]:
    """The `n` best spans of every question over all its windows, best first; `start`, `end`: `(windows, tokens)`."""
    pooled: list[dict[tuple[int, int], Span]] = [{} for _ in range(n_rows)]
    for at, window in enumerate(found):
        for span in best(start[at], end[at], window, max_tokens=max_tokens, n=n):
            known = pooled[window.row].get(span[:2])
            if known is None or span.score > known.score:  # two windows may share it
                pooled[window.row][span[:2]] = span
    return [sorted(each.values(), key=lambda span: (-span.score, span.start, span.end))[:n] for each in pooled]
