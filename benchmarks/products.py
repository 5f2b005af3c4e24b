"""How near a model's work comes to what a processor's matrix products can do."""

from __future__ import annotations

import time
from typing import Any

import torch


class Tokens:
    """Counts the tokens that a model reads, without padding, and what their products come to in float32 (`exact`)."""

    def __init__(self, model: Any, exact: Any) -> None:
        self.read, self._padding = 0, int(model.config.pad_token_id)
        layers = [m for m in exact.base_model.encoder.modules() if isinstance(m, torch.nn.Linear)]
        self.each = 2 * sum(layer.weight.numel() for layer in layers)
        model.get_input_embeddings().register_forward_hook(self._count)

    def _count(self, _: Any, inputs: tuple[Any, ...], __: Any) -> None:
        self.read += int((inputs[0] != self._padding).sum())

    def work(self) -> int:
        """Operations since it was last asked."""
        read, self.read = self.read, 0
        return read * self.each


def products() -> float:
    """Operations a second of processor time of a large float32 matrix product: the best of twenty."""
    a, b = torch.randn(1024, 768), torch.randn(768, 3072)
    best = float("inf")
    for _ in range(20):
        began = time.process_time()
        a @ b
        best = min(best, time.process_time() - began)
    return 2 * 1024 * 768 * 3072 / best
