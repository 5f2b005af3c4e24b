"""Adversarial weight perturbation: learn where the weights are a little worse than they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


@contextmanager
def perturbed(model: Any, loss: Tensor, *, gamma: float) -> Iterator[None]:
    """Within, each weight matrix W is W + `gamma` ‖W‖₂ g / ‖g‖₂, g the gradient of `loss`; W itself comes back.

    Wu, Xia & Wang 2020 (arXiv:2004.05884), eq. 8 to 10 with one step, whose size is the bound. Vectors (biases, layer
    norms) stay as they are.

    *Differs from the paper*: the perturbation is that of the clean batch, whatever the defence then does with it. Of
    several processes each perturbs by its own batch.
    """
    import torch

    weights = [weight for weight in model.parameters() if weight.requires_grad and weight.dim() > 1]
    gradients = torch.autograd.grad(loss, weights, allow_unused=True)
    kept = [weight.detach().clone() for weight in weights]
    with torch.no_grad():
        for weight, gradient in zip(weights, gradients, strict=True):
            if gradient is not None and (size := gradient.norm()) > 0:
                weight.add_(gradient, alpha=float(gamma * weight.norm() / size))
    try:
        yield
    finally:
        with torch.no_grad():
            for weight, old in zip(weights, kept, strict=True):
                weight.copy_(old)
