"""The recipe of a training against attacks: a defence, adversarial texts, and the attacks that it is measured by."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from robust import registry
from robust.core.types import Lang
from robust.recipe.adapt import Adapt
from robust.recipe.attack import plain_name, unique
from robust.recipe.finetune import FinetuneRecipe, Start, Training
from robust.recipe.parts import Card, Count, Part, Positive, Share
from robust.recipe.plugins import DefenceSpec, PluginSpec


class AdversarialWeights(Part):
    """Adversarial weight perturbation of relative size `gamma`, from the share `start` of the training on."""

    gamma: Positive = 0.005
    start: Share = 0.25


class Adversarial(Part):
    """Adversarial texts of the training data, by the attack recipes `recipes`; each example is given to one of them.

    `when: once` attacks the model that is started from, before training, and adds what succeeds to the data (all of
    it, or `share` · rows). `each_epoch` attacks the model as it is at the beginning of every epoch but the first
    `clean_epochs`, until `share` · rows attacks have succeeded or `most` · rows were tried (Yoo & Qi 2021, algorithm
    1). `query_budget` bounds each search.
    """

    recipes: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(unique)]
    when: Literal["once", "each_epoch"] = "each_epoch"
    share: Annotated[float, Field(gt=0, le=1)] = 0.2
    clean_epochs: Annotated[int, Field(ge=0)] = 1
    most: Annotated[float, Field(gt=0, le=1)] = 1.0
    query_budget: Count | None = None


class Noise(Part):
    """A copy of every text beside it, drawn anew in every epoch by one of the augmentation recipes `recipes`.

    Of `draws` copies the one that the model is most wrong about is learnt (Ivgi & Berant 2021).
    """

    recipes: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(unique)]
    draws: Count = 1


class Smoothing(Part):
    """Prediction by vote over `draws` random changes of a text, as the plugin `kernel` makes them.

    Training reads one draw of each text, another one in every epoch.
    """

    kernel: DefenceSpec
    draws: Count = 20


class HeldOut(Part):
    """Attacks that are not trained on, by language."""

    en: Annotated[tuple[str, ...], AfterValidator(unique)] = ("textfooler", "pwws", "deepwordbug", "keyboard-typos")
    es: Annotated[tuple[str, ...], AfterValidator(unique)] = (
        "textfooler",
        "deepwordbug",
        "diacritics-es",
        "spelling-es",
        "variety-es",
    )


class Measure(Part):
    """What the model is attacked with before and after, on the first `limit` rows of the test data.

    `trained_on` are the attacks that the training has seen, or whose changes it has (null: those of `adversarial`).
    `calibrate` divides the model's logits by the temperature that fits the dev rows, before and after.

    `controls` are attacks that know less than some of the others; they are no part of the means, but one of those that
    does less harm than its control is flagged (`robust.results.flags`). `masking` looks for hidden gradients
    (`robust.evaluation.masking`).
    """

    trained_on: tuple[str, ...] | None = None
    held_out: HeldOut = HeldOut()
    controls: Annotated[tuple[str, ...], AfterValidator(unique)] = ("random-order",)
    masking: bool = True
    limit: Count = 200
    calibrate: bool = True


class TrainRecipe(Part):
    """A model that is trained on against attacks, and what is to be shown of it.

    `keep: last` ends with the weights of the last update: by clean accuracy, which `keep: best` chooses by, a
    checkpoint from before the attacks is often the best. `dropout` takes the place of the model's own (null: as it
    is). `swa` averages the weights from that share of the training on; `flooding` is the loss below which learning
    turns around (0: never). Behind `input_defences`, the first foremost, the model reads every text, then and later.
    """

    schema_version: Literal[1]
    name: Annotated[str, AfterValidator(plain_name)]
    description: str = ""
    cites: str = ""
    languages: Annotated[tuple[Lang, ...], Field(min_length=1), AfterValidator(unique)]
    train: Training = Training()
    keep: Literal["last", "best"] = "last"
    dropout: Share | None = None
    adapt: Adapt = Adapt()
    weights: Literal["float32", "float16", "bfloat16"] = "float32"
    defence: DefenceSpec | None = None
    smoothing: Smoothing | None = None
    adversarial: Adversarial | None = None
    noise: Noise | None = None
    input_defences: Annotated[tuple[Literal["spelling", "context", "normalise"], ...], AfterValidator(unique)] = ()
    awp: AdversarialWeights | None = None
    swa: Share | None = None
    flooding: Annotated[float, Field(ge=0)] = 0.0
    measure: Measure = Measure()
    card: Card = Card()
    deviations: tuple[str, ...]
    reported: tuple[dict[str, Any] | str, ...] = ()

    @model_validator(mode="after")
    def _parts_fit(self) -> TrainRecipe:
        if self.defence is not None and draws(self.defence):
            raise ValueError(f"{self.defence.name} draws texts: write `smoothing: {{kernel: {self.defence.name}}}`")
        if self.smoothing is not None and not draws(self.smoothing.kernel):
            name = self.smoothing.kernel.name
            raise ValueError(f"{name} draws no texts: write `defence: {name}`")
        if self.train.early_stopping_patience is not None and self.keep == "last":
            raise ValueError("early stopping goes back to the best checkpoint: write `keep: best`")
        if self.smoothing is not None and self.adversarial is not None:
            raise ValueError("a smoothed model is attacked on its vote, not in training: remove `adversarial`")
        if self.input_defences and self.adversarial is not None:
            raise ValueError("`input_defences` go with `noise`, `defence` or `smoothing`, not with `adversarial`")
        if self.noise is not None and self.smoothing is not None:
            raise ValueError("`noise` and `smoothing` both draw the texts of an epoch: keep one")
        if self.noise is not None and self.adversarial is not None and self.adversarial.when == "each_epoch":
            raise ValueError("`noise` and attacks in the loop both bring a second text: write `when: once`")
        looped = self.adversarial is not None and self.adversarial.when == "each_epoch"
        if looped and self.adversarial is not None and self.train.epochs <= self.adversarial.clean_epochs:
            clean = self.adversarial.clean_epochs
            raise ValueError(
                f"the first attack is after {clean} clean epochs: train.epochs has to be more than {clean}"
            )
        if self.smoothing is not None and self.train.word_dropout:
            raise ValueError("`smoothing` changes the words of a text already: leave train.word_dropout at 0")
        if self.train.label_smoothing and self.defence is not None and self.defence.name == "mixada":
            raise ValueError("mixada has labels of its own: leave train.label_smoothing at 0")
        return self

    @property
    def votes(self) -> bool:
        """Whether the trained model predicts by a vote over random draws."""
        return self.smoothing is not None or (self.defence is not None and predicts(self.defence))

    def finetuning(self, model: str) -> FinetuneRecipe:
        """The fine-tuning of `model` (directory, starter or hub id) that this training adds to."""
        return FinetuneRecipe(
            schema_version=1,
            name=self.name,
            description=self.description,
            cites=self.cites,
            languages=self.languages,
            model=Start(checkpoint=model, dropout=self.dropout),
            train=self.train,
            weights=self.weights,
            adapt=self.adapt,
            card=self.card,
        )

    def trained_on(self) -> tuple[str, ...]:
        """The attacks that the training sees."""
        if self.measure.trained_on is not None:
            return self.measure.trained_on
        return self.adversarial.recipes if self.adversarial is not None else ()

    def hardening(self) -> dict[str, Any]:
        """What this training adds, as plain JSON values: equal ones train equal models."""
        told = self.model_dump(mode="json")
        return {key: told[key] for key in _HARDENING}


_HARDENING = ("keep", "defence", "smoothing", "adversarial", "noise", "input_defences", "awp", "swa", "flooding")


def draws(spec: PluginSpec) -> bool:
    """Whether a defence is one that draws texts, for smoothing."""
    return hasattr(registry.get(spec.family, spec.name), "draw")


def predicts(spec: PluginSpec) -> bool:
    """Whether a defence also says how the trained model predicts."""
    return bool(getattr(registry.get(spec.family, spec.name), "predicts", False))


def needs_bounds(spec: PluginSpec) -> bool:
    """Whether a defence carries intervals through the model, which not every model allows."""
    return bool(getattr(registry.get(spec.family, spec.name), "needs_bounds", False))
