"""What a defence may do with one batch of a training; the stage that trains implements it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from robust.core.types import Lang

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase

    from robust.models.bounds import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One pass through the model: the task's `loss`, scaled as an update needs it, and `logits` `(batch, labels)`."""

    loss: Tensor
    logits: Tensor


class Step(Protocol):
    """One batch between two updates (or a part of one, with gradient accumulation).

    `ids` `(batch, tokens)` are token ids, `labels` `(batch,)` classes; `mask` `(batch, tokens, 1)` is 1 where a token
    may be moved: at padding and at the tokens that only mark where a text begins and ends it is 0. `generator` is for
    everything that is drawn; it depends on the run's seed, the update and the batch alone. `memory` is kept from batch
    to batch, and with checkpoints. All passes of a step have the same dropout, unless they ask for another (Zhu et al.
    2020, section 3.3).
    """

    @property
    def ids(self) -> Tensor: ...

    @property
    def labels(self) -> Tensor: ...

    @property
    def mask(self) -> Tensor: ...

    @property
    def generator(self) -> torch.Generator: ...

    @property
    def memory(self) -> dict[str, Tensor]: ...

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase: ...

    @property
    def languages(self) -> Collection[Lang]: ...

    @property
    def progress(self) -> float:
        """The share of all updates that have been made, 0 to 1."""
        ...

    def embed(self, ids: Tensor, /) -> Tensor:
        """The model's word vectors of token ids, `(*ids.shape, width)`; gradients reach the table."""
        ...

    def forward(self, delta: Tensor | None = None, /, *, fresh_dropout: bool = False) -> Pass:
        """The model on the batch, `delta` `(batch, tokens, width)` added to its word vectors, to learn from."""
        ...

    def noisy(self, delta: Tensor | None = None, /, *, sigma: float, layers: int) -> Pass:
        """`forward`, with N(0, `sigma`²) added to what the lowest `layers` hidden layers give."""
        ...

    def probe(self, delta: Tensor | None = None, /, *, fresh_dropout: bool = False) -> Pass:
        """The same, for the gradient with respect to `delta` alone."""
        ...

    def mixed(self, order: Tensor, share: float, /) -> Pass:
        """The model with what its last layer reads replaced by `share` · its own + (1 - `share`) · that of `order`."""
        ...

    def worst(self, vectors: Interval, /) -> Tensor:
        """`(batch, labels)`: the most that a logit exceeds the label's when vectors lie in boxes; without dropout."""
        ...

    def backward(self, loss: Tensor, /, *, weight: float = 1.0, wrt: Tensor | None = None) -> Tensor | None:
        """Learn from `weight` · `loss`: adds to the gradients of the weights. Returns that of `loss` for leaf `wrt`."""
        ...

    def mean(self, rows: Tensor, /) -> Tensor:
        """One number a row of the batch, averaged and scaled as `Pass.loss` is."""
        ...


class Defence(Protocol):
    """Turns one batch into gradients of the model's weights; every `Step.backward` adds to them."""

    def __call__(self, step: Step, /) -> None: ...
