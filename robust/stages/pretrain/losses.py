"""Losses of transformer language models, as modules: a batch in, a scalar out."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import torch
from torch import nn
from torch.nn.functional import cross_entropy

_SAME = 1e-5
"""Losses this near each other, as a share, are the same: float32 adds up in another order."""


class MaskedLoss(nn.Module):
    """Mean cross entropy of a masked language model over the places to guess.

    The head (a projection to the whole vocabulary) is applied to these places alone: with 15 % masked it does a seventh
    of the work. It is found under the names that the families of transformers give it; a model of another family is run
    whole, which costs more. See `checked` for heads that are not all there is.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.head = next((name for name in ("cls", "lm_head") if hasattr(model, name)), None)
        self.whole = self.head is None

    def forward(self, ids: torch.Tensor, places: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """`ids` (n, length); `places` (k,) in the flattened batch; `targets` (k,)."""
        if self.whole or self.head is None:
            logits = self.model(input_ids=ids).logits.flatten(0, 1)[places]
        else:
            hidden = self.model.base_model(input_ids=ids).last_hidden_state.flatten(0, 1)[places]
            logits = getattr(self.model, self.head)(hidden)
        return cross_entropy(logits.float(), targets)


class CausalLoss(nn.Module):
    """Mean cross entropy of the next token at every place but the last.

    The vocabulary is projected to for `chunk` places at a time, so that memory does not hold (n · length, vocabulary)
    float32 numbers twice. A model that does more to its logits than to project is run whole (see `checked`).
    """

    def __init__(self, model: Any, *, chunk: int = 2048) -> None:
        super().__init__()
        self.model = model
        self.chunk = chunk
        self.whole = model.get_output_embeddings() is None

    def forward(self, ids: torch.Tensor, places: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """`ids` (n, length); `places` and `targets` are not used: every token is the target of the one before."""
        if self.whole:
            head, found = nn.Identity(), self.model(input_ids=ids).logits
        else:
            head, found = self.model.get_output_embeddings(), self.model.base_model(input_ids=ids).last_hidden_state
        wanted = ids[:, 1:].flatten()
        parts = [
            cross_entropy(head(piece).float(), aim, reduction="sum")
            for piece, aim in zip(
                torch.split(found[:, :-1].flatten(0, 1), self.chunk), torch.split(wanted, self.chunk), strict=True
            )
        ]
        return torch.stack(parts).sum() / len(wanted)


Loss = TypeVar("Loss", MaskedLoss, CausalLoss)


def checked(loss: Loss, ids: torch.Tensor) -> Loss:
    """The loss, which runs the model whole from now on if its short cut gives another number on `ids` `(n, length)`.

    Models scale their logits (Granite, Cohere), cap them (Gemma 2) or have a head of several parts that is known by its
    last (BERT read from left to right): with the output layer alone they would learn something else.
    """
    if loss.whole:
        return loss
    training = loss.model.training
    places, targets = torch.arange(ids.numel(), device=ids.device), ids.flatten()
    loss.model.eval()
    with torch.no_grad():
        try:
            short = float(loss(ids, places, targets))
        except (AttributeError, TypeError, ValueError, RuntimeError):  # the parts do not fit together
            short = math.nan
        loss.whole = True
        whole = float(loss(ids, places, targets))
    loss.whole = not math.isclose(short, whole, rel_tol=_SAME)
    loss.model.train(training)
    return loss
