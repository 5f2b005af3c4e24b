"""Which tokens of a vocabulary can stand for which: synonyms that are one token each."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from robust.checkpoints.word_marks import BEGINS, word_mark
from robust.core.types import Lang
from robust.lang.base import language

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase


def table(tokenizer: PreTrainedTokenizerBase, languages: Collection[Lang], k: int) -> Tensor:
    """`(vocabulary, k)` token ids: each token, then its synonyms, best first; -1 where there are no more.

    Tokens that are no word of the languages, or only the beginning of one by their spelling, have themselves alone.
    """
    import torch

    tokens = _tokens(tokenizer)
    words = {at: str(tokenizer.decode([at])).strip() for at, on in enumerate(_continues(tokenizer)) if not on}
    spelled = {word: at for at, word in words.items()}
    found = torch.full((len(tokens), k), -1)
    found[:, 0] = torch.arange(len(tokens))
    for at, word in words.items():
        if not word.isalpha():
            continue
        others: dict[int, None] = {}
        for lang in sorted(languages):
            others.update(dict.fromkeys(spelled[s] for s in language(lang).synonyms(word) if s in spelled))
        others.pop(at, None)
        chosen = list(others)[: k - 1]
        found[at, 1 : 1 + len(chosen)] = torch.tensor(chosen, dtype=torch.long)
    return found


def replacements(tokenizer: PreTrainedTokenizerBase, languages: Collection[Lang], k: int) -> Tensor:
    """`(vocabulary, options)` token ids: each token, then what its first `k` synonyms read as; -1 where no more.

    Unlike in `table`, a synonym that the vocabulary lacks counts, as the unknown word; one of several tokens does not.
    """
    import torch

    tokens = _tokens(tokenizer)
    words = {at: str(tokenizer.decode([at])).strip() for at, on in enumerate(_continues(tokenizer)) if not on}
    special = set(tokenizer.all_special_ids)
    found: dict[int, list[str]] = {
        at: [other for lang in sorted(languages) for other in language(lang).synonyms(word)[:k]]
        for at, word in words.items()
        if word.isalpha() and at not in special
    }
    every = sorted({word for others in found.values() for word in others})
    rows = tokenizer(every, add_special_tokens=False)["input_ids"] if every else []
    single = {word: row[0] for word, row in zip(every, rows, strict=True) if len(row) == 1}
    options = {
        at: list(dict.fromkeys((at, *(single[word] for word in others if word in single))))
        for at, others in found.items()
    }
    filled = torch.full((len(tokens), max((len(row) for row in options.values()), default=1)), -1)
    filled[:, 0] = torch.arange(len(tokens))
    for at, row in options.items():
        filled[at, : len(row)] = torch.tensor(row)
    return filled


def continuing(tokenizer: PreTrainedTokenizerBase) -> Tensor:
    """`(vocabulary,)`: whether a token goes on with the word before it."""
    import torch

    return torch.tensor(_continues(tokenizer))


def whole(ids: Tensor, continuing: Tensor) -> Tensor:
    """Which tokens of `ids` `(batch, tokens)` are whole words: neither they nor the next ones continue a word."""
    import torch

    continues = continuing[ids]
    following = torch.zeros_like(continues)
    following[:, :-1] = continues[:, 1:]
    return ~continues & ~following


def _tokens(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    return [str(token) for token in tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))]


def _continues(tokenizer: PreTrainedTokenizerBase) -> list[bool]:
    """Whether a token goes on with the word before it: WordPiece marks those, byte-level BPE and Unigram the others."""
    tokens, mark = _tokens(tokenizer), word_mark(tokenizer)
    if mark in BEGINS:
        return [token[:1].isalnum() and not token.startswith(mark) for token in tokens]
    return [bool(mark) and token.startswith(mark) for token in tokens]
