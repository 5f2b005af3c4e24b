"""How a pretrained model is adapted to a task: what is trained, from which features, how fast each layer learns."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from robust.recipe.parts import Count, Part, Positive, Share

Pooling: TypeAlias = Literal["own", "cls", "mean", "max", "last", "concat"]


class Lora(Part):
    """Low-rank adapters (Hu et al. 2022): a chosen matrix W becomes W + (`alpha` / `rank`) · B A; only A and B learn.

    `targets` are the query and value matrices of attention (`attention`; where a model has none, every linear layer),
    every linear layer below the head (`linear`), or the names of modules, by their last parts. `dropout` thins out what
    the adapters read.
    """

    rank: Count = 8
    alpha: Positive = 16.0
    dropout: Share = 0.0
    targets: Literal["attention", "linear"] | Annotated[tuple[str, ...], Field(min_length=1)] = "attention"


class SlantedTriangular(Part):
    """A learning rate that rises for `cut_fraction` of the training, then falls (Howard & Ruder 2018, eq. 3).

    It begins and ends at 1/`ratio` of its peak, which is `learning_rate`.
    """

    cut_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.1
    ratio: Annotated[float, Field(ge=1)] = 32.0


class LanguageModel(Part):
    """The language model goes on learning on the training texts before the task is learnt (ULMFiT's second stage).

    Encoders fill in masked tokens (a share `masked` of them), decoders and recurrent models predict the next one. The
    texts are joined and cut into blocks of `length` tokens; `batch_size` counts blocks. `discriminative` and
    `slanted_triangular` are as in the task's own section; without the latter the rate falls linearly.
    """

    epochs: Positive = 1.0
    batch_size: Count = 32
    length: Annotated[int, Field(ge=8)] = 128
    learning_rate: Positive = 1e-4
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    discriminative: Annotated[float, Field(ge=1)] | None = None
    slanted_triangular: SlantedTriangular | None = None
    masked: Annotated[float, Field(gt=0, lt=1)] = 0.15
    clip: Positive | None = 1.0


class Adapt(Part):
    """Ways to adapt, each its own choice; as it stands, all weights are trained alike (full fine-tuning).

    `frozen` trains the head alone, on the features of an encoder without dropout. The head is all that lies above the
    encoder's layers: a pooler that the encoder has is part of it.

    `pooling` says what the head of a text classifier reads: the model's `own` choice, the first token (`cls`), the mean
    or maximum over the tokens, the `last` token, or all of last, maximum and mean (`concat`, ULMFiT). With any but
    `own` the checkpoint becomes a `robust-pooled` model.

    `discriminative` divides the learning rate by this number from each layer to the one below (2.6 in ULMFiT).
    `gradual_unfreezing` trains the head first and one more layer after every `unfreeze_every` epochs.
    `slanted_triangular` takes the place of `train.schedule` and `train.warmup_ratio`. `language_model` needs a
    `model.checkpoint`.

    `weight_ensemble` is the mixing coefficient α of weight-space ensembling (WiSE-FT, Wortsman et al. 2022,
    arXiv:2109.01903): the finished weights are (1 - α) · start + α · trained. It needs a `model.checkpoint` that was
    trained for the same labels, and takes something of the new task for something kept of the old ones.
    """

    frozen: bool = False
    pooling: Pooling = "own"
    lora: Lora | None = None
    discriminative: Annotated[float, Field(ge=1)] | None = None
    gradual_unfreezing: bool = False
    unfreeze_every: Positive = 1.0
    slanted_triangular: SlantedTriangular | None = None
    language_model: LanguageModel | None = None
    weight_ensemble: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _choices_fit(self) -> Adapt:
        if self.frozen:
            idle = [
                name
                for name, set_ in (
                    ("lora", self.lora is not None),
                    ("discriminative", self.discriminative is not None),
                    ("gradual_unfreezing", self.gradual_unfreezing),
                )
                if set_
            ]
            if idle:
                raise ValueError(f"`frozen` trains the head alone and leaves nothing to do for {' and '.join(idle)}")
        return self


def misfit(adapt: Adapt, *, task: str, checkpoint: str | None) -> str | None:
    """Why these choices do not go with a task and a start (`checkpoint` None: from scratch); None where they do."""
    if adapt.pooling != "own" and task != "classification":
        return f"adapt.pooling makes one vector of a text, which {task} cannot use: remove it"
    if checkpoint is None and adapt.language_model is not None:
        return "adapt.language_model goes on with a pretrained model: give `model.checkpoint`"
    if checkpoint is None and adapt.weight_ensemble is not None:
        return "adapt.weight_ensemble takes the mean with the weights of the start: give `model.checkpoint`"
    if checkpoint is None and (adapt.frozen or adapt.lora is not None):
        return (
            f"adapt.{'frozen' if adapt.frozen else 'lora'} keeps weights that nobody trained: give `model.checkpoint`"
        )
    return None
