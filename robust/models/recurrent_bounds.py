"""Interval bounds of recurrent layers: what their states can be when word vectors lie in boxes.

Cite Jia et al. 2019 (arXiv:1909.00986) for intervals through an LSTM over substitutions of words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from robust.models.bounds import Interval, linear, product, total
from robust.models.recurrent_layers import turn, turning


def states_within(model: Any, vectors: Interval, mask: torch.Tensor) -> Interval:
    """The `last_hidden_state` `(n, length, width)` of a `RecurrentModel` on vectors `(n, length, dim)` in boxes.

    `mask` `(n, length)` is 1 for tokens; padding is on the right. Without dropout. Every gate is bounded by itself, as
    if its inputs could be at their worst at the same time: bounds get wider with every word.
    """
    x = vectors.through(lambda part: part.transpose(0, 1))
    found = _stack(model.layers, x)
    if model.backward_layers is not None:
        places = turning(mask.sum(1), mask.shape[1])
        other = _stack(model.backward_layers, x.through(lambda part: turn(part, places)))
        other = other.through(lambda part: turn(part, places))
        found = Interval(
            low=torch.cat([found.low, other.low], dim=-1), high=torch.cat([found.high, other.high], dim=-1)
        )
    return found.through(lambda part: part.transpose(0, 1))


def _stack(layers: Iterable[Any], x: Interval) -> Interval:
    for layer in layers:
        x = layer_within(layer, x)
    return x


def layer_within(layer: Any, x: Interval) -> Interval:
    """The outputs of a `RecurrentLayer` from a state of zeros, `(length, n, size)`, on inputs in boxes, time first."""
    zeros = x.low.new_zeros(x.low.shape[1], layer.size)
    hidden = memory = Interval(low=zeros, high=zeros)
    given = linear(x, layer.weight_ih, layer.bias_ih)
    lows, highs = [], []
    for step in range(len(x.low)):
        now = Interval(low=given.low[step], high=given.high[step])
        carried = linear(hidden, layer.weight_hh, layer.bias_hh)
        if layer.cell == "lstm":
            hidden, memory = _lstm(now, carried, memory)
        elif layer.cell == "gru":
            hidden = _gru(now, carried, hidden)
        else:
            hidden = total(now, carried).through(torch.tanh)
        lows.append(hidden.low)
        highs.append(hidden.high)
    return Interval(low=torch.stack(lows), high=torch.stack(highs))


def _lstm(now: Interval, carried: Interval, memory: Interval) -> tuple[Interval, Interval]:
    """`(h, c)`: c = σ(f) c + σ(i) tanh(g), h = σ(o) tanh(c)."""
    parts = _split(total(now, carried), 4)
    enter, forget, leave = (parts[at].through(torch.sigmoid) for at in (0, 1, 3))
    new = total(product(forget, memory), product(enter, parts[2].through(torch.tanh)))
    return product(leave, new.through(torch.tanh)), new


def _gru(now: Interval, carried: Interval, hidden: Interval) -> Interval:
    """h = (1 - z) n + z h, n = tanh(x + r h′), r and z by sigmoids.

    For n and h as they are, h' moves evenly with z: it lies between its values at the ends of z.
    """
    (reset, update, given), (own_reset, own_update, kept) = _split(now, 3), _split(carried, 3)
    opened = total(reset, own_reset).through(torch.sigmoid)
    share = total(update, own_update).through(torch.sigmoid)
    new = total(given, product(opened, kept)).through(torch.tanh)
    # (1 - z) n + z h rises in n and in h, so that only z has two ends to look at
    lows = [(1 - z) * new.low + z * hidden.low for z in (share.low, share.high)]
    highs = [(1 - z) * new.high + z * hidden.high for z in (share.low, share.high)]
    return Interval(low=torch.minimum(*lows), high=torch.maximum(*highs))


def _split(x: Interval, parts: int) -> list[Interval]:
    pairs = zip(x.low.chunk(parts, dim=-1), x.high.chunk(parts, dim=-1), strict=True)
    return [Interval(low=low, high=high) for low, high in pairs]
