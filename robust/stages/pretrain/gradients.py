"""How far back a loss is felt: the gradient of the loss at the last step with respect to the state at every step.

Where its norm falls by a factor at each step back, what lies far behind cannot be learnt (vanishing gradients); where
it grows, training is unstable (Bengio et al. 1994; Pascanu et al. 2013, arXiv:1211.5063).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

    from robust.models.recurrent import RecurrentForCausalLM
    from robust.models.recurrent_layers import RecurrentLayer

LENGTHS = (10, 25, 50, 100, 200)
"""Lengths at which a language model is probed while it trains."""

ROWS = 8
"""Stretches of text in a probe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Norms for one layer (0 is the lowest) at steps 1 to `length`, means over the sequences of a probe.

    `hidden[t - 1]` is ||∂L/∂h_t||, L being the loss at step `length`; `cell` is the same for the cell state of an LSTM.
    Each is taken with the other held: together they are all that step t hands on.
    """

    length: int
    layer: int
    hidden: tuple[float, ...]
    cell: tuple[float, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a line of `gradients.jsonl` has it."""
        record = {"length": self.length, "layer": self.layer, "hidden": _rounded(self.hidden)}
        return record if self.cell is None else {**record, "cell": _rounded(self.cell)}


def flow(layers: Sequence[RecurrentLayer], x: torch.Tensor, loss: Callable[[torch.Tensor], torch.Tensor]) -> list[Flow]:
    """Norms for each of `layers`, stacked, over inputs `(length, n, width)`.

    `loss` gets the last output of the top layer, `(n, size)`, and gives one number for each sequence, `(n,)`. Layers
    are run step by step, in their present mode: put them into evaluation mode to leave out dropout.
    """
    import torch

    nodes: list[list[tuple[torch.Tensor, ...]]] = [[] for _ in layers]
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        # Weights that are frozen would leave no graph to follow: the input needs a gradient in any case.
        steps = x.detach().requires_grad_().unbind(0)
        for step in steps:
            below = step
            for layer, states in zip(layers, nodes, strict=True):
                _, state = layer(below.unsqueeze(0), states[-1] if states else None)
                states.append(state)
                below = state[0]
        parts = [part for states in nodes for state in states for part in state]
        found = torch.autograd.grad(loss(below).sum(), parts, allow_unused=True)
    norms = iter([0.0 if slope is None else float(slope.double().norm(dim=1).mean()) for slope in found])
    made = []
    for at, states in enumerate(nodes):
        values = [[next(norms) for _ in state] for state in states]
        each = list(zip(*values, strict=True))
        made.append(Flow(length=len(x), layer=at, hidden=each[0], cell=each[1] if len(each) > 1 else None))
    return made


def probe(model: RecurrentForCausalLM, ids: torch.Tensor) -> list[Flow]:
    """Norms for the forward layers of a language model, without dropout, over texts `(n, length + 1)`.

    The loss is that of predicting the last token.
    """
    import torch
    from torch.nn.functional import cross_entropy

    was = model.training
    model.train(False)
    try:
        with torch.no_grad():
            x = model.model.embed(ids[:, :-1].T)
        layers: Any = model.model.layers
        return flow(list(layers), x, lambda last: cross_entropy(model.decoder(last), ids[:, -1], reduction="none"))
    finally:
        model.train(was)


def probe_text(model: RecurrentForCausalLM, tokens: np.ndarray[Any, Any], device: Any) -> list[dict[str, Any]]:
    """Lines for `gradients.jsonl`: `probe` at those of `LENGTHS` for which `tokens` `(n,)` hold `ROWS` stretches."""
    import torch

    lines: list[dict[str, Any]] = []
    for length in LENGTHS:
        width = length + 1
        if len(tokens) < ROWS * width:
            break
        ids = np.asarray(tokens[: ROWS * width], dtype=np.int64).reshape(ROWS, width)
        lines.extend(each.as_dict() for each in probe(model, torch.from_numpy(ids).to(device)))
    return lines


def _rounded(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.4g}") for value in values]
