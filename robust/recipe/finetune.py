"""The recipe of a fine-tuning: which model, which tokeniser, and how it is trained."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from robust.core.types import Lang

Share: TypeAlias = Annotated[float, Field(ge=0, lt=1)]
Count: TypeAlias = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Architecture(_Part):
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


class Start(_Part):
    """Where training starts: from the weights of `checkpoint` (directory or hub id), or from scratch by `config`."""

    checkpoint: str | None = None
    config: Architecture | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Start:
        if (self.checkpoint is None) == (self.config is None):
            raise ValueError("give either `checkpoint` (directory or hub id) or `config` (from scratch), not both")
        return self


class WordPiece(_Part):
    """A WordPiece vocabulary learnt from the training texts.

    `strip_accents` turns ñ into n and á into a: leave it off for Spanish.
    """

    kind: Literal["wordpiece"] = "wordpiece"
    vocab_size: Annotated[int, Field(ge=64)] = 8000
    lowercase: bool = True
    strip_accents: bool = False
    min_frequency: Count = 2


class Training(_Part):
    """How the weights are found.

    `batch_size` counts examples between two updates on one device, before `gradient_accumulation`; `learning_rate` is
    the peak, reached after `warmup_ratio` of all steps. `word_dropout` masks that share of a training text's tokens,
    other ones in every epoch. `max_length` is in tokens. `class_weights: balanced` weighs examples by the inverse
    frequency of their class. `early_stopping_patience` counts evaluations without a gain in accuracy (null: never).
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
    evaluations_per_epoch: Count = 1
    class_weights: Literal["none", "balanced"] = "none"
    early_stopping_patience: Count | None = None
    bf16: Literal["auto"] | bool = "auto"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class Card(_Part):
    """What the model card says beyond what is measured: licence of the weights, data and their licences, notes."""

    license: str = "other"
    data: tuple[str, ...] = ()
    notes: str = ""


class FinetuneRecipe(_Part):
    """A sequence classifier: one label for a text or a pair of texts."""

    schema_version: Literal[1]
    name: str
    description: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1)] = ("en", "es")
    model: Start
    tokenizer: WordPiece | None = None
    train: Training = Training()
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
        return self
