"""What models with a head give back: transformers' outputs, or plain tuples where these are asked for."""

from __future__ import annotations

from typing import TypeVar

import torch
import torch.nn.functional as F
from transformers.modeling_outputs import SequenceClassifierOutput, TokenClassifierOutput
from transformers.utils.generic import ModelOutput

Output = TypeVar("Output", bound=ModelOutput)
Tensors = tuple[torch.Tensor, ...]


def as_asked(output: Output, return_dict: bool | None) -> Output | Tensors:
    """The output; where `return_dict` is False, its parts that are there as a tuple."""
    if return_dict is not False:
        return output
    parts: Tensors = output.to_tuple()
    return parts


def classified(
    logits: torch.Tensor,
    labels: torch.Tensor | None,
    return_dict: bool | None,
    *,
    hidden_states: Tensors | None = None,
    attentions: Tensors | None = None,
) -> SequenceClassifierOutput | Tensors:
    """Logits `(n, labels)` and, with `labels` `(n,)`, their mean cross entropy in float32."""
    loss = None if labels is None else F.cross_entropy(logits.float(), labels)
    output = SequenceClassifierOutput(loss=loss, logits=logits, hidden_states=hidden_states, attentions=attentions)
    return as_asked(output, return_dict)


def tagged(
    logits: torch.Tensor,
    labels: torch.Tensor | None,
    return_dict: bool | None,
    *,
    hidden_states: Tensors | None = None,
) -> TokenClassifierOutput | Tensors:
    """Logits `(n, length, labels)` and, with `labels` `(n, length)` (-100: none), their mean cross entropy."""
    loss = None if labels is None else F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten())
    return as_asked(TokenClassifierOutput(loss=loss, logits=logits, hidden_states=hidden_states), return_dict)
