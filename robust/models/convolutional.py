"""A convolutional text classifier, whose answers can be bounded over substitutions of words.

Cite Kim 2014 (Convolutional Neural Networks for Sentence Classification, arXiv:1408.5882) for convolutions over word
vectors, Jia et al. 2019 (arXiv:1909.00986) for the layer below them and the bounds.
"""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from robust.models import bounds
from robust.models.bounds import Interval
from robust.models.outputs import classified
from robust.models.pooled import pool

POOLINGS = ("max", "mean")


class ConvolutionalConfig(PretrainedConfig):
    """Configuration of the convolutional classifier.

    Word vectors of length `embedding_size` go through a linear layer, a convolution over `kernel_size` (odd) places
    with as many channels (`hidden_size`), the `pooling` over places, and a hidden layer, all with ReLU. `dropout` is
    that of what the convolution, the hidden layer and the last layer read.
    """

    model_type = "robust-convolutional"

    def __init__(
        self,
        vocab_size: int = 8000,
        embedding_size: int = 100,
        hidden_size: int = 100,
        kernel_size: int = 3,
        pooling: str = "max",
        dropout: float = 0.1,
        pad_token_id: int | None = 0,
        **kwargs: Any,
    ) -> None:
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(POOLINGS)}, not {pooling!r}")
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size is odd, not {kernel_size}")
        super().__init__(**kwargs)
        self.pad_token_id = pad_token_id
        self.vocab_size = vocab_size
        self.embedding_size = embedding_size
        self.hidden_size = hidden_size
        self.kernel_size = kernel_size
        self.pooling = pooling
        self.dropout = dropout


class ConvolutionalForSequenceClassification(PreTrainedModel):
    """Word vectors, a linear layer, a convolution, pooling, a hidden layer, logits.

    What it says of a text does not depend on padding. *Differs from Kim 2014*: one width of the convolution, and layers
    below and above it, as in Jia et al. 2019.
    """

    config_class = ConvolutionalConfig
    base_model_prefix = "convolutional"

    def __init__(self, config: ConvolutionalConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels or 2
        size = config.hidden_size
        self.embedding = nn.Embedding(config.vocab_size, config.embedding_size)
        self.projection = nn.Linear(config.embedding_size, size)
        self.convolution = nn.Conv1d(size, size, config.kernel_size, padding=config.kernel_size // 2)
        self.hidden = nn.Linear(size, size)
        self.classifier = nn.Linear(size, self.num_labels)
        self.dropout = nn.Dropout(config.dropout)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Embedding):  # short: boxes around words that were never seen are then narrow
            nn.init.normal_(module.weight, std=0.05)
        elif isinstance(module, nn.Linear | nn.Conv1d):
            module.reset_parameters()

    def get_input_embeddings(self) -> nn.Module:
        return self.embedding

    def set_input_embeddings(self, value: Any) -> None:
        self.embedding = value

    @property
    def last(self) -> nn.Linear:
        """See `robust.models.bounds.Bounded`."""
        return self.classifier

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        return_dict: bool | None = None,
    ) -> SequenceClassifierOutput | tuple[torch.Tensor, ...]:
        """Logits `(n, labels)` and, with `labels` `(n,)`, the mean cross entropy."""
        if inputs_embeds is None:
            if input_ids is None:
                raise ValueError("give input_ids or inputs_embeds")
            inputs_embeds = self.embedding(input_ids.long())
        mask = attention_mask if attention_mask is not None else inputs_embeds.new_ones(inputs_embeds.shape[:2])
        words = self.projection(inputs_embeds).relu() * mask.unsqueeze(-1)  # what is no word is as what is beyond it
        states = self.convolution(self.dropout(words).transpose(1, 2)).relu().transpose(1, 2)
        pooled = pool(states, mask, self.config.pooling)
        features = self.hidden(self.dropout(pooled)).relu()
        logits = self.classifier(self.dropout(features))
        return classified(logits, labels, return_dict)

    def features_within(self, vectors: Interval, mask: torch.Tensor) -> Interval:
        """See `robust.models.bounds.Bounded`: the layers of `forward`, one by one."""
        places = mask.unsqueeze(-1).to(vectors.low.dtype)
        words = bounds.linear(vectors, self.projection.weight, self.projection.bias)
        words = words.through(lambda x: x.relu() * places)
        moved = words.through(lambda x: x.transpose(1, 2))
        convolution = self.convolution
        found = bounds.convolution(moved, convolution.weight, convolution.bias, self.config.kernel_size // 2)
        pooled = found.through(lambda x: pool(x.relu().transpose(1, 2), mask, self.config.pooling))
        return bounds.linear(pooled, self.hidden.weight, self.hidden.bias).through(torch.relu)


AutoConfig.register(ConvolutionalConfig.model_type, ConvolutionalConfig, exist_ok=True)
AutoModelForSequenceClassification.register(ConvolutionalConfig, ConvolutionalForSequenceClassification, exist_ok=True)
