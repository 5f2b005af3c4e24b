"""ELMo: contextual word vectors from a bidirectional language model, mixed by a few trained numbers.

Cite Peters et al. 2018, Deep contextualized word representations, arXiv:1802.05365.
"""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.modeling_outputs import BaseModelOutput, SequenceClassifierOutput, TokenClassifierOutput

from robust.models.outputs import as_asked, classified, tagged
from robust.models.pooled import pool
from robust.models.recurrent_layers import RecurrentLayer, ScaledEmbedding
from robust.models.recurrent_model import RecurrentConfig, RecurrentModel

POOLINGS = ("mean", "max")


class ElmoConfig(PretrainedConfig):
    """Configuration of the ELMo models.

    `language_model` is a `RecurrentConfig` as a mapping: bidirectional, all its layers as wide as its word vectors,
    which the mixture needs. `frozen` keeps the language model as it is: only mixture and head learn. `layer_norm`
    normalises each layer over its width before mixing (section 3.2 of the paper). `pooling` (of the text classifier) is
    one of `POOLINGS`; `dropout` is that of the mixture in the classifiers.
    """

    model_type = "robust-elmo"
    attribute_map = {"num_hidden_layers": "layers"}  # noqa: RUF012 (transformers declares it so)

    def __init__(
        self,
        language_model: Mapping[str, Any] | None = None,
        frozen: bool = True,
        layer_norm: bool = False,
        pooling: str = "mean",
        dropout: float = 0.1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is one of {', '.join(POOLINGS)}, not {pooling!r}")
        known = {"model_type", "architectures", "dtype", "torch_dtype", "transformers_version", "id2label", "label2id"}
        self.language_model = {
            key: value
            for key, value in (language_model or {"bidirectional": True, "recurrent_size": 128}).items()
            if key not in known and not key.startswith("_")
        }
        self.frozen = frozen
        self.layer_norm = layer_norm
        self.pooling = pooling
        self.dropout = dropout
        inner = self.inner()
        if not inner.bidirectional or set(inner.sizes) != {inner.embedding_size}:
            raise ValueError(
                "ELMo mixes the layers of a bidirectional language model, each as wide as its word vectors "
                f"({inner.embedding_size}); this one has layers of {inner.sizes}"
            )
        for name in ("vocab_size", "layers", "hidden_size", "pad_token_id", "eos_token_id"):
            setattr(self, name, getattr(inner, name))

    def inner(self) -> RecurrentConfig:
        """The configuration of the language model."""
        return RecurrentConfig(**self.language_model)


class ScalarMixture(nn.Module):
    """γ Σ_j s_j h_j over the layers h_j, with s = softmax of the trained `weights` (Peters et al. 2018, equation 1).

    It begins as the mean: `weights` 0, `scale` (γ) 1.
    """

    def __init__(self, layers: int, *, layer_norm: bool = False) -> None:
        super().__init__()
        self.layer_norm = layer_norm
        self.weights = nn.Parameter(torch.zeros(layers))
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, states: Sequence[torch.Tensor]) -> torch.Tensor:
        """The mixture `(n, length, width)` of as many tensors of that shape as there are weights."""
        if self.layer_norm:
            states = [F.layer_norm(each, each.shape[-1:]) for each in states]
        shares = self.weights.softmax(0)
        total = sum((share * each for share, each in zip(shares, states, strict=True)), torch.zeros_like(states[0]))
        return self.scale * total


class ElmoPreTrainedModel(PreTrainedModel):
    """The language model `lm` and the `mixture`, which all ELMo models have under these names."""

    config_class = ElmoConfig
    base_model_prefix = "lm"

    def __init__(self, config: ElmoConfig) -> None:
        super().__init__(config)
        self.lm = RecurrentModel(config.inner())
        self.mixture = ScalarMixture(1 + config.layers, layer_norm=config.layer_norm)
        self.hold()

    @classmethod
    def from_pretrained(cls, *args: Any, **kwargs: Any) -> Any:
        """As of every model; what is frozen stays so, which transformers 5 forgets when it puts in the weights."""
        found = super().from_pretrained(*args, **kwargs)
        (found[0] if isinstance(found, tuple) else found).hold()
        return found

    def hold(self) -> None:
        """Let the language model learn nothing, where the configuration says `frozen`."""
        if self.config.frozen:
            self.lm.requires_grad_(False)

    def get_input_embeddings(self) -> nn.Module:
        return self.lm.embedding

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.lm.set_input_embeddings(value)

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, RecurrentLayer | ScaledEmbedding):
            module.reset_parameters()
        elif isinstance(module, ScalarMixture):
            nn.init.zeros_(module.weights)
            nn.init.ones_(module.scale)
        elif isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)

    def train(self, mode: bool = True) -> ElmoPreTrainedModel:
        """As of every module, but a language model that does not learn gives its features without dropout."""
        super().train(mode)
        if not any(weight.requires_grad for weight in self.lm.parameters()):
            self.lm.eval()
        return self

    def layers_of(self, input_ids: Any, attention_mask: Any, inputs_embeds: Any) -> tuple[torch.Tensor, ...]:
        """h_0 (the word vectors, twice side by side) to h_L, `(n, length, hidden_size)` each."""
        found = self.lm(
            input_ids,
            attention_mask=attention_mask,
            inputs_embeds=inputs_embeds,
            output_hidden_states=True,
            return_dict=True,
        ).hidden_states
        return (torch.cat([found[0], found[0]], dim=-1), *found[1:])


class ElmoModel(ElmoPreTrainedModel):
    """ELMo vectors of texts: `last_hidden_state` is the mixture, `hidden_states` are the layers."""

    def __init__(self, config: ElmoConfig) -> None:
        super().__init__(config)
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
    ) -> BaseModelOutput | tuple[torch.Tensor, ...]:
        """The mixture `(n, length, hidden_size)` for texts that are padded on the right."""
        layers = self.layers_of(input_ids, attention_mask, inputs_embeds)
        output = BaseModelOutput(
            last_hidden_state=self.mixture(layers), hidden_states=layers if output_hidden_states else None
        )
        return as_asked(output, return_dict)


class ElmoForSequenceClassification(ElmoPreTrainedModel):
    """A text classifier: the mixture, pooled, dropout, a linear layer."""

    def __init__(self, config: ElmoConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels or 2
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
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
        """Logits `(n, labels)` and, with `labels` `(n,)`, the mean cross entropy."""
        layers = self.layers_of(input_ids, attention_mask, inputs_embeds)
        mixed = self.mixture(layers)
        mask = torch.ones(mixed.shape[:2], device=mixed.device) if attention_mask is None else attention_mask
        logits = self.classifier(self.dropout(pool(mixed, mask, self.config.pooling)))
        return classified(logits, labels, return_dict, hidden_states=layers if output_hidden_states else None)


class ElmoForTokenClassification(ElmoPreTrainedModel):
    """A tagger: the mixture at each token, dropout, a linear layer."""

    def __init__(self, config: ElmoConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels or 2
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(config.hidden_size, self.num_labels)
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
    ) -> TokenClassifierOutput | tuple[torch.Tensor, ...]:
        """Logits `(n, length, labels)` and, with `labels` `(n, length)` (-100: none), the mean cross entropy."""
        layers = self.layers_of(input_ids, attention_mask, inputs_embeds)
        logits = self.classifier(self.dropout(self.mixture(layers)))
        return tagged(logits, labels, return_dict, hidden_states=layers if output_hidden_states else None)


AutoConfig.register(ElmoConfig.model_type, ElmoConfig, exist_ok=True)
AutoModel.register(ElmoConfig, ElmoModel, exist_ok=True)
AutoModelForSequenceClassification.register(ElmoConfig, ElmoForSequenceClassification, exist_ok=True)
AutoModelForTokenClassification.register(ElmoConfig, ElmoForTokenClassification, exist_ok=True)
