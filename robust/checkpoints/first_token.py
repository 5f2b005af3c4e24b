"""Encoders whose classifier reads the first token alone: their last layer is computed for that token only.

Of a layer's 12 h² multiplications a token, keys and values need 2 h²; queries, attention's output and the feed-forward
block (10 h²) are for tokens that nothing reads. With 4 layers that is a fifth of the work, with 12 a fourteenth.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from robust.checkpoints.views import view

TOLERANCE = {torch.float32: 1e-4}
COARSE = 2e-2
"""Largest difference of logits between the two ways to compute them, of their size: in float32, in coarser formats."""

FAILS = (AttributeError, TypeError, RuntimeError, ValueError, IndexError)
"""What a model of another kind raises when it is tried."""


class LastLayer(nn.Module):
    """A layer as BERT has them (Devlin et al. 2019), `(n, tokens, h)` to `(n, 1, h)`; `wrapped`: in a tuple."""

    def __init__(self, layer: Any, *, wrapped: bool) -> None:
        super().__init__()
        self.layer, self.wrapped = layer, wrapped
        self.training = False

    def forward(self, hidden_states: Tensor, attention_mask: Tensor | None = None, *more: Any, **named: Any) -> Any:
        """The layer's output for the first token; the mask is `(n, 1, 1 or tokens, tokens)`, boolean or added.

        Raises `TypeError` where the layer is given another tensor, such as RoFormer's rotations: it is not BERT's.
        """
        if any(isinstance(value, Tensor) for value in (*more, *named.values())):
            raise TypeError("a layer of another kind: it reads more than states and a mask")
        attention, first = self.layer.attention, hidden_states[:, :1]
        heads = attention.self.num_attention_heads

        def split(states: Tensor) -> Tensor:
            return states.view(*states.shape[:2], heads, -1).transpose(1, 2)

        context = nn.functional.scaled_dot_product_attention(
            split(attention.self.query(first)),
            split(attention.self.key(hidden_states)),
            split(attention.self.value(hidden_states)),
            attn_mask=None if attention_mask is None else attention_mask[:, :, :1],
        )
        attended = attention.output(context.transpose(1, 2).reshape(first.shape), first)
        output = self.layer.output(self.layer.intermediate(attended), attended)
        return (output,) if self.wrapped else output


def first_token(model: Any) -> Any:
    """A view of the model that gives the same logits for less work, or the model itself where there is none.

    Whether a model is of this kind is tried, not looked up: on a few tokens, some of them masked, both ways must agree.
    """
    name = f"{getattr(model, 'base_model_prefix', '')}.encoder.layer"
    try:
        layers = model.get_submodule(name)
    except AttributeError:
        return model
    if not isinstance(layers, nn.ModuleList) or not len(layers):
        return model
    if getattr(model.config, "is_decoder", False):  # its layers hide later tokens, with no mask to tell
        return model
    inputs = _tried(model)
    training = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            try:
                expected = model(**inputs).logits
            except FAILS:  # it may still answer what it is given later
                return model
            for wrapped in (False, True):
                shorter = view(model, {f"{name}.{len(layers) - 1}": LastLayer(layers[-1], wrapped=wrapped)})
                if _same(shorter, inputs, expected):
                    return shorter
    finally:
        model.train(training)
    return model


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
