"""Mixture of adversarial data: what the head reads of two examples is mixed, and so are their labels."""

from __future__ import annotations

from dataclasses import dataclass

from robust.defences._checks import not_negative, positive
from robust.defences._step import Step
from robust.registry import register


@register("defences", "mixada")
@dataclass(frozen=True, kw_only=True)
class MixADA:
    """Learn each text as it is, and mixtures λ x + (1 - λ) x′ with labels mixed alike, λ ~ Beta(`alpha`, `alpha`).

    Si et al. 2021 (arXiv:2012.15699), section 3, with SMix: what is mixed is the vector that the last layer reads, of
    each example and another one of its batch. With adversarial texts among the examples (a recipe with attacks) this
    is AMDA; without, it is mixup. The loss is CE + `weight` · (λ CE(mixture, y) + (1 - λ) CE(mixture, y′)).

    *Differs from the paper*: one λ is drawn for a batch; adversarial texts are mixed with whatever is in their batch.
    """

    alpha: float = 2.0
    weight: float = 1.0

    def __post_init__(self) -> None:
        positive("mixada", alpha=self.alpha)
        not_negative("mixada", weight=self.weight)

    def __call__(self, step: Step, /) -> None:
        """A clean pass and a mixed one."""
        import torch
        from numpy.random import default_rng

        seed = int(torch.randint(2**62, (1,), generator=step.generator))
        share = float(default_rng(seed).beta(self.alpha, self.alpha))
        order = torch.randperm(len(step.ids), generator=step.generator).to(step.ids.device)
        clean = step.forward()
        mixture = step.mixed(order, share).logits.float().log_softmax(-1)
        labels = step.labels
        own, other = (mixture.gather(1, of.unsqueeze(1)).squeeze(1) for of in (labels, labels[order]))
        step.backward(clean.loss - self.weight * step.mean(share * own + (1 - share) * other))
