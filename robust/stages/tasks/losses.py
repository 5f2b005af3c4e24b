"""The loss that classifiers of texts and of words share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from robust.recipe.finetune import Training

if TYPE_CHECKING:
    import torch


def cross_entropy(how: Training, targets: Iterable[str], labels: Sequence[str]) -> Callable[..., Any]:
    """Cross entropy over all labels between two updates, with the recipe's smoothing and class weights.

    `targets` are the labels of the training data, from which balanced weights are worked out; positions whose target is
    -100 do not count. Targets may also be probabilities `(batch, labels)`, to which neither is applied.
    """
    import torch

    weights: torch.Tensor | None = None
    if how.class_weights == "balanced":
        counts = Counter(targets)
        weights = torch.tensor([counts.total() / (len(labels) * max(1, counts[label])) for label in labels])

    def mean(outputs: Any, targets: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
        logits = outputs["logits"].float()
        if targets.is_floating_point():  # probabilities of every label
            size = len(targets) if num_items_in_batch is None else num_items_in_batch / targets.shape[-1]
            return torch.nn.functional.cross_entropy(logits, targets.to(logits.dtype), reduction="sum") / size
        total = torch.nn.functional.cross_entropy(
            logits.reshape(-1, logits.shape[-1]),
            targets.reshape(-1),
            weight=None if weights is None else weights.to(logits.device),
            label_smoothing=how.label_smoothing,
            reduction="sum",
        )
        count = (targets != -100).sum() if num_items_in_batch is None else torch.as_tensor(num_items_in_batch).sum()
        return total / count.clamp(min=1)

    return mean
