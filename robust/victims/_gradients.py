"""Gradients of a transformers classifier with respect to the embeddings of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.checkpoints.memory import in_memory
from robust.core.gradient import NOWHERE, Place, TokenGradient, changed
from robust.core.types import Fields, Floats
from robust.errors import ModelError
from robust.victims._pieces import token_rows

if TYPE_CHECKING:
    import torch

Encode = Callable[[Sequence[Fields]], "dict[str, torch.Tensor]"]
"""Inputs as a padded batch, the way the victim reads them."""


def gradients(
    model: Any,
    tokenizer: Any,
    encode: Encode,
    max_length: int,
    batch: Sequence[tuple[Fields, int]],
    name: str,
    *,
    temperature: float = 1.0,
) -> list[TokenGradient]:
    """See `GradientVictim.gradients`, at `temperature`; the inputs have the same number of fields."""
    if not batch:
        return []
    places = _places(tokenizer, [fields for fields, _ in batch], max_length, name)
    inputs = encode([fields for fields, _ in batch])
    labels = [label for _, label in batch]
    values, losses = in_memory(lambda: _backward(model, inputs, labels, name, temperature))
    ids = inputs["input_ids"].numpy()
    found = []
    for row, where in enumerate(places):
        tokens = tuple(ids[row, : len(where)].tolist())
        found.append(
            TokenGradient(tokens=tokens, places=where, values=values[row, : len(where)], loss=float(losses[row]))
        )
    return found


def _places(tokenizer: Any, batch: Sequence[Fields], max_length: int, name: str) -> list[tuple[Place, ...]]:
    if not tokenizer.is_fast:
        raise ModelError(
            f"{name} has no fast tokeniser, so its tokens cannot be found in the text",
            fix="use a model with a fast tokeniser, or an attack that needs no gradients",
        )
    columns = [list(column) for column in zip(*batch, strict=True)]
    encoded = tokenizer(*columns, truncation=True, max_length=max_length, return_offsets_mapping=True)
    rows = []
    for row, offsets in enumerate(encoded["offset_mapping"]):
        fields = encoded.sequence_ids(row)
        rows.append(
            tuple(
                [
                    NOWHERE if field is None or lo == hi else (field, lo, hi)
                    for field, (lo, hi) in zip(fields, offsets, strict=True)
                ]
            )
        )
    return rows


def _backward(
    model: Any, inputs: dict[str, Any], labels: Sequence[int], name: str, temperature: float
) -> tuple[Floats, Floats]:
    import torch

    caught: list[torch.Tensor] = []

    def catch(module: Any, arguments: Any, output: torch.Tensor) -> torch.Tensor:
        leaf = output.detach().requires_grad_()  # nothing before the embeddings is of interest
        caught.append(leaf)
        return leaf

    # A copy that was made for inference computes without a graph unless it is told to; cuDNN's recurrent layers have no
    # backward pass outside of training.
    hook = model.get_input_embeddings().register_forward_hook(catch)
    try:
        with _evaluating(model), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
            logits = (
                model(**{key: value.to(model.device) for key, value in inputs.items()}).logits.float() / temperature
            )
            targets = torch.tensor(labels, device=logits.device)
            losses = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
            (found,) = torch.autograd.grad(losses.sum(), caught, allow_unused=True) if len(caught) == 1 else (None,)
    finally:
        hook.remove()
    if found is None or found.shape[:2] != inputs["input_ids"].shape:
        raise ModelError(
            f"{name} does not look its tokens up in one table of embeddings, so it has no gradient for them",
            fix="use another model, or an attack that needs no gradients, such as textfooler",
        )
    return found.float().cpu().numpy(), losses.detach().cpu().numpy()


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """Without dropout; a model in the middle of its training is given back as it was."""
    training = model.training
    model.train(False)
    try:
        yield
    finally:
        model.train(training)


def estimates(model: Any, tokenizer: Any, max_length: int, batch: Sequence[tuple[TokenGradient, Fields]]) -> Floats:
    """See `GradientVictim.estimates`."""
    if not batch:
        return np.zeros(0, np.float32)
    rows = _rows(tokenizer, max_length, batch)
    parts = []
    for (gradient, _), tokens in zip(batch, rows, strict=True):
        start, end, new_end = changed(gradient.tokens, tokens)
        parts.append((gradient.tokens[start:end], tokens[start:new_end]))
    table = _vectors(model, sorted({token for old, new in parts for token in (*old, *new)}))
    width = batch[0][0].values.shape[1]
    empty = np.zeros((0, width), np.float32)

    def vectors(tokens: Sequence[int]) -> Floats:
        return np.stack([table[token] for token in tokens]) if len(tokens) else empty

    found = [
        gradient.rise(tokens, vectors(old), vectors(new))
        for (gradient, _), tokens, (old, new) in zip(batch, rows, parts, strict=True)
    ]
    return np.array(found, np.float32)


def _rows(tokenizer: Any, max_length: int, batch: Sequence[tuple[TokenGradient, Fields]]) -> list[list[int]]:
    """The tokens of each input; those that are compared with one gradient are versions of one text."""
    groups: dict[int, list[int]] = {}
    for at, (gradient, _) in enumerate(batch):
        groups.setdefault(id(gradient), []).append(at)
    found: list[list[int]] = [[] for _ in batch]
    for own in groups.values():
        for at, row in zip(own, token_rows(tokenizer, max_length, [batch[at][1] for at in own]), strict=True):
            found[at] = row
    return found


def _vectors(model: Any, tokens: Sequence[int]) -> dict[int, Floats]:
    """What the model's table gives for each token."""
    import torch

    if not tokens:
        return {}
    with torch.inference_mode():
        asked = torch.tensor([list(tokens)], device=model.device)
        found = model.get_input_embeddings()(asked)[0].float().cpu().numpy()
    return dict(zip(tokens, found, strict=True))
