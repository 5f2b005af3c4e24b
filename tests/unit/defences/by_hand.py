"""A two-layer classifier of word vectors, the trainer's part around it, and the same classifier written out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from robust.stages.adversarial.step import BatchStep

PAD, CLS, SEP = 0, 1, 2
IDS = torch.tensor([[CLS, 5, 6, 7, 8, SEP], [CLS, 9, 5, SEP, PAD, PAD], [CLS, 10, 11, 5, SEP, PAD]])
ATTENTION = (IDS != PAD).long()
LABELS = torch.tensor([0, 1, 1])
MOVABLE = ((IDS != PAD) & (IDS != CLS) & (IDS != SEP)).float().unsqueeze(-1)
NAMES = ("table.weight", "inner.weight", "inner.bias", "outer.weight", "outer.bias")


class Classifier(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        draws = torch.Generator().manual_seed(5)
        self.table = torch.nn.Embedding(12, 4)
        self.inner = torch.nn.Linear(4, 6)
        self.outer = torch.nn.Linear(6, 2)
        for weight in self.parameters():
            weight.data = torch.randn(weight.shape, generator=draws)
        self.config = SimpleNamespace(id2label={0: "a", 1: "b"})

    def get_input_embeddings(self) -> torch.nn.Module:
        return self.table

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        seen = attention_mask.unsqueeze(-1).float()
        hidden = torch.tanh(self.inner(self.table(input_ids)))
        return {"logits": self.outer((hidden * seen).sum(1) / seen.sum(1))}


class Trainer:
    """The part of transformers' Trainer that a step uses; losses are summed over the batch and divided by `items`."""

    def __init__(self, model: Classifier) -> None:
        self.model = model
        self.accelerator = SimpleNamespace(unwrap_model=lambda m: m, backward=lambda loss: loss.backward())
        self.args = SimpleNamespace(average_tokens_across_devices=False)
        self.processing_class = Tokenizer()

    def compute_loss_context_manager(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool, num_items_in_batch: int) -> Any:
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        return functional.cross_entropy(outputs["logits"], labels, reduction="sum") / num_items_in_batch, outputs


class Tokenizer:
    pad_token_id, cls_token_id, sep_token_id, bos_token_id, eos_token_id = PAD, CLS, SEP, None, None

    def __len__(self) -> int:
        return 12


ITEMS = 6
"""Examples of the update that the batch of three is half of."""


def make(model: Classifier, **more: Any) -> BatchStep:
    trainer: Any = Trainer(model)
    inputs = {"input_ids": IDS, "attention_mask": ATTENTION, "labels": LABELS}
    generator = torch.Generator().manual_seed(7)
    return BatchStep(
        trainer, model, inputs, ITEMS, **{"generator": generator, "memory": {}, "languages": ["en"], **more}
    )


class ByHand:
    """The same classifier as a function of word vectors and weights, with nothing of the project in it."""

    def __init__(self, model: Classifier) -> None:
        self.weights = [dict(model.named_parameters())[name].detach().clone().requires_grad_() for name in NAMES]

    def logits(self, vectors: Tensor) -> Tensor:
        _, inner, inner_bias, outer, outer_bias = self.weights
        rows = []
        for row in range(3):
            tokens = [torch.tanh(vectors[row, at] @ inner.T + inner_bias) for at in range(6) if IDS[row, at] != PAD]
            rows.append(torch.stack(tokens).mean(0) @ outer.T + outer_bias)
        return torch.stack(rows)

    def vectors(self) -> Tensor:
        return torch.stack([torch.stack([self.weights[0][token] for token in row]) for row in IDS.tolist()])

    def loss(self, vectors: Tensor) -> Tensor:
        """Sum of -log p of the labels, over the examples of the whole update."""
        found = self.logits(vectors)
        return -sum(found[row].log_softmax(-1)[int(LABELS[row])] for row in range(3)) / ITEMS

    def learn(self, loss: Tensor) -> None:
        for weight, gradient in zip(self.weights, torch.autograd.grad(loss, self.weights), strict=True):
            weight.grad = gradient if weight.grad is None else weight.grad + gradient

    def check(self, model: Classifier, *, tolerance: float = 1e-5) -> None:
        """The gradients of the weights are those of the model, and not all nothing."""
        for name, weight in zip(NAMES, self.weights, strict=True):
            found = dict(model.named_parameters())[name].grad
            assert found is not None
            assert float(weight.grad.abs().max()) > 1e-4
            torch.testing.assert_close(found, weight.grad, rtol=1e-4, atol=tolerance)


def length(change: Tensor) -> Tensor:
    """√ of the sum of squares of each example's change."""
    return torch.stack([row.square().sum().sqrt() for row in change]).reshape(-1, 1, 1)


def draws(shape: tuple[int, ...]) -> Tensor:
    """What the step's generator draws first: U(-1, 1)."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(7)) * 2 - 1


def normals(shape: tuple[int, ...]) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(7))


def kl(p: Tensor, q: Tensor) -> Tensor:
    """Σ p (log p - log q) over labels, one number a row, from probabilities that are written out."""
    p, q = p.exp() / p.exp().sum(-1, keepdim=True), q.exp() / q.exp().sum(-1, keepdim=True)
    return (p * (p / q).log()).sum(-1)
