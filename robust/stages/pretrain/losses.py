"""Losses of transformer language models, as modules: a batch in, a scalar out."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy


class MaskedLoss(nn.Module):
    """Mean cross entropy of a masked language model over the places to guess.

    The head (a projection to the whole vocabulary) is applied to these places alone: with 15 % masked it does a seventh
    of the work. It is found under the names that the families of transformers give it; a model of another family is run
    whole, which costs more and gives the same number.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.head = next((name for name in ("cls", "lm_head") if hasattr(model, name)), None)

    def forward(self, ids: torch.Tensor, places: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """`ids` (n, length); `places` (k,) in the flattened batch; `targets` (k,)."""
        if self.head is None:
            logits = self.model(input_ids=ids).logits.flatten(0, 1)[places]
        else:
            hidden = self.model.base_model(input_ids=ids).last_hidden_state.flatten(0, 1)[places]
            logits = getattr(self.model, self.head)(hidden)
        return cross_entropy(logits.float(), targets)


class CausalLoss(nn.Module):
    """Mean cross entropy of the next token at every place but the last.

    The vocabulary is projected to for `chunk` places at a time, so that memory does not hold (n · length, vocabulary)
    float32 numbers twice.
    """

    def __init__(self, model: Any, *, chunk: int = 2048) -> None:
        super().__init__()
        self.model = model
        self.chunk = chunk

    def forward(self, ids: torch.Tensor, places: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """`ids` (n, length); `places` and `targets` are not used: every token is the target of the one before."""
        head = self.model.get_output_embeddings()
        hidden = self.model.base_model(input_ids=ids).last_hidden_state[:, :-1].flatten(0, 1)
        wanted = ids[:, 1:].flatten()
        parts = [
            cross_entropy(head(piece).float(), aim, reduction="sum")
            for piece, aim in zip(torch.split(hidden, self.chunk), torch.split(wanted, self.chunk), strict=True)
        ]
        return torch.stack(parts).sum() / len(wanted)
