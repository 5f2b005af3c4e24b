"""Texts as tokens for a model: how many it can read, which share a batch, and the pass through the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from robust.checkpoints.memory import in_memory

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

DEFAULT_LENGTH = 512
"""Tokens an input is cut to where neither the tokeniser nor the model declares a limit."""


def token_limit(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """The longest input in tokens; models that number positions from the padding index on (RoBERTa) lose the first."""
    positions = getattr(model.config, "max_position_embeddings", None) or 0
    table = next((m for n, m in model.named_modules() if n.endswith("position_embeddings")), None)
    padding = getattr(table, "padding_idx", None)
    offset = padding + 1 if isinstance(padding, int) else 0
    limits = [limit for limit in (int(tokenizer.model_max_length), positions - offset) if 0 < limit < 10**9]
    return min(limits, default=DEFAULT_LENGTH)


def chunks(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Rows of inputs that share a batch, shortest first: padded, a batch has at most `budget` tokens, or one input."""
    chunk: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        if chunk and lengths[row] * (len(chunk) + 1) > budget:
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def passes(model: Any, tokenizer: Any, encoded: Mapping[str, Any], budget: int) -> Iterator[tuple[list[int], Any, Any]]:
    """What a model gives for tokenised texts, batch by batch: the rows, the padded batch and the model's output.

    `encoded` are lists `input_ids` and `attention_mask`, as a tokeniser returns them; `budget`: see `chunks`. Raises
    `OutOfMemory`.
    """
    import torch

    for rows in chunks([len(ids) for ids in encoded["input_ids"]], budget):
        fed = {key: [encoded[key][row] for row in rows] for key in ("input_ids", "attention_mask")}
        batch = tokenizer.pad(fed, return_tensors="pt").to(model.device)

        def forward(batch: Any = batch) -> Any:
            with torch.inference_mode():
                return model(**batch)

        yield rows, batch, in_memory(forward)
