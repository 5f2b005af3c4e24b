"""Embedding and recurrent layers as a transformers model: its configuration, and texts to states."""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from robust.models.outputs import as_asked
from robust.models.recurrent_layers import (
    GATES,
    Carried,
    Reading,
    RecurrentLayer,
    ScaledEmbedding,
    State,
    locked_dropout,
    read,
    turn,
    turning,
    word_dropout,
)

POOLINGS = ("last", "mean", "max", "concat")


class RecurrentConfig(PretrainedConfig):
    """Configuration of the recurrent models.

    `recurrent_size` is the width of a layer; with `tied` embeddings the last layer is as wide as the embedding.
    `hidden_size` follows: the width of `last_hidden_state`, twice that of the last layer where `bidirectional`, which
    adds a second stack that reads backwards (two language models, not a bidirectional layer: no layer sees both sides).
    Dropouts and penalties: see `robust.recipe.pretrain_models.Recurrent`. `pooling` (one of `POOLINGS`; `concat` is
    ULMFiT's [last, max, mean]) and `classifier_dropout` are those of the classifiers.
    """

    model_type = "robust-recurrent"
    attribute_map = {"num_hidden_layers": "layers"}  # noqa: RUF012 (transformers declares it so)

    def __init__(
        self,
        vocab_size: int = 8000,
        cell: str = "lstm",
        embedding_size: int = 128,
        recurrent_size: int = 256,
        layers: int = 1,
        tied: bool = True,
        bidirectional: bool = False,
        embedding_dropout: float = 0.0,
        input_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        hidden_dropout: float = 0.0,
        output_dropout: float = 0.0,
        activation_penalty: float = 0.0,
        temporal_penalty: float = 0.0,
        pooling: str = "concat",
        classifier_dropout: float = 0.1,
        pad_token_id: int | None = None,
        eos_token_id: int | None = None,
        **kwargs: Any,
    ) -> None:
        if cell not in GATES:
            raise ValueError(f"cell is one of {', '.join(GATES)}, not {cell!r}")
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(POOLINGS)}, not {pooling!r}")
        kwargs.pop("hidden_size", None)  # it follows from the others
        kwargs["tie_word_embeddings"] = tied
        kwargs.update(pad_token_id=pad_token_id, eos_token_id=eos_token_id)
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.cell = cell
        self.embedding_size = embedding_size
        self.recurrent_size = recurrent_size
        self.layers = layers
        self.tied = tied
        self.bidirectional = bidirectional
        self.embedding_dropout = embedding_dropout
        self.input_dropout = input_dropout
        self.weight_dropout = weight_dropout
        self.hidden_dropout = hidden_dropout
        self.output_dropout = output_dropout
        self.activation_penalty = activation_penalty
        self.temporal_penalty = temporal_penalty
        self.pooling = pooling
        self.classifier_dropout = classifier_dropout
        self.hidden_size = self.sizes[-1] * (2 if bidirectional else 1)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The width of each layer, lowest first."""
        last = self.embedding_size if self.tied else self.recurrent_size
        return (*(self.recurrent_size for _ in range(self.layers - 1)), last)


@dataclass
class RecurrentOutput(ModelOutput):
    """What a `RecurrentModel` gives: see its `forward`."""

    last_hidden_state: torch.Tensor | None = None
    hidden_states: tuple[torch.Tensor, ...] | None = None
    state: Carried | None = None


class RecurrentPreTrainedModel(PreTrainedModel):
    """What transformers asks of a family of models."""

    config_class = RecurrentConfig
    base_model_prefix = "model"

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, RecurrentLayer | ScaledEmbedding):
            module.reset_parameters()
        elif isinstance(module, nn.Linear):
            if module is getattr(self, "decoder", None):  # as an embedding, which it may be
                bound = math.sqrt(3 / module.in_features)
                nn.init.uniform_(module.weight, -bound, bound)
            else:
                nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)


class RecurrentModel(RecurrentPreTrainedModel):
    """Embedding and layers. When it is not training, what it says of a text depends on that text alone."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        self.embedding = ScaledEmbedding(config.vocab_size, config.embedding_size)
        self.layers = self._stack()
        self.backward_layers = self._stack() if config.bidirectional else None
        self.post_init()

    def _stack(self) -> nn.ModuleList:
        widths = (self.config.embedding_size, *self.config.sizes)
        return nn.ModuleList(
            RecurrentLayer(self.config.cell, below, size, weight_dropout=self.config.weight_dropout)
            for below, size in pairwise(widths)
        )

    def get_input_embeddings(self) -> nn.Module:
        return self.embedding

    def set_input_embeddings(self, value: Any) -> None:
        self.embedding = value

    def embed(self, ids: torch.Tensor) -> torch.Tensor:
        """Word vectors `(..., embedding_size)` of `ids`, without those of dropped words."""
        share = self.config.embedding_dropout if self.training else 0.0
        return word_dropout(ids, self.embedding(ids), self.embedding.num_embeddings, share)

    def read(self, x: torch.Tensor, state: Sequence[State] | None = None, *, backward: bool = False) -> Reading:
        """One stack over word vectors `(length, n, embedding_size)`, given in the order in which it reads them."""
        layers = self.backward_layers if backward else self.layers
        if layers is None:
            raise ValueError("a model that is not bidirectional does not read backwards")
        if not self.training:
            return read(layers, x, state)
        x = locked_dropout(x, self.config.input_dropout)
        dropped = {name: getattr(self.config, name) for name in ("hidden_dropout", "output_dropout")}
        return read(layers, x, state, **dropped)

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        state: Carried | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
    ) -> RecurrentOutput | tuple[Any, ...]:
        """States of texts `(n, length)` that are padded on the right.

        `last_hidden_state` is `(n, length, hidden_size)`, after dropout. `hidden_states` are the word vectors and the
        outputs of each layer, before dropout. Of a bidirectional model, the second half of a state belongs to the
        backward stack, which begins at the last token that `attention_mask` shows. `state` carries on from an earlier
        piece of the same texts; it is given back as after the last place, padding included.
        """
        given: Any = input_ids  # one of the two is there
        x = (self.embed(given) if inputs_embeds is None else inputs_embeds).transpose(0, 1)
        depth = len(self.layers)
        forward = self.read(x, None if state is None else state[:depth])
        outputs, top, after = list(forward.outputs), forward.top, forward.state
        if self.backward_layers is not None:
            length, n, _ = x.shape
            lengths = x.new_full((n,), length, dtype=torch.long) if attention_mask is None else attention_mask.sum(1)
            places = turning(lengths, length)
            backward = self.read(turn(x, places), None if state is None else state[depth:], backward=True)
            pairs = zip(outputs, backward.outputs, strict=True)
            outputs = [torch.cat([left, turn(right, places)], dim=-1) for left, right in pairs]
            top, after = torch.cat([top, turn(backward.top, places)], dim=-1), (*after, *backward.state)
        if output_hidden_states is None:
            output_hidden_states = self.config.output_hidden_states
        found = RecurrentOutput(
            last_hidden_state=top.transpose(0, 1),
            hidden_states=tuple(each.transpose(0, 1) for each in (x, *outputs)) if output_hidden_states else None,
            state=after,
        )
        return as_asked(found, return_dict)
