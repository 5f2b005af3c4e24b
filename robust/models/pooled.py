"""A text classifier on pooled features: any encoder, its states over a text made one vector, a head on that vector."""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from robust.models.inputs import takes_types
from robust.models.outputs import classified

POOLINGS = ("cls", "mean", "max", "last", "concat")

_NOT_THE_ENCODERS = ("architectures", "auto_map", "dtype", "id2label", "label2id", "problem_type", "torch_dtype")
"""What a configuration says of the checkpoint that it was saved with, not of the encoder."""


class PooledConfig(PretrainedConfig):
    """Configuration of `PooledForSequenceClassification`.

    `encoder` is the configuration of the encoder, as a mapping with its `model_type`. `pooling` is one of `POOLINGS`.
    `head_size` is the width of the hidden layer of the head for `concat`; the others have none. `dropout` is that of
    what the head reads.
    """

    model_type = "robust-pooled"
    has_no_defaults_at_init = True

    def __init__(
        self,
        encoder: Mapping[str, Any] | None = None,
        pooling: str = "mean",
        head_size: int = 50,
        dropout: float = 0.1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(POOLINGS)}, not {pooling!r}")
        self.encoder = {
            key: value
            for key, value in (encoder or {}).items()
            if not key.startswith(("_", "transformers_")) and key not in _NOT_THE_ENCODERS
        }
        self.pooling = pooling
        self.head_size = head_size
        self.dropout = dropout
        if self.encoder:
            inner = self.encoder_config()
            for name in ("hidden_size", "vocab_size", "max_position_embeddings", "type_vocab_size"):
                setattr(self, name, getattr(inner, name, None))
            if getattr(self, "pad_token_id", None) is None:
                self.pad_token_id = getattr(inner, "pad_token_id", None)

    def encoder_config(self) -> PretrainedConfig:
        """The configuration of the encoder, as an object of its own class."""
        if str(self.encoder.get("model_type", "")).startswith("robust-"):
            from robust.models import register

            register()
        found: PretrainedConfig = AutoConfig.for_model(**self.encoder)
        return found


def pool(states: torch.Tensor, mask: torch.Tensor, pooling: str) -> torch.Tensor:
    """One vector for each text: `(n, width)`, three times as wide for `concat`.

    `states` is `(n, length, width)`; `mask` `(n, length)` is 1 for tokens and 0 for padding, on whichever side. Special
    tokens count as tokens. `concat` is [h_T, max, mean] (Howard & Ruder 2018, section 3.3), h_T being the state of the
    last token: of a model that reads from left to right the one that has seen the whole text, of BERT that of [SEP]
    (every state of BERT has seen the whole text; of two recurrent networks that read in opposite directions, one has
    read a single token there). Texts without a token give zeros.
    """
    real = mask.to(torch.bool)
    places = torch.arange(mask.shape[1], device=mask.device)
    rows = torch.arange(len(mask), device=mask.device)
    some = real.any(dim=1, keepdim=True)
    if pooling == "cls":
        first = torch.where(real, places, mask.shape[1]).amin(dim=1).clamp(max=mask.shape[1] - 1)
        return states[rows, first] * some
    if pooling == "last":
        last = torch.where(real, places, 0).amax(dim=1)
        return states[rows, last] * some
    if pooling == "mean":
        weights = real.to(states.dtype).unsqueeze(-1)
        return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
    if pooling == "max":
        highest = states.masked_fill(~real.unsqueeze(-1), torch.finfo(states.dtype).min).amax(dim=1)
        return highest.masked_fill(~some, 0.0)
    return torch.cat([pool(states, mask, part) for part in ("last", "max", "mean")], dim=-1)


def _head(config: PooledConfig) -> nn.Sequential:
    """Dropout and a linear layer; for `concat` ULMFiT's two blocks, with norms of each example instead of the batch."""
    width, labels = int(config.hidden_size), int(config.num_labels or 0)
    if config.pooling != "concat":
        return nn.Sequential(nn.Dropout(config.dropout), nn.Linear(width, labels))
    return nn.Sequential(
        nn.GroupNorm(3, 3 * width),  # last, maximum and mean have scales of their own
        nn.Dropout(config.dropout),
        nn.Linear(3 * width, config.head_size),
        nn.ReLU(),
        nn.LayerNorm(config.head_size),
        nn.Dropout(config.dropout / 4),
        nn.Linear(config.head_size, labels),
    )


class PooledForSequenceClassification(PreTrainedModel):
    """Any encoder that `AutoModel` opens and that gives `last_hidden_state`, its pooled states, and a head.

    The pooler that an encoder may have is left out. Cite Howard & Ruder 2018 (ULMFiT) for `concat`.

    *Differs from the paper:* where ULMFiT's head normalises over the batch, this one normalises each example, the three
    parts of the vector each by itself. Batches here hold texts of like length and may hold a single one, so that their
    statistics are not those of the data. The dropouts are `dropout` and a quarter of it, as the paper's 0.4 and 0.1.
    """

    config_class = PooledConfig
    base_model_prefix = "encoder"

    def __init__(self, config: PooledConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels
        self.encoder = AutoModel.from_config(config.encoder_config())
        _without_pooler(self.encoder)
        self.head = _head(config)
        self.post_init()

    @classmethod
    def around(cls, encoder: PreTrainedModel, *, pooling: str, **settings: Any) -> PooledForSequenceClassification:
        """A model with the weights of `encoder`, which becomes part of it, and a head drawn from torch's generator.

        `settings` are those of `PooledConfig`, such as `dropout` and `id2label`.
        """
        config = PooledConfig(encoder=encoder.config.to_dict(), pooling=pooling, **settings)
        model = cls(config)
        model.encoder = encoder
        _without_pooler(model.encoder)
        return model

    def get_input_embeddings(self) -> nn.Module:
        found: nn.Module = self.encoder.get_input_embeddings()
        return found

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.encoder.set_input_embeddings(value)

    def _init_weights(self, module: nn.Module) -> None:
        """Only the head is ours to draw, as torch draws it; an encoder has seen to itself."""
        if isinstance(module, (nn.Linear, nn.GroupNorm, nn.LayerNorm)):
            module.reset_parameters()

    @cached_property
    def _takes_types(self) -> bool:
        return takes_types(self.encoder)

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        token_type_ids: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        output_attentions: bool | None = None,
        return_dict: bool | None = None,
    ) -> SequenceClassifierOutput | tuple[torch.Tensor, ...]:
        """Logits `(n, labels)` and, with `labels`, the cross entropy. Without `attention_mask` all tokens count."""
        read = input_ids if input_ids is not None else inputs_embeds
        if read is None:
            raise ValueError("give input_ids or inputs_embeds")
        if attention_mask is None:
            attention_mask = torch.ones(read.shape[:2], dtype=torch.long, device=read.device)
        asked: dict[str, Any] = {"output_hidden_states": output_hidden_states, "output_attentions": output_attentions}
        given = {name: value for name, value in asked.items() if value is not None}
        if token_type_ids is not None and self._takes_types:
            given["token_type_ids"] = token_type_ids
        if inputs_embeds is not None:
            given["inputs_embeds"] = inputs_embeds
        else:
            given["input_ids"] = input_ids
        found = self.encoder(attention_mask=attention_mask, return_dict=True, **given)
        pooled = pool(found.last_hidden_state, attention_mask, self.config.pooling)
        logits = self.head(pooled)
        states = {name: getattr(found, name, None) for name in ("hidden_states", "attentions")}
        return classified(logits, labels, return_dict, **states)


def _without_pooler(encoder: Any) -> None:
    """Remove the encoder's own pooler: nothing would train it."""
    if isinstance(getattr(encoder, "pooler", None), nn.Module):
        encoder.pooler = None


AutoConfig.register(PooledConfig.model_type, PooledConfig, exist_ok=True)
AutoModelForSequenceClassification.register(PooledConfig, PooledForSequenceClassification, exist_ok=True)
