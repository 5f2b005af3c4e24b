"""Which tokens a masked language model must guess, and what it reads in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from robust.checkpoints.word_marks import CONTINUES, word_mark

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Ids = NDArray[np.int64]

HIDDEN, KEPT = 0.8, 0.1
"""Of the tokens to guess, 80 % read as [MASK], 10 % as themselves, 10 % as any token (Devlin et al. 2019, 3.1)."""


def continuing(tokenizer: PreTrainedTokenizerBase) -> NDArray[np.bool_]:
    """For each id of the vocabulary `(vocab,)`: whether its piece goes on with the word before it.

    WordPiece marks such pieces (`##ing`); SentencePiece and byte-level BPE mark the others.
    """
    pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    names = [piece or "" for piece in pieces]
    mark = word_mark(tokenizer)
    if not mark:
        return np.zeros(len(names), dtype=bool)
    marked = [name.startswith(mark) for name in names]
    if mark == CONTINUES:
        return np.array(marked)
    special = set(tokenizer.all_special_ids)
    return np.array([not begins and at not in special for at, begins in enumerate(marked)])


def mask(
    ids: Ids,
    *,
    share: float,
    mask_id: int,
    vocab_size: int,
    special: NDArray[np.bool_],
    continues: NDArray[np.bool_] | None,
    rng: np.random.Generator,
) -> tuple[Ids, Ids, Ids]:
    """Hide tokens of a batch `(n, length)`; returns what the model reads, the places to guess and their true ids.

    Exactly `round(share · n · length)` places `(k,)` (indices into the flattened batch, ascending), at least one, are
    chosen, so that every batch has the same shape; fewer only where special tokens leave fewer. With `continues` (see
    `continuing`) all pieces of a word are chosen together, but for the last word that fits.
    """
    flat = ids.reshape(-1)
    eligible = ~special[flat]
    if continues is None:
        scores = rng.random(flat.size)
    else:
        starts = ~continues[flat]
        starts.reshape(ids.shape)[:, 0] = True  # words do not reach from one row into the next
        word = np.cumsum(starts) - 1
        scores = rng.random(int(word[-1]) + 1)[word]
    scores[~eligible] = 2.0
    wanted = min(max(1, round(share * flat.size)), int(eligible.sum()))
    chosen = np.sort(np.argpartition(scores, wanted - 1)[:wanted]) if wanted else np.empty(0, dtype=np.int64)
    targets = flat[chosen].copy()
    read = flat.copy()
    draws = rng.random(wanted)
    read[chosen[draws < HIDDEN]] = mask_id
    swapped = chosen[draws >= HIDDEN + KEPT]
    read[swapped] = rng.integers(0, vocab_size, len(swapped))
    return read.reshape(ids.shape), chosen.astype(np.int64), targets


def special_ids(tokenizer: Any, vocab_size: int) -> NDArray[np.bool_]:
    """For each id `(vocab,)`: whether it is a special token, which is never guessed."""
    found = np.zeros(vocab_size, dtype=bool)
    found[[at for at in tokenizer.all_special_ids if at < vocab_size]] = True
    return found
