"""Texts as averages of word vectors: a classifier that does not see the order of words.

Cite Iyyer et al. 2015 (Deep Unordered Composition Rivals Syntactic Methods for Text Classification) for averages under
hidden layers.
"""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput, SequenceClassifierOutput

from robust.models import vectors as files
from robust.models import words
from robust.models.outputs import as_asked, classified
from robust.models.pooled import pool

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

POOLINGS = ("mean", "mean-max")
MAX_LENGTH = 4096
"""Tokens that a text is cut to, unless a user says otherwise: the model itself has no limit."""


class AveragedConfig(PretrainedConfig):
    """Configuration of the averaged models.

    `hidden_size` is the length of a word vector. `pooling` is the `mean` of a text's vectors, or `mean-max`, their mean
    and their maximum side by side. `head_size` is the width of a hidden layer of the head (None: there is none, the
    classifier is linear), `dropout` that of what the head reads. The first `zeros` tokens have vectors of zeros, which
    do not count.
    """

    model_type = "robust-averaged"

    def __init__(
        self,
        vocab_size: int = 8000,
        hidden_size: int = 100,
        pooling: str = "mean",
        head_size: int | None = None,
        dropout: float = 0.0,
        zeros: int = len(words.SPECIAL),
        pad_token_id: int | None = 0,
        **kwargs: Any,
    ) -> None:
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(POOLINGS)}, not {pooling!r}")
        super().__init__(**kwargs)
        self.pad_token_id = pad_token_id
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.pooling = pooling
        self.head_size = head_size
        self.dropout = dropout
        self.zeros = zeros


class AveragedPreTrainedModel(PreTrainedModel):
    """What transformers asks of a family of models."""

    config_class = AveragedConfig
    base_model_prefix = "averaged"

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight)
            with torch.no_grad():
                module.weight[: self.config.zeros] = 0
        elif isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)


class AveragedModel(AveragedPreTrainedModel):
    """The vectors of a text's words."""

    def __init__(self, config: AveragedConfig) -> None:
        super().__init__(config)
        self.embedding = nn.Embedding(config.vocab_size, config.hidden_size)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.embedding

    def set_input_embeddings(self, value: nn.Module) -> None:
        assert isinstance(value, nn.Embedding)
        self.embedding = value

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
    ) -> BaseModelOutput | tuple[torch.Tensor, ...]:
        """`last_hidden_state` `(n, length, hidden_size)`: the vectors as they are, whatever stands beside them."""
        if inputs_embeds is None:
            if input_ids is None:
                raise ValueError("give input_ids or inputs_embeds")
            inputs_embeds = self.embedding(input_ids.long())
        output = BaseModelOutput(
            last_hidden_state=inputs_embeds, hidden_states=(inputs_embeds,) if output_hidden_states else None
        )
        return as_asked(output, return_dict)


class AveragedForSequenceClassification(AveragedPreTrainedModel):
    """A text classifier: the mean of the word vectors, a linear layer; a hidden layer between them if asked for.

    A token whose vector is zero does not count in the mean: padding, [SEP], [MASK], so that masking words while the
    model trains drops them as Iyyer et al. 2015 do, and [UNK] where it has no vector. Zeros stay zeros in training.
    """

    def __init__(self, config: AveragedConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels or 2
        self.averaged = AveragedModel(config)
        width = config.hidden_size * (2 if config.pooling == "mean-max" else 1)
        layers: list[nn.Module] = [nn.Dropout(config.dropout)]
        if config.head_size is not None:
            layers += [nn.Linear(width, config.head_size), nn.ReLU(), nn.Dropout(config.dropout)]
            width = config.head_size
        self.classifier = nn.Sequential(*layers, nn.Linear(width, self.num_labels))
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
    ) -> SequenceClassifierOutput | tuple[torch.Tensor, ...]:
        """Logits `(n, labels)` and, with `labels` `(n,)`, the mean cross entropy. Texts without a known word: bias."""
        found = self.averaged(
            input_ids, inputs_embeds=inputs_embeds, output_hidden_states=output_hidden_states, return_dict=True
        )
        states = found.last_hidden_state
        counted = (states != 0).any(dim=-1)
        if attention_mask is not None:
            counted = counted & attention_mask.bool()
        parts = ("mean", "max") if self.config.pooling == "mean-max" else ("mean",)
        logits = self.classifier(torch.cat([pool(states, counted, part) for part in parts], dim=-1))
        return classified(logits, labels, return_dict, hidden_states=found.hidden_states)


def from_vectors(
    folder: Path,
    labels: Sequence[str] = (),
    *,
    pooling: Literal["mean", "mean-max"] = "mean",
    head_size: int | None = None,
    dropout: float = 0.0,
    unknown: Literal["zero", "mean"] = "zero",
    max_length: int = MAX_LENGTH,
) -> tuple[AveragedForSequenceClassification, PreTrainedTokenizerBase]:
    """A classifier on the word vectors that `folder` holds, and the tokeniser that knows their words.

    The head is drawn from torch's generator. Words without a vector do not count (`zero`) or read as the mean of all
    vectors (`mean`). The two texts of a pair are read as one. Raises what `robust.models.vectors.read` raises.

    The table is shifted and scaled as a whole, so that over the words of running text its mean is 0 and the mean square
    of a component 1: a linear head can undo it, and learns as fast whatever made the vectors.
    """
    found = files.read(folder)
    table = standardised(found)
    names: dict[str, Any] = {} if not labels else {"id2label": dict(enumerate(labels)), "label2id": _numbered(labels)}
    special = np.zeros((len(words.SPECIAL), found.size), dtype=np.float32)
    if unknown == "mean":
        special[list(words.SPECIAL).index("unk")] = table.mean(axis=0)
    config = AveragedConfig(
        vocab_size=len(special) + len(table),
        hidden_size=found.size,
        pooling=pooling,
        head_size=head_size,
        dropout=dropout,
        **names,
    )
    model = AveragedForSequenceClassification(config)
    with torch.no_grad():
        model.averaged.embedding.weight.copy_(torch.from_numpy(np.concatenate([special, table])))
    return model, words.tokenizer(found.words, lowercase=found.lowercase, max_length=max_length)


def standardised(vectors: files.Vectors) -> NDArray[np.float32]:
    """The table less its mean over running words, divided by one number: the root of the mean square that is left."""
    weights = np.ones(len(vectors)) if vectors.counts is None else vectors.counts.astype(np.float64)
    weights = weights / weights.sum()
    centred = vectors.table - (weights @ vectors.table).astype(np.float32)
    spread = float(np.sqrt(weights @ np.square(centred, dtype=np.float64).mean(axis=1)))
    scaled: NDArray[np.float32] = centred / np.float32(spread or 1.0)
    return scaled


def _numbered(labels: Sequence[str]) -> dict[str, int]:
    return {label: at for at, label in enumerate(labels)}


AutoConfig.register(AveragedConfig.model_type, AveragedConfig, exist_ok=True)
AutoModel.register(AveragedConfig, AveragedModel, exist_ok=True)
AutoModelForSequenceClassification.register(AveragedConfig, AveragedForSequenceClassification, exist_ok=True)
