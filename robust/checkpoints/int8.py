"""Matrix products in 8-bit integers, on processors that have instructions for them.

Weights are rounded once, each output's to 127 steps of its largest. Inputs are rounded as they come, each row to 127
steps of its own largest, so that what a text gets does not depend on the texts beside it: sums of integers are exact.
Symmetric quantisation as in Wu et al. 2020 (arXiv:2004.09602, §3), with the activations' ranges taken per token.
"""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from robust.checkpoints.views import view
from robust.errors import UserError

M = TypeVar("M", bound=nn.Module)
STEPS = 127
ZERO = STEPS + 1
"""What stands for 0 among the inputs, which the processor takes as unsigned."""
TINY = 1e-12


class Rounding:
    """Rows in 8-bit integers; layers side by side that read the same ones, as queries and keys do, share them."""

    def __init__(self) -> None:
        self.last: tuple[Tensor, Tensor, Tensor, str] | None = None

    def __call__(self, states: Tensor, beside: str) -> tuple[Tensor, Tensor]:
        """`(…, in)` as unsigned bytes `(n, in)`, and the largest of each row, `(n, 1)`, for a layer of `beside`."""
        last = self.last
        if last is None or last[0] is not states or last[3] != beside:
            rows = states.reshape(-1, states.shape[-1])
            largest = torch.maximum(rows.amax(1, keepdim=True), rows.amin(1, keepdim=True).neg_()).clamp_min_(TINY)
            signed = torch.mul(rows, STEPS / largest).round_().to(torch.int8)  # to signed ones is several times faster
            self.last = last = (states, signed.view(torch.uint8).bitwise_xor_(ZERO), largest, beside)
        return last[1], last[2]


class Int8Linear(nn.Module):
    """A linear layer in 8-bit integers: `(…, in)` to `(…, out)`, float32 outside."""

    shift: Tensor
    scale: Tensor
    zeros: Tensor

    def __init__(self, linear: nn.Linear, rounding: Rounding | None = None, beside: str = "") -> None:
        """`rounding` is the model's, `beside` the module whose layers may read the same states one after the other."""
        super().__init__()
        self.rounding, self.beside = rounding or Rounding(), beside
        weight = linear.weight.detach().float()
        largest = weight.abs().amax(1).clamp_min(TINY)
        rounded = (weight * (STEPS / largest)[:, None]).round_().to(torch.int8)
        self.outputs = len(weight)
        self.packed = torch.ops.onednn.qlinear_prepack(rounded, None)
        bias = torch.zeros(self.outputs) if linear.bias is None else linear.bias.detach().float()
        self.register_buffer("shift", bias, persistent=False)
        self.register_buffer("scale", largest / STEPS**2, persistent=False)
        self.register_buffer("zeros", torch.zeros(self.outputs, dtype=torch.int64), persistent=False)

    def forward(self, states: Tensor) -> Tensor:
        """The product; each row of `states` has a scale of its own."""
        whole, largest = self.rounding(states, self.beside)
        product = torch.ops.onednn.qlinear_pointwise(
            whole, 1.0, ZERO, self.packed, self.scale, self.zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return torch.addcmul(self.shift, product, largest).view(*states.shape[:-1], self.outputs)


def int8(model: M) -> M:
    """A view of a float32 model on the CPU whose linear layers, but for those of its head, multiply 8-bit integers.

    Raises `UserError` where this processor or this PyTorch cannot, or the model has no such layer or writes texts.
    """
    if getattr(getattr(model, "config", None), "is_encoder_decoder", False):
        raise UserError("int8 is for encoders, and the model writes texts", fix="use dtype float32")
    _can()
    inner = getattr(model, "base_model", model)
    inside = {id(module) for module in inner.modules()}
    rounding = Rounding()
    layers = {
        name: Int8Linear(module, rounding, name.rpartition(".")[0])
        for name, module in model.named_modules()
        if type(module) is nn.Linear and id(module) in inside
    }
    if not layers:
        raise UserError("the model has no linear layers that int8 could speed up", fix="use dtype float32")
    return view(model, layers)


def _can() -> None:
    """Try a product whose sums would not fit in 16 bits, as the kernels of older processors add them."""
    linear = nn.Linear(64, 16, bias=False)
    nn.init.constant_(linear.weight, 1.0)
    states: Any = torch.ones(2, 64)
    try:
        right = bool((Int8Linear(linear)(states) - 64).abs().max() < 1e-3)
    except (RuntimeError, AttributeError, NotImplementedError):
        right = False
    if not right:
        raise UserError("this processor or this PyTorch has no exact int8 products", fix="use dtype float32")
