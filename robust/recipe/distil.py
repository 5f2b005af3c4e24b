"""Distillation: a model learns what other models say of its texts, beside what the texts are labelled as."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from robust.recipe.parts import Part

BAG_OF_WORDS = "bag-of-words"
"""The teacher that is fitted on the labelled rows themselves: TF-IDF and logistic regression."""


def subject(teacher: str) -> tuple[str, str]:
    """A teacher's model, and how the ids begin of the rows that it speaks of (empty: all)."""
    model, at, prefix = teacher.rpartition("@")
    return (model, prefix) if at else (teacher, "")


class Distillation(Part):
    """Learning from teachers (Hinton, Vinyals & Dean 2015, arXiv:1503.02531; small encoders: Turc et al. 2019).

    `teachers` are models as `--model` takes them elsewhere, or `bag-of-words`; their probabilities are averaged. With
    `@PREFIX` behind it (`bag-of-words@reviews-`) a teacher speaks of the rows alone whose id begins so, and a bag of
    words is fitted on them alone. A row with a label is learnt as `gold` · its label + (1 - `gold`) · the mean of the
    teachers that speak of it, or as its label where none does; a row without one as the mean alone. The temperature
    is 1.

    `balance` assumes that rows without labels have the classes in equal shares, and moves what the teachers say of them
    by the same log-odds everywhere until it is so: a teacher of short texts may find most long ones negative, and still
    tell the better from the worse (distribution alignment; Berthelot et al. 2020, ReMixMatch, arXiv:1911.09785).
    """

    teachers: Annotated[tuple[str, ...], Field(min_length=1)]
    gold: Annotated[float, Field(ge=0, le=1)] = 0.5
    balance: bool = False


def distil_misfit(
    distil: Distillation | None, *, task: str, label_smoothing: float, class_weights: str, tasks: bool
) -> str | None:
    """Why distillation does not go with the rest of a recipe; None where it does, or is not asked for."""
    if distil is None:
        return None
    if task != "classification" or tasks:
        return "distil is for classification, one task at a time: remove it"
    if label_smoothing or class_weights != "none":
        return "distil brings targets of its own: leave train.label_smoothing at 0 and train.class_weights at none"
    return None
