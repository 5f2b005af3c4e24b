"""Recurrent language models (RNN, GRU, LSTM, AWD-LSTM) and classifiers on them, as transformers models.

Cite Merity et al. 2018 (Regularizing and Optimizing LSTM Language Models) for the dropouts, Howard & Ruder 2018
(Universal Language Model Fine-tuning for Text Classification) for classifiers on a language model, Peters et al. 2018
(Deep contextualized word representations) for the bidirectional language model.
"""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
)
from transformers.modeling_outputs import CausalLMOutput, SequenceClassifierOutput, TokenClassifierOutput

from robust.models.bounds import Interval
from robust.models.outputs import as_asked, classified, tagged
from robust.models.pooled import pool
from robust.models.recurrent_bounds import states_within
from robust.models.recurrent_layers import Carried, Reading, State
from robust.models.recurrent_loss import linear_cross_entropy
from robust.models.recurrent_model import RecurrentConfig, RecurrentModel, RecurrentPreTrainedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class NextToken:
    """A language model on a stretch of text: mean cross entropy, what AR and TAR add to it, and the state after it."""

    loss: torch.Tensor
    penalty: torch.Tensor
    state: Carried


class RecurrentForCausalLM(RecurrentPreTrainedModel):
    """A language model; a bidirectional one is two, forwards and backwards, that share embedding and output."""

    # Both forms of transformers read it: 4 looks at the keys, 5 at the pairs.
    _tied_weights_keys = {"decoder.weight": "model.embedding.weight"}  # noqa: RUF012

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        self.model = RecurrentModel(config)
        self.decoder = nn.Linear(config.sizes[-1], config.vocab_size)
        if config.tied:
            self.decoder.weight = self.model.embedding.weight
        self.post_init()

    def get_output_embeddings(self) -> nn.Module:
        return self.decoder

    def set_output_embeddings(self, new_embeddings: nn.Linear) -> None:
        self.decoder = new_embeddings

    def next_token(
        self,
        ids: torch.Tensor,
        targets: torch.Tensor,
        state: Sequence[State] | None = None,
        *,
        backward: bool = False,
    ) -> NextToken:
        """The loss of predicting `targets` from `ids`, both `(n, length)`, without a row of logits for every token.

        `targets` are already shifted: the token after each of `ids`, or before it where `backward`, with which `ids`
        themselves are given in reverse. AR is alpha · mean(m² h²), of the last layer's outputs after dropout (mask m),
        TAR beta · mean((h[t + 1] - h[t])²), of those before (Merity et al. 2018, section 4.3).
        """
        reading = self.model.read(self.model.embed(ids.T), state, backward=backward)
        hidden = reading.top.flatten(0, 1)
        loss = linear_cross_entropy(hidden, self.decoder.weight, self.decoder.bias, targets.T.flatten())
        return NextToken(loss=loss, penalty=self._penalty(reading), state=reading.state)

    def _penalty(self, reading: Reading) -> torch.Tensor:
        total = torch.zeros((), device=reading.top.device)
        if self.config.activation_penalty:
            total = total + self.config.activation_penalty * reading.top.float().square().mean()
        if self.config.temporal_penalty and len(reading.top) > 1:
            total = total + self.config.temporal_penalty * reading.outputs[-1].float().diff(dim=0).square().mean()
        return total

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        return_dict: bool | None = None,
    ) -> CausalLMOutput | tuple[torch.Tensor, ...]:
        """Logits `(n, length, vocabulary)` of the token after each place, by the forward model.

        With `labels` (as a rule `input_ids`; -100 is left out), the mean cross entropy, of both directions where there
        are two. They are shifted here. The penalties are for `next_token` alone.
        """
        found = self.model(
            input_ids,
            attention_mask=attention_mask,
            inputs_embeds=inputs_embeds,
            output_hidden_states=output_hidden_states,
            return_dict=True,
        )
        states = found.last_hidden_state.split(self.config.sizes[-1], dim=-1)
        logits = self.decoder(states[0])
        loss = None
        if labels is not None:
            loss = _shifted(logits[:, :-1], labels[:, 1:])
            if len(states) == 2:
                real = torch.ones_like(labels) if attention_mask is None else attention_mask
                before = labels[:, :-1].masked_fill(real[:, 1:] == 0, -100)
                loss = (loss + _shifted(self.decoder(states[1][:, 1:]), before)) / 2
        output = CausalLMOutput(loss=loss, logits=logits, hidden_states=found.hidden_states)
        return as_asked(output, return_dict)


def _shifted(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


class RecurrentForSequenceClassification(RecurrentPreTrainedModel):
    """A text classifier: pooled states, dropout, a linear layer."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels or 2
        self.model = RecurrentModel(config)
        self.dropout = nn.Dropout(config.classifier_dropout)
        parts = 3 if config.pooling == "concat" else 1
        self.classifier = nn.Linear(parts * config.hidden_size, self.num_labels)
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
        found = self.model(
            input_ids,
            attention_mask=attention_mask,
            inputs_embeds=inputs_embeds,
            output_hidden_states=output_hidden_states,
            return_dict=True,
        )
        states = found.last_hidden_state
        mask = torch.ones(states.shape[:2], device=states.device) if attention_mask is None else attention_mask
        pooled = summary(states, mask, self.config.pooling, bidirectional=self.config.bidirectional)
        logits = self.classifier(self.dropout(pooled))
        return classified(logits, labels, return_dict, hidden_states=found.hidden_states)

    @property
    def last(self) -> nn.Linear:
        """See `robust.models.bounds.Bounded`."""
        return self.classifier

    def features_within(self, vectors: Interval, mask: torch.Tensor) -> Interval:
        """See `robust.models.bounds.Bounded`."""
        how = self.config
        states = states_within(self.model, vectors, mask)
        return states.through(lambda x: summary(x, mask, how.pooling, bidirectional=how.bidirectional))


def summary(states: torch.Tensor, mask: torch.Tensor, pooling: str, *, bidirectional: bool) -> torch.Tensor:
    """One vector for each text, as `pool` makes it, from states `(n, length, width)`.

    For `last` the backward half of a state is taken at the first token: each direction where it has read everything.
    """
    if pooling == "concat":
        parts = ("last", "max", "mean")
        return torch.cat([summary(states, mask, part, bidirectional=bidirectional) for part in parts], dim=-1)
    if pooling == "last" and bidirectional:
        forward, backward = states.chunk(2, dim=-1)
        return torch.cat([pool(forward, mask, "last"), pool(backward, mask, "cls")], dim=-1)
    return pool(states, mask, pooling)


class RecurrentForTokenClassification(RecurrentPreTrainedModel):
    """A tagger: the state at each token, dropout, a linear layer."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels or 2
        self.model = RecurrentModel(config)
        self.dropout = nn.Dropout(config.classifier_dropout)
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
        found = self.model(
            input_ids,
            attention_mask=attention_mask,
            inputs_embeds=inputs_embeds,
            output_hidden_states=output_hidden_states,
            return_dict=True,
        )
        logits = self.classifier(self.dropout(found.last_hidden_state))
        return tagged(logits, labels, return_dict, hidden_states=found.hidden_states)


AutoConfig.register(RecurrentConfig.model_type, RecurrentConfig, exist_ok=True)
AutoModel.register(RecurrentConfig, RecurrentModel, exist_ok=True)
AutoModelForCausalLM.register(RecurrentConfig, RecurrentForCausalLM, exist_ok=True)
AutoModelForSequenceClassification.register(RecurrentConfig, RecurrentForSequenceClassification, exist_ok=True)
AutoModelForTokenClassification.register(RecurrentConfig, RecurrentForTokenClassification, exist_ok=True)
