"""Ways to adapt a pretrained model to a task, as the `adapt` section of a recipe says.

In order: `source` is the checkpoint to start from; `prepare` readies the loaded model; `optimizer` and `callbacks` go
to the trainer; `finish` makes an ordinary model of what was trained.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from robust.core.seeds import derive
from robust.errors import ModelError
from robust.recipe.finetune import FinetuneRecipe
from robust.stages.adapt import ensemble, freezing, language_model, layers, lora, rates
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    from transformers import PreTrainedModel

DROPOUT = {"concat": 0.4}
"""Dropout of the head on pooled features, where it is not the usual tenth: ULMFiT's."""

_TRAINED = "_robust_trained"
"""Where a prepared model remembers the weights that were open to training before."""


def source(recipe: FinetuneRecipe, texts: Iterable[str], place: Workspace, device: str) -> str | None:
    """The checkpoint to start from: `recipe.model.checkpoint`, or a directory where it has first learnt from `texts`.

    `texts` are the training texts of the task, fields of pairs one by one; they are read only where the recipe has a
    section `adapt.language_model`. Work that was finished before an interruption is found again in `place`. None where
    the recipe starts from scratch. Raises `ModelError` for a checkpoint that is no language model.
    """
    settings = recipe.adapt.language_model
    checkpoint = recipe.model.checkpoint
    if settings is None or checkpoint is None:
        return checkpoint
    folder = place.checkpoints.parent / "language-model"
    seed = derive("language model", recipe.train.seed)
    return str(
        language_model.tune(
            checkpoint, texts, settings, folder=folder, device=device, seed=seed, bf16=recipe.train.bf16
        )
    )


def prepare(model: PreTrainedModel, recipe: FinetuneRecipe) -> PreTrainedModel:
    """The model as it is to be trained: with its pooling head, with adapters, with frozen weights.

    May return another object than `model`. New weights are drawn by the recipe's seed, whatever torch's generator has
    seen. Raises `ModelError` for a model that does not allow what the recipe asks for.
    """
    import torch

    how = recipe.adapt
    drawn: set[str] = model.__dict__.pop(ensemble.DRAWN, set())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive("adapt", recipe.train.seed))
        if how.pooling != "own" and (pooled := _pooled(model, how.pooling)) is not model:
            model, drawn = pooled, {name for name, _ in layers.head(pooled)}
        if how.weight_ensemble is not None:
            ensemble.hold(model, how.weight_ensemble, drawn=drawn)
        model.__dict__[_TRAINED] = [parameter for parameter in model.parameters() if parameter.requires_grad]
        if how.lora is not None:
            lora.add(model, how.lora)
    if how.frozen:
        freezing.freeze(model)
    return model


def optimizer(model: PreTrainedModel, recipe: FinetuneRecipe, steps: int) -> tuple[Any, Any] | None:
    """Optimizer and schedule for `steps` updates, for `Trainer(optimizers=…)`; None where the trainer's own will do."""
    how, train = recipe.adapt, recipe.train
    if how.discriminative is None and how.slanted_triangular is None and not how.gradual_unfreezing:
        return None
    from torch.optim import AdamW
    from torch.optim.lr_scheduler import LambdaLR
    from transformers import get_scheduler

    groups = rates.parameter_groups(
        model, rate=train.learning_rate, discriminative=how.discriminative, weight_decay=train.weight_decay
    )
    made = AdamW(groups)
    if how.slanted_triangular is not None:
        return made, LambdaLR(made, rates.schedule(how.slanted_triangular, steps))
    warmup = math.ceil(train.warmup_ratio * steps)
    return made, get_scheduler(train.schedule, made, num_warmup_steps=warmup, num_training_steps=steps)


def callbacks(model: PreTrainedModel, recipe: FinetuneRecipe) -> list[Any]:
    """Callbacks for the trainer (gradual unfreezing); each works out its state from the trainer's step."""
    how = recipe.adapt
    return [freezing.gradual(layers.layer_groups(model), every=how.unfreeze_every)] if how.gradual_unfreezing else []


def finish(model: PreTrainedModel) -> PreTrainedModel:
    """An ordinary model of a trained one, the same object changed in place.

    Adapters are merged, what was held is let go, and the mean with the weights of the start is taken where asked for.

    Call it right after training, so that what is measured is what is saved.
    """
    lora.merge(model)
    ensemble.mix(model)
    freezing.thaw(model, model.__dict__.pop(_TRAINED, ()))
    return model


def _pooled(model: PreTrainedModel, pooling: str) -> PreTrainedModel:
    """The encoder of `model` under a head for pooled features; as it is where it has that head already."""
    from robust.models.pooled import PooledForSequenceClassification

    if isinstance(model, PooledForSequenceClassification) and model.config.pooling == pooling:
        return model
    encoder: Any = model.base_model
    kept = ("id2label", "label2id", "pad_token_id", "robust_language")
    settings = {name: value for name in kept if (value := getattr(model.config, name, None)) is not None}
    try:
        if encoder is model:
            raise ValueError("it has no encoder under a head")
        return PooledForSequenceClassification.around(
            encoder, pooling=pooling, dropout=DROPOUT.get(pooling, 0.1), **settings
        )
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        raise ModelError(
            f"{type(model).__name__} gives no features to pool: {reason}", fix="leave it out: --set adapt.pooling=own"
        ) from error
