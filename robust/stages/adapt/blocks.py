"""Texts as blocks of tokens that a language model learns from: joined and cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def blocks(
    texts: Iterable[str], tokenizer: PreTrainedTokenizerBase, *, length: int, first: int | None = None
) -> NDArray[np.int64]:
    """The texts' tokens one after the other, each text followed by the end token, as rows of `length` tokens.

    Each row begins with the token `first`, where there is one. The end of the last text that fills no row is left out,
    unless it is all there is: then it is the only row, and shorter. No text at all gives no rows.
    """
    end = tokenizer.sep_token_id if tokenizer.sep_token_id is not None else tokenizer.eos_token_id
    found = [text for text in texts if text.strip()]
    ids = tokenizer(found, add_special_tokens=False, verbose=False)["input_ids"] if found else []
    stream = np.array([token for row in ids for token in (row if end is None else (*row, end))], dtype=np.int64)
    width = length - (first is not None)
    rows = len(stream) // width
    made = stream[: rows * width].reshape(rows, width) if rows else stream[None, : len(stream)]
    if not made.size:
        return np.empty((0, length), dtype=np.int64)
    return made if first is None else np.insert(made, 0, first, axis=1)
