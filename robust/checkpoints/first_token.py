"""Encoders whose classifier reads the first token alone: their last layer is computed for that token only.

Of a layer's 12 h² multiplications a token, keys and values need 2 h²; queries, attention's output and the feed-forward
block (10 h²) are for tokens that nothing reads. With 4 layers that is a fifth of the work, with 12 a fourteenth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from robust.checkpoints.memory import is_out_of_memory
from robust.checkpoints.views import view

TOLERANCE = {torch.float32: 1e-4}
COARSE = 2e-2
"""Largest difference of logits between the two ways to compute them, of their size: in float32, in coarser formats."""

First: TypeAlias = Callable[[Any, Tensor, Tensor | None], Tensor]
"""A layer, its input `(n, tokens, h)` and the first token's mask to the first token's output `(n, 1, h)`."""
FAILS = (AttributeError, TypeError, RuntimeError, ValueError, IndexError)
"""What a model of another kind raises when it is tried."""


class LastLayer(nn.Module):
    """A last layer, `(n, tokens, h)` to `(n, 1, h)`, computed by `first`; `wrapped`: in a tuple."""

    def __init__(self, layer: Any, first: First, *, wrapped: bool) -> None:
        super().__init__()
        self.layer, self.first, self.wrapped = layer, first, wrapped
        self.training = False

    def forward(self, hidden_states: Tensor, attention_mask: Tensor | None = None, *more: Any, **named: Any) -> Any:
        """The layer's output for the first token; the mask is `(n, 1, 1 or tokens, tokens)`, boolean or added, or
        `(n, tokens)`, 0 for what is not seen.

        Raises `TypeError` where the layer is given another tensor, such as RoFormer's rotations: it is of another kind.
        """
        if any(isinstance(value, Tensor) for value in (*more, *named.values())):
            raise TypeError("a layer of another kind: it reads more than states and a mask")
        mask = attention_mask
        if mask is not None:
            mask = mask[:, :, :1] if mask.dim() == 4 else mask[:, None, None].bool()
        output = self.first(self.layer, hidden_states, mask)
        return (output,) if self.wrapped else output


def bert(layer: Any, states: Tensor, mask: Tensor | None) -> Tensor:
    """A layer as BERT has them (Devlin et al. 2019)."""
    attention, own = layer.attention, layer.attention.self
    context = _context(states, mask, own.num_attention_heads, own.query, own.key, own.value)
    attended = attention.output(context, states[:, :1])
    output: Tensor = layer.output(layer.intermediate(attended), attended)
    return output


def distilbert(layer: Any, states: Tensor, mask: Tensor | None) -> Tensor:
    """A layer as DistilBERT has them (Sanh et al. 2019, arXiv:1910.01108)."""
    own = layer.attention
    context = _context(states, mask, own.n_heads, own.q_lin, own.k_lin, own.v_lin)
    attended = layer.sa_layer_norm(own.out_lin(context) + states[:, :1])
    output: Tensor = layer.output_layer_norm(layer.ffn(attended) + attended)
    return output


KINDS: tuple[tuple[str, First], ...] = (("encoder.layer", bert), ("transformer.layer", distilbert))
"""Where layers lie in a model, and how the last one is then computed."""


def _context(
    states: Tensor, mask: Tensor | None, heads: int, query: nn.Module, key: nn.Module, value: nn.Module
) -> Tensor:
    """What the first token attends to, `(n, 1, h)`."""

    def split(projected: Tensor) -> Tensor:
        return projected.view(*projected.shape[:2], heads, -1).transpose(1, 2)

    first = split(query(states[:, :1]))
    context = nn.functional.scaled_dot_product_attention(first, split(key(states)), split(value(states)), mask)
    return context.transpose(1, 2).reshape(len(states), 1, -1)


def first_token(model: Any) -> Any:
    """A view of the model that gives the same logits for less work, or the model itself where there is none.

    Whether a model is of this kind is tried, not looked up: on a few tokens, some of them masked, both ways must agree.
    """
    if getattr(model.config, "is_decoder", False):  # its layers hide later tokens, with no mask to tell
        return model
    for where, kind in KINDS:
        name = f"{getattr(model, 'base_model_prefix', '')}.{where}"
        try:
            layers = model.get_submodule(name)
        except AttributeError:
            continue
        if isinstance(layers, nn.ModuleList) and len(layers):
            last = f"{name}.{len(layers) - 1}"
            return _shorter(model, [view(model, {last: LastLayer(layers[-1], kind, wrapped=w)}) for w in (False, True)])
    return model


def _shorter(model: Any, views: Sequence[Any]) -> Any:
    """The view that answers as the model does, or the model."""
    inputs = _tried(model)
    training = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            try:
                expected = model(**inputs).logits
            except FAILS as error:  # it may still answer what it is given later
                if is_out_of_memory(error):
                    raise
                return model
            return next((shorter for shorter in views if _same(shorter, inputs, expected)), model)
    finally:
        model.train(training)


def _tried(model: Any) -> dict[str, Tensor]:
    """Eight inputs of seven tokens; all but two end in masked ones."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(model.config.vocab_size, (8, 7), generator=generator)
    mask = (torch.arange(7) < torch.tensor([7, 7, 6, 5, 4, 3, 2, 1])[:, None]).long()
    return {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device)}


def _same(model: Any, inputs: dict[str, Tensor], expected: Tensor) -> bool:
    try:
        found = model(**inputs).logits
    except FAILS:
        return False
    if found.shape != expected.shape:
        return False
    limit = TOLERANCE.get(expected.dtype, COARSE) * float(expected.float().abs().max())
    return bool(((found - expected).float().abs() <= limit).all())
