"""Texts as tokens for a model: how many it can read, which share a batch, and the pass through the model."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.checkpoints.memory import in_memory
from robust.errors import ModelError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
DEFAULT_LENGTH = 512
"""Tokens an input is cut to where neither the tokeniser nor the model declares a limit."""


def token_limit(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """The longest input in tokens; models that number positions from the padding index on (RoBERTa) lose the first.

    Of a model made of two (BERT2BERT), which has no length of its own, the shorter counts.
    """
    parts = (model.encoder, model.decoder) if model.config.model_type == "encoder-decoder" else (model,)
    limits = [limit for limit in (int(tokenizer.model_max_length), *map(positions, parts)) if 0 < limit < 10**9]
    return min(limits, default=DEFAULT_LENGTH)


def positions(model: Any) -> int:
    """The tokens that a model has positions for; 0 or less where it sets no limit."""
    declared = getattr(model.config, "max_position_embeddings", None) or 0
    table = next((m for n, m in model.named_modules() if n.endswith("position_embeddings")), None)
    padding = getattr(table, "padding_idx", None)
    offset = padding + 1 if isinstance(padding, int) else 0
    return int(declared) - offset


def set_padding(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
    """Let the tokeniser pad on the right, with a token that the model knows. Raises `ModelError` where it has none."""
    if tokenizer.pad_token is None:
        if tokenizer.eos_token is None:
            raise ModelError(
                f"the tokeniser of {name} has no padding token", fix="set `tokenizer.pad_token` and save it"
            )
        tokenizer.pad_token = tokenizer.eos_token
    if model.config.pad_token_id is None:
        model.config.pad_token_id = tokenizer.pad_token_id
    if model.config.model_type != "xlnet":  # it reads its last token; to all others left padding would shift positions
        tokenizer.padding_side = "right"


CACHED = 1024
"""Tokens of a batch on a processor: more do not fit its caches beside the weights of a layer, fewer leave it idle."""
CALL = 64
"""What one more pass through a model costs a processor, in tokens: so much padding is cheaper than a batch more."""


def chunks(lengths: Sequence[int], budget: int, *, padding: int | None = None) -> Iterator[list[int]]:
    """Rows of inputs that share a batch, shortest first: padded, a batch has at most `budget` tokens, or one input.

    `padding`: of which so many are padding at most.
    """
    chunk: list[int] = []
    own = 0
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        whole = lengths[row] * (len(chunk) + 1)
        if chunk and (whole > budget or (padding is not None and whole - own - lengths[row] > padding)):
            yield chunk
            chunk, own = [], 0
        chunk.append(row)
        own += lengths[row]
    if chunk:
        yield chunk


def small(lengths: Sequence[int]) -> Iterator[list[int]]:
    """`chunks` that suit a processor: hardly padded, and no larger than its caches."""
    return chunks(lengths, CACHED, padding=CALL)


def padded(rows: Mapping[str, Sequence[Sequence[int]]], tokenizer: PreTrainedTokenizerBase) -> dict[str, torch.Tensor]:
    """Tokenised inputs as one batch `(n, tokens)`, padded to the longest on the tokeniser's side, with no row unseen.

    An input without a token gets one of padding to attend to: attention over nothing is undefined.
    """
    import torch

    width = max(1, *map(len, rows["input_ids"]))
    fill = {"input_ids": tokenizer.pad_token_id or 0, "token_type_ids": tokenizer.pad_token_type_id}
    left = tokenizer.padding_side == "left"
    batch = {}
    for key, values in rows.items():
        array = np.full((len(values), width), fill.get(key, 0), np.int64)
        for at, row in enumerate(values):
            array[at, width - len(row) if left else 0 : width if left else len(row)] = row
        batch[key] = torch.from_numpy(array)
    if "attention_mask" in batch:
        mask = batch["attention_mask"]
        mask[mask.sum(1) == 0, 0] = 1
    return batch


def accepted(model: Any) -> tuple[str, ...]:
    """What a model takes of `INPUTS`.

    A RoBERTa has one type of tokens, and would look up a second one, which its tokeniser may give, in vain.
    """
    known = inspect.signature(model.forward).parameters
    one_type = (getattr(model.config, "type_vocab_size", None) or 2) < 2
    return tuple([name for name in INPUTS if name in known and not (one_type and name == "token_type_ids")])


def takes_types(model: Any) -> bool:
    """Whether a model tells the two texts of a pair apart by `token_type_ids`."""
    return "token_type_ids" in accepted(model)


def passes(
    model: Any, tokenizer: Any, encoded: Mapping[str, Any], budget: int, *, types: bool = False
) -> Iterator[tuple[list[int], Any, Any]]:
    """What a model gives for tokenised texts, batch by batch: the rows, the padded batch and the model's output.

    `encoded` are lists `input_ids` and `attention_mask`, as a tokeniser returns them, and `token_type_ids` where
    `types`; `budget`: see `chunks`, on an accelerator; on a processor, batches are `small`. Raises `OutOfMemory`.
    """
    import torch

    keys = ("input_ids", "attention_mask", *(("token_type_ids",) if types else ()))
    lengths = [len(ids) for ids in encoded["input_ids"]]
    for rows in small(lengths) if model.device.type == "cpu" else chunks(lengths, budget):
        fed = {key: [encoded[key][row] for row in rows] for key in keys}
        batch = tokenizer.pad(fed, return_tensors="pt").to(model.device)

        def forward(batch: Any = batch) -> Any:
            with torch.inference_mode():
                return model(**batch)

        yield rows, batch, in_memory(forward)
