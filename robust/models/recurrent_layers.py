"""Recurrent layers with the dropouts of AWD-LSTM: whole words, locked over time, and on the recurrent weights.

Everything here is time first, `(length, n, width)`, as torch's fused kernels read it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import torch
from torch import nn
from torch.nn import functional as F

GATES: Mapping[str, int] = {"rnn": 1, "gru": 3, "lstm": 4}
"""Cells, and how many matrices the recurrent weights of each stack: tanh; Cho et al. 2014; Hochreiter & Schmidhuber."""

State: TypeAlias = tuple[torch.Tensor, ...]
"""What one layer carries from step to step: (h,), or (h, c) for an LSTM, each `(n, size)`."""

Carried: TypeAlias = tuple[State, ...]
"""The states of all layers, lowest first; where there are two directions, those of the backward layers come after."""


class ScaledEmbedding(nn.Embedding):
    """Word vectors whose matrix has rows of length about 1, read times sqrt(width).

    So a tied matrix serves both ends: as output weights its rows are short, as inputs its entries have variance 1.

    *Differs from Merity et al. 2018*, who read the matrix as it is, from U(-0.1, 0.1): the inputs are then so small
    that the layers learn late (perplexity 229 after 200 short steps, 199 with this).
    """

    def reset_parameters(self) -> None:
        """Entries from U(-b, b) with b = sqrt(3 / width)."""
        bound = math.sqrt(3 / self.embedding_dim)
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Vectors `(..., width)` of `ids` `(...)`."""
        vectors: torch.Tensor = super().forward(ids) * math.sqrt(self.embedding_dim)
        return vectors


def word_dropout(ids: torch.Tensor, embedded: torch.Tensor, vocab_size: int, share: float) -> torch.Tensor:
    """Zero every occurrence of `share` of the words, the others grow by 1 / (1 - share) (Gal & Ghahramani 2016).

    `ids` is `(...)`, `embedded` `(..., width)`. It is dropout of the rows of the embedding matrix, applied after the
    look-up, so that the matrix is never copied.
    """
    if not share:
        return embedded
    kept = F.dropout(torch.ones(vocab_size, 1, dtype=embedded.dtype, device=embedded.device), share)
    return embedded * F.embedding(ids, kept)


def locked_dropout(x: torch.Tensor, share: float) -> torch.Tensor:
    """Dropout of `(length, n, width)` with one mask for each sequence, the same at all its steps."""
    if not share:
        return x
    return x * F.dropout(torch.ones_like(x[:1]), share)


@cache
def _lstm_knows_bfloat16() -> bool:
    """Whether the processor has a kernel for LSTMs in bfloat16: autocast asks for one whether it exists or not."""
    known = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return known is not None and bool(known())


class RecurrentLayer(nn.Module):
    """One layer of `rnn` (tanh), `gru` or `lstm` cells over whole sequences, by torch's fused kernels.

    `weight_dropout` is DropConnect on the recurrent matrices (Wan et al. 2013; Merity et al. 2018, section 2): while
    training, one mask is drawn for each call and holds at all its steps. Weights have the layout of torch's own layers.
    """

    def __init__(self, cell: str, input_size: int, size: int, *, weight_dropout: float = 0.0) -> None:
        super().__init__()
        rows = GATES[cell] * size
        self.cell = cell
        self.size = size
        self.weight_dropout = weight_dropout
        self.weight_ih = nn.Parameter(torch.empty(rows, input_size))
        self.weight_hh = nn.Parameter(torch.empty(rows, size))
        self.bias_ih = nn.Parameter(torch.empty(rows))
        self.bias_hh = nn.Parameter(torch.empty(rows))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Matrices from U(-1/sqrt(size), 1/sqrt(size)); biases 0, but 1 for forget gates (Jozefowicz et al. 2015)."""
        bound = 1 / math.sqrt(self.size)
        nn.init.uniform_(self.weight_ih, -bound, bound)
        nn.init.uniform_(self.weight_hh, -bound, bound)
        nn.init.zeros_(self.bias_hh)
        # transformers marks what it has loaded; its guard cannot see a mark through a slice.
        if not getattr(self.bias_ih, "_is_hf_initialized", False):
            with torch.no_grad():
                self.bias_ih.zero_()
                if self.cell == "lstm":
                    self.bias_ih[self.size : 2 * self.size] = 1.0

    def start(self, n: int) -> State:
        """The state before the first step: zeros."""
        zeros = self.weight_hh.new_zeros(n, self.size)
        return (zeros, zeros) if self.cell == "lstm" else (zeros,)

    def forward(self, x: torch.Tensor, state: State | None = None) -> tuple[torch.Tensor, State]:
        """Outputs `(length, n, size)` and the state after the last step, from `x` `(length, n, input_size)`."""
        first = [part.unsqueeze(0).contiguous() for part in state or self.start(x.shape[1])]
        recurrent = F.dropout(self.weight_hh, self.weight_dropout, self.training)
        weights = [self.weight_ih, recurrent, self.bias_ih, self.bias_hh]
        # The kernels keep what a backward pass needs only where they are told of "training"; they drop nothing here.
        settings = (True, 1, 0.0, torch.is_grad_enabled(), False, False)
        if self.cell == "lstm":
            if x.device.type == "cpu" and not _lstm_knows_bfloat16():
                with torch.autocast("cpu", enabled=False):
                    exact = [part.to(recurrent.dtype) for part in first]
                    outputs, h, c = torch.lstm(x.to(recurrent.dtype), exact, weights, *settings)
            else:
                outputs, h, c = torch.lstm(x, first, weights, *settings)
            return outputs, (h[0], c[0])
        kernel = torch.gru if self.cell == "gru" else torch.rnn_tanh
        outputs, h = kernel(x, first[0], weights, *settings)
        return outputs, (h[0],)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What layers made of a sequence.

    `outputs` are those of each layer, lowest first, `(length, n, size)`, before dropout; `top` is the last of them,
    after dropout; `state` is that after the last step.
    """

    outputs: tuple[torch.Tensor, ...]
    top: torch.Tensor
    state: Carried


def read(
    layers: Iterable[nn.Module],
    x: torch.Tensor,
    state: Sequence[State] | None = None,
    *,
    hidden_dropout: float = 0.0,
    output_dropout: float = 0.0,
) -> Reading:
    """Run `RecurrentLayer`s one on top of the other over `x` `(length, n, width)`.

    Locked dropout stands between the layers (`hidden_dropout`) and after the last (`output_dropout`); the caller gives
    0 where nothing is to be dropped.
    """
    stack = list(layers)
    outputs, states = [], []
    for at, layer in enumerate(stack):
        raw, after = layer(x, None if state is None else state[at])
        outputs.append(raw)
        states.append(after)
        x = locked_dropout(raw, output_dropout if at == len(stack) - 1 else hidden_dropout)
    return Reading(outputs=tuple(outputs), top=x, state=tuple(states))


def turning(lengths: torch.Tensor, length: int) -> torch.Tensor:
    """Places `(length, n)` that put the first `lengths[i]` steps of sequence i in reverse and leave the padding alone.

    Taking them twice gives the sequence back.
    """
    steps = torch.arange(length, device=lengths.device).unsqueeze(1)
    return torch.where(steps < lengths, lengths - 1 - steps, steps)


def turn(x: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """`x` `(length, n, width)` in the order of `turning`."""
    return x.gather(0, places.unsqueeze(-1).expand_as(x))
