"""The methods that are compared, and how long each may learn: the tables to tune.

Every method is a shipped fine-tuning recipe with changes. It makes a fixed number of updates that depends on how many
labels there are, so that scores can be set against updates, and is evaluated a fixed number of times on the way; the
checkpoint that is best on the dev set is kept, for all methods alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.load import load

EPOCHS = {"epochs": 3}
SHORT: Mapping[str, Any] = {"adapt": {"language_model": EPOCHS}}
"""ULMFiT's second stage is shorter than the recipe's, for time."""

EVALUATIONS = 10
"""How often the dev set is scored in a fit."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to a classifier.

    `changes` are laid over the sections of the recipe. `updates` are pairs (labels, updates): the first pair with at
    least as many labels holds, the last one beyond. `starts` says whether it starts from a resource. A recipe that
    unfreezes gradually opens one of its `groups` of layers after another, all of them by `unfrozen` of the updates.
    """

    title: str
    recipe: str
    updates: tuple[tuple[int, int], ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    starts: bool = True
    groups: int = 4
    unfrozen: float = 0.5


FEW = ((100, 20), (500, 40), (2000, 80), (10**9, 160))
SMALL = ((100, 40), (500, 80), (2000, 160), (10**9, 320))
MAIN: Mapping[str, Method] = {
    "scratch": Method(
        title="from scratch",
        recipe="classifier",
        updates=SMALL,
        changes={
            "model": {
                "checkpoint": None,
                "config": {
                    "hidden_size": 256,
                    "layers": 4,
                    "heads": 4,
                    "intermediate_size": 1024,
                    "max_positions": 256,
                    "dropout": 0.1,
                },
            },
            "tokenizer": {"vocab_size": 8000, "min_frequency": 2},
            "train": {"learning_rate": 5e-4, "word_dropout": 0.15, "label_smoothing": 0.05},
        },
        starts=False,
    ),
    "vectors": Method(title="word vectors", recipe="word-vectors", updates=SMALL),
    "ulmfit": Method(title="ULMFiT", recipe="ulmfit", updates=SMALL, changes=SHORT),
    "bert": Method(
        title="BERT (ours)",
        recipe="classifier",
        updates=SMALL,
        changes={"model": {"dropout": 0.1}, "train": {"learning_rate": 2e-4}},  # it is pre-trained without any
    ),
    "minilm": Method(title="MiniLM", recipe="classifier", updates=FEW, changes={"train": {"learning_rate": 1e-4}}),
}


def _without(what: str, **adapt: Any) -> Method:
    return Method(title=f"ULMFiT without {what}", recipe="ulmfit", updates=SMALL, changes={"adapt": adapt})


ABLATION: Mapping[str, Method] = {
    "ulmfit-no-language-model": _without("the language model's stage", language_model=None),
    "ulmfit-no-discriminative": _without(
        "rates by layer", discriminative=None, language_model={**EPOCHS, "discriminative": None}
    ),
    "ulmfit-no-triangle": _without(
        "slanted triangles", slanted_triangular=None, language_model={**EPOCHS, "slanted_triangular": None}
    ),
    "ulmfit-no-unfreezing": _without("gradual unfreezing", gradual_unfreezing=False, language_model=EPOCHS),
    "ulmfit-no-concat": _without("concat pooling", pooling="last", language_model=EPOCHS),
}
"""ULMFiT less one of its parts each."""

METHODS: Mapping[str, Method] = {**MAIN, **ABLATION}


def updates_for(method: Method, labels: int) -> int:
    """How many updates the method makes on that many labels."""
    return next((updates for most, updates in method.updates if labels <= most), method.updates[-1][1])


def recipe_for(
    method: Method, *, resource: str | None, n_train: int, language: str, seed: int, max_length: int | None = None
) -> FinetuneRecipe:
    """The method's recipe with its changes, its starting point, and as many epochs as make up its updates.

    Texts are cut to `max_length` tokens of the method's own tokeniser, where it is given.
    Raises the `RobustError` family for a recipe that does not exist, `pydantic.ValidationError` for changes that do not
    fit it.
    """
    fields = load(method.recipe, family="finetune", schema=FinetuneRecipe).model_dump()
    for section, change in method.changes.items():
        fields[section] = _laid_over(fields[section], change)
    if method.starts:
        fields["model"] = {"checkpoint": resource, "dropout": fields["model"].get("dropout")}
    fields["languages"] = (language,)
    how = fields["train"]
    per_epoch = math.ceil(math.ceil(n_train / how["batch_size"]) / how["gradient_accumulation"])
    updates = updates_for(method, n_train)
    every = max(1, updates // EVALUATIONS)
    updates = every * max(1, updates // every)
    # The trainer rounds both up: half an update less than what is meant is safe from the last bit of a quotient.
    fields["train"] = {
        **how,
        "epochs": (updates - 0.5) / per_epoch,
        "evaluations_per_epoch": per_epoch / (every - 0.5),
        "early_stopping_patience": None,
        "seed": seed,
        "max_length": max_length or how["max_length"],
    }
    if fields["adapt"]["gradual_unfreezing"]:
        pace = method.unfrozen * updates / per_epoch / method.groups
        fields["adapt"] = {**fields["adapt"], "unfreeze_every": pace}
    return FinetuneRecipe.model_validate(fields)


def _laid_over(fields: Any, change: Any) -> Any:
    """`change` over `fields`, section by section."""
    if not isinstance(change, Mapping) or not isinstance(fields, Mapping):
        return change
    return {**fields, **{name: _laid_over(fields.get(name), part) for name, part in change.items()}}
