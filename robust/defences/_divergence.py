"""How far two answers of a model are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def kl(p: Tensor, q: Tensor) -> Tensor:
    """KL(softmax p ‖ softmax q) of each row `(batch,)`, from logits `(batch, labels)`, in float32."""
    log_p, log_q = p.float().log_softmax(-1), q.float().log_softmax(-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1)


def symmetric_kl(p: Tensor, q: Tensor) -> Tensor:
    """KL in both directions, added."""
    return kl(p, q) + kl(q, p)
