"""Texts written by a sequence-to-sequence model, the same whatever else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from robust.checkpoints.memory import in_memory

BATCH = 16
"""Texts that are written together, all of the same number of tokens: padding would disturb what is written."""
HEADS = ("ForConditionalGeneration", "MTModel", "EncoderDecoderModel")
"""How architectures of such models end."""
EXTRAS = ("generation_config.json", "*.spm")
"""Files that they come with, besides those of every model."""


def generate(
    model: Any, tokenizer: Any, texts: Sequence[str], *, max_length: int, beams: int = 1, k: int = 1
) -> list[list[str]]:
    """The `k` best texts of a search with `beams` beams (1: greedy decoding) for each, best first, spaces single.

    `max_length` tokens are read and written at most, and never more than twice what is read and eight. None for a text
    without tokens. The same for a text whatever else is asked, up to float noise. Raises `OutOfMemory`.
    """
    found: list[list[str]] = [[] for _ in texts]
    ids = [tokenizer(text, truncation=True, max_length=max_length)["input_ids"] for text in texts]
    by_length: dict[int, list[int]] = {}
    for row, tokens in enumerate(ids):
        if tokens:
            by_length.setdefault(len(tokens), []).append(row)
    for length, rows in sorted(by_length.items()):
        for begin in range(0, len(rows), BATCH):
            some = rows[begin : begin + BATCH]
            most = min(max_length - 1, 2 * length + 8)
            written = in_memory(partial(_written, model, tokenizer, [ids[r] for r in some], most, beams, k))
            for at, row in enumerate(some):
                found[row] = [" ".join(line.split()) for line in written[at * k : (at + 1) * k]]
    return found


def _written(model: Any, tokenizer: Any, ids: list[list[int]], most: int, beams: int, k: int) -> list[str]:
    import torch

    tokens = torch.tensor(ids, device=model.device)
    with torch.inference_mode():
        made = model.generate(
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            do_sample=False,
            num_beams=beams,
            num_return_sequences=k,
            max_new_tokens=most,
        )
    lines: list[str] = tokenizer.batch_decode(made, skip_special_tokens=True)
    return lines
