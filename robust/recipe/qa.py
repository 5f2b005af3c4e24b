"""How extractive question answering reads long contexts, and which answers it considers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from robust.recipe.parts import Count, Part

LEAST_ROOM = 16
"""Tokens that a window must have beyond its overlap with the next, for the question and some new context."""


class QuestionAnswering(Part):
    """The section `qa` of a fine-tuning recipe with `task: qa`.

    A context that is longer than `train.max_length` leaves room for is read in windows that share `stride` tokens
    (null: a third of `train.max_length`, as the 128 of 384 of Devlin et al. 2019). An answer has at most
    `max_answer_tokens` tokens.
    """

    stride: Annotated[int, Field(ge=0)] | None = None
    max_answer_tokens: Count = 30

    def overlap(self, max_length: int) -> int:
        """The tokens that neighbouring windows of `max_length` tokens share."""
        return max_length // 3 if self.stride is None else self.stride


def qa_misfit(
    qa: QuestionAnswering, *, task: str, max_length: int, label_smoothing: float, class_weights: str
) -> str | None:
    """Why these settings do not go with a task and a training; None where they do."""
    if task != "qa":
        return None if qa == QuestionAnswering() else f"`qa` is for `task: qa`, not {task}: remove it"
    if qa.overlap(max_length) + LEAST_ROOM > max_length:
        return (
            f"qa.stride {qa.overlap(max_length)} leaves too little of train.max_length {max_length}: "
            f"use a stride up to {max(0, max_length - LEAST_ROOM)}, or longer windows"
        )
    if label_smoothing or class_weights != "none":
        return "answers are places in a text: train.label_smoothing and train.class_weights have no meaning for qa"
    return None
