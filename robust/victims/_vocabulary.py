"""A transformers model's table of embeddings, with the words that its tokens are."""

from __future__ import annotations

from typing import Any

import numpy as np

from robust.core.gradient import Vocabulary


def vocabulary(model: Any, tokenizer: Any) -> Vocabulary:
    """See `VocabularyVictim.vocabulary`: a token is a word if that word, in the middle of a text, is this one token."""
    import torch

    with torch.inference_mode():
        vectors = model.get_input_embeddings().weight.detach().float().cpu().numpy().copy()
    known = range(min(len(vectors), len(tokenizer)))
    special = set(tokenizer.all_special_ids)
    written = [tokenizer.decode([number], clean_up_tokenization_spaces=False).strip() for number in known]
    # behind a space: a byte-level tokeniser has one token for a word that begins a text and another for the rest
    read = tokenizer([f" {word}" for word in written], add_special_tokens=False)["input_ids"] if written else []
    words = ["" if at in special or read[at] != [at] else word for at, word in zip(known, written, strict=True)]
    padding = [""] * (len(vectors) - len(words))  # a table may have more rows than the tokeniser has tokens
    return Vocabulary(words=(*words, *padding), vectors=np.asarray(vectors, np.float32))
