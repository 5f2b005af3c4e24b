"""How a vocabulary tells pieces that begin a word from pieces that go on with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

CONTINUES = "##"
BEGINS = ("Ġ", "▁")
_POSSIBLE = {"WordPiece": (CONTINUES,), "BPE": BEGINS, "Unigram": BEGINS, "WordLevel": ()}


def word_mark(tokenizer: PreTrainedTokenizerBase) -> str:
    """The mark of pieces: `##` goes on with a word (WordPiece), `Ġ` or `▁` begins one (byte-level BPE, SentencePiece).

    Empty where nothing tells them apart. The kind of the tokeniser decides first: vocabularies of bytes have `##`
    too, with which headings begin.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    possible = _POSSIBLE.get(type(getattr(backend, "model", None)).__name__, (CONTINUES, *BEGINS))
    pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    counts = {mark: sum(piece.startswith(mark) for piece in pieces if piece) for mark in possible}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ""
