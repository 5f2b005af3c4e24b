"""The recipe of a fine-tuning: which model, which tokeniser, and how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from robust.core.types import Lang
from robust.recipe.adapt import Adapt, misfit
from robust.recipe.distil import Distillation, distil_misfit
from robust.recipe.multitask import Sampling, Tasks, multitask_misfit
from robust.recipe.parts import Card, Count, Part, Share, WordPiece, Words
from robust.recipe.qa import QuestionAnswering, qa_misfit

TaskName: TypeAlias = Literal["classification", "tagging", "qa"]

METRICS: Mapping[TaskName, tuple[str, ...]] = {
    "classification": ("accuracy", "macro_f1", "matthews"),
    "tagging": ("f1", "precision", "recall", "accuracy", "macro_f1"),
    "qa": ("exact_match", "f1"),
}
"""What a checkpoint can be chosen by; tags that mark no entities have accuracy and macro_f1 alone."""


class Architecture(Part):
    """A BERT encoder with random weights; `intermediate_size` is the width of its feed-forward layers."""

    architecture: Literal["bert"] = "bert"
    hidden_size: Count
    layers: Count
    heads: Count
    intermediate_size: Count
    max_positions: Annotated[int, Field(ge=8)] = 512
    dropout: Share = 0.1

    @model_validator(mode="after")
    def _heads_divide(self) -> Architecture:
        if self.hidden_size % self.heads:
            raise ValueError(f"hidden_size {self.hidden_size} is not a multiple of heads {self.heads}")
        return self


class Convolutional(Part):
    """A convolutional classifier with random weights; see `robust.models.convolutional`."""

    architecture: Literal["cnn"]
    embedding_size: Count = 100
    hidden_size: Count = 100
    kernel_size: Count = 3
    pooling: Literal["max", "mean"] = "max"
    max_positions: Annotated[int, Field(ge=8)] = 512
    dropout: Share = 0.1

    @model_validator(mode="after")
    def _has_a_middle(self) -> Convolutional:
        if self.kernel_size % 2 == 0:
            raise ValueError(f"kernel_size {self.kernel_size} is even: a convolution needs a place in its middle")
        return self


def _kind(key: str, usual: str, other: str) -> Discriminator:
    """Tells the parts of a union apart by one key, which the usual one need not write."""
    return Discriminator(
        lambda value: str(value.get(key, usual) if isinstance(value, dict) else getattr(value, key, usual)),
        custom_error_type="kind",
        custom_error_message=f"{key} should be '{usual}' or '{other}'",
    )


class Start(Part):
    """Where training starts: from the weights of `checkpoint` (directory or hub id), or from scratch by `config`.

    `dropout` takes the place of the dropouts that the checkpoint declares for its layers and its head (null: as they
    are); small models are often pre-trained without any.
    """

    checkpoint: str | None = None
    config: (
        Annotated[
            Annotated[Architecture, Tag("bert")] | Annotated[Convolutional, Tag("cnn")],
            _kind("architecture", "bert", "cnn"),
        ]
        | None
    ) = None
    dropout: Share | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Start:
        if (self.checkpoint is None) == (self.config is None):
            raise ValueError("give either `checkpoint` (directory or hub id) or `config` (from scratch), not both")
        if self.config is not None and self.dropout is not None:
            raise ValueError("`dropout` changes a checkpoint: from scratch, give `config.dropout`")
        return self


class Training(Part):
    """How the weights are found.

    `batch_size` counts examples between two updates on one device, before `gradient_accumulation`; `learning_rate` is
    the peak, reached after `warmup_ratio` of all steps. `word_dropout` masks that share of a training text's tokens,
    other ones in every epoch. `max_length` is in tokens. `class_weights: balanced` weighs examples by the inverse
    frequency of their class. `evaluations_per_epoch` below 1 is one every few epochs. `metric` chooses the checkpoint
    (null: accuracy of classifiers and of tags that mark no entities, F1 of entities and answers).
    `early_stopping_patience` counts evaluations without a gain in it (null: never).
    """

    epochs: Annotated[float, Field(gt=0)] = 3
    batch_size: Count = 32
    learning_rate: Annotated[float, Field(gt=0)] = 2e-5
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    warmup_ratio: Share = 0.1
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    label_smoothing: Share = 0.0
    word_dropout: Share = 0.0
    max_length: Annotated[int, Field(ge=8)] = 128
    gradient_accumulation: Count = 1
    evaluations_per_epoch: Count | Annotated[float, Field(gt=0)] = 1
    class_weights: Literal["none", "balanced"] = "none"
    metric: str | None = None
    early_stopping_patience: Count | None = None
    bf16: Literal["auto"] | bool = "auto"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class FinetuneRecipe(Part):
    """A model for a task: a label for a text or a pair of texts, a tag for every word, or answers to questions.

    `weights` is the number format of the saved file; what is measured is the model as it is saved.
    """

    schema_version: Literal[1]
    name: str
    description: str = ""
    cites: str = ""
    task: TaskName = "classification"
    languages: Annotated[tuple[Lang, ...], Field(min_length=1)] = ("en", "es")
    model: Start
    tokenizer: (
        Annotated[
            Annotated[WordPiece, Tag("wordpiece")] | Annotated[Words, Tag("words")], _kind("kind", "wordpiece", "words")
        ]
        | None
    ) = None
    train: Training = Training()
    weights: Literal["float32", "float16", "bfloat16"] = "float32"
    adapt: Adapt = Adapt()
    qa: QuestionAnswering = QuestionAnswering()
    distil: Distillation | None = None
    tasks: Tasks = Field(default_factory=dict)
    sampling: Sampling = Sampling()
    card: Card = Card()

    @model_validator(mode="after")
    def _parts_fit(self) -> FinetuneRecipe:
        if self.model.checkpoint is not None and self.tokenizer is not None:
            raise ValueError("a checkpoint brings its own tokenizer: remove `tokenizer`, or give `model.config`")
        config = self.model.config
        if config is not None and self.train.max_length > config.max_positions:
            raise ValueError(
                f"train.max_length {self.train.max_length} exceeds model.config.max_positions {config.max_positions}"
            )
        metric, known = self.train.metric, METRICS[self.task]
        if metric is not None and metric not in known:
            raise ValueError(f"train.metric {metric!r} is no number of {self.task}: use {', '.join(known)}")
        if (problem := misfit(self.adapt, task=self.task, checkpoint=self.model.checkpoint)) is not None:
            raise ValueError(problem)
        if isinstance(config, Convolutional) and (self.task != "classification" or self.tasks):
            raise ValueError("a cnn classifies texts: leave `task` at classification, and `tasks` out")
        how = self.train
        problem = qa_misfit(
            self.qa,
            task=self.task,
            max_length=how.max_length,
            label_smoothing=how.label_smoothing,
            class_weights=how.class_weights,
        )
        problem = problem or distil_misfit(
            self.distil,
            task=self.task,
            label_smoothing=how.label_smoothing,
            class_weights=how.class_weights,
            tasks=bool(self.tasks),
        )
        others = {"task": self.task != "classification", "adapt": self.adapt != Adapt(), "train.metric": bool(metric)}
        problem = problem or multitask_misfit(self.tasks, self.sampling, others=others, metrics=METRICS)
        if problem is not None:
            raise ValueError(problem)
        return self
