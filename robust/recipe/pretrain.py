"""The recipe of a pre-training: which model learns from raw text, with which tokeniser, and how."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from robust.core.types import Lang
from robust.recipe.parts import Card, Count, Part, Positive, Share, Tokenizer
from robust.recipe.pretrain_models import (
    CausalDecoder,
    Checkpoint,
    CounterFit,
    ErrorModel,
    FastText,
    GloVe,
    MaskedEncoder,
    Recurrent,
    Word2Vec,
)

PretrainModel: TypeAlias = Annotated[
    Word2Vec | FastText | GloVe | CounterFit | ErrorModel | Recurrent | MaskedEncoder | CausalDecoder | Checkpoint,
    Field(discriminator="kind"),
]

VECTORS = ("word2vec", "fasttext", "glove")


class LanguageModelling(Part):
    """How a language model is trained (word vectors have their own settings in `model`).

    A step reads `batch_size` rows of `length` tokens on one device, `gradient_accumulation` times. Training ends after
    `steps` updates, or `epochs` passes over the text, or `minutes` of training, whichever is set; with `minutes` the
    schedule follows the clock, as the number of steps is not known beforehand. `learning_rate` is the peak, reached
    after `warmup_ratio` of the training; `clip` is the greatest norm of a gradient (null: none). `held_out` is the
    share of the text that only measures. `compile` asks for torch.compile.
    """

    batch_size: Count = 64
    length: Annotated[int, Field(ge=8)] = 128
    gradient_accumulation: Count = 1
    steps: Count | None = None
    epochs: Positive | None = None
    minutes: Positive | None = None
    optimizer: Literal["adamw", "sgd"] = "adamw"
    learning_rate: Positive = 1e-3
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    warmup_ratio: Share = 0.06
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    betas: tuple[Share, Share] = (0.9, 0.98)
    clip: Positive | None = 1.0
    bf16: Literal["auto"] | bool = "auto"
    compile: bool = False
    held_out: Share = 0.005
    log_every: Count = 50
    save_every: Count = 500
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0

    @model_validator(mode="after")
    def _one_end(self) -> LanguageModelling:
        given = [name for name in ("steps", "epochs", "minutes") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"the end is set {len(given)} times ({', '.join(given)}): give one of them")
        return self


class PretrainRecipe(Part):
    """A model that learns from raw text."""

    schema_version: Literal[1]
    name: str
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1)] = ("en", "es")
    model: PretrainModel
    tokenizer: Tokenizer | None = None
    train: LanguageModelling = LanguageModelling()
    card: Card = Card()

    @model_validator(mode="after")
    def _parts_fit(self) -> PretrainRecipe:
        if self.model.kind == "checkpoint" and self.tokenizer is not None:
            raise ValueError("a checkpoint brings its own tokenizer: remove `tokenizer`")
        if self.model.kind in ("bert", "gpt", "recurrent") and self.tokenizer is None:
            raise ValueError(f"`{self.model.kind}` needs a `tokenizer` ({{kind: wordpiece}}, byte-bpe or words)")
        if self.model.kind in ("bert", "gpt") and self.train.length > self.model.max_positions:
            raise ValueError(f"train.length {self.train.length} exceeds model.max_positions {self.model.max_positions}")
        return self
