"""Fine-tune a model for a task: recipe and tables in, a checkpoint directory with a model card out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from robust.checkpoints import threads
from robust.core.types import Floats
from robust.errors import UserError
from robust.recipe.distil import Distillation
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.parts import WordPiece
from robust.results.estimates import Estimate, proportion
from robust.stages import adapt, card, distil, models, precision, processes, remarks, resume, trainers
from robust.stages.baseline import baseline as fit_baseline
from robust.stages.finite import checked
from robust.stages.meter import Energy, Meter
from robust.stages.portable import save_tokenizer
from robust.stages.pretrain import tokenisers
from robust.stages.quiet import quiet
from robust.stages.tasks import AnyTable, Items, Task, task_of
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace, workspace

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from robust.stages.adversarial.hook import Hardening


@dataclass(frozen=True, slots=True, kw_only=True)
class Finetuned:
    """A finished fine-tuning.

    `scores` are the numbers of every set by name, `dev` first: accuracy, macro_f1 and matthews of a classifier, for
    one; `sizes` are their numbers of rows. `measure` is the score that chose the checkpoint. `baseline` has the
    accuracies of a bag of words, where asked for. `steps` counts the updates of the weights; `processes` shared each.
    `tokens` were read while training, padding included; `energy` is that of all calls, up to their last checkpoints.
    The weights are those after `kept` updates; `chosen` is False where the dev set did not choose them among others.
    """

    out: Path
    task: str
    labels: tuple[str, ...]
    parameters: int
    n_train: int
    measure: str
    scores: Mapping[str, Mapping[str, Estimate]]
    sizes: Mapping[str, int]
    baseline: Mapping[str, Estimate]
    epochs: float
    steps: int
    processes: int
    seconds: float
    resumed: bool
    notes: tuple[str, ...]
    tokens: int = 0
    energy: Energy | None = None
    chosen: bool = True
    kept: int | None = None

    @property
    def main(self) -> str:
        """The number that stands for the others: accuracy where there is one of whole rows, else `measure`."""
        return "accuracy" if self.task == "classification" else self.measure

    @property
    def dev(self) -> Estimate:
        """The main number of the dev set."""
        return self.scores["dev"][self.main]

    @property
    def tests(self) -> Mapping[str, Estimate]:
        """The main number of every test set."""
        return {name: found[self.main] for name, found in self.scores.items() if name != "dev"}


def finetune(
    recipe: FinetuneRecipe,
    *,
    train: AnyTable,
    dev: AnyTable | None,
    out: Path,
    tests: Mapping[str, AnyTable] | None = None,
    unlabelled: AnyTable | None = None,
    baseline: bool = False,
    device: Literal["auto", "cpu"] = "auto",
    force: bool = False,
    progress: Progress | None = None,
    hardening: Hardening | None = None,
) -> Finetuned:
    """Train on `train`, keep the checkpoint that is best on `dev` (earliest of equals), write it to `out`.

    The tables are those of the recipe's task. Without `dev` a tenth of `train` (of every label, where rows have one)
    is held out, drawn by the recipe's seed. `tests` (by name) are scored once, by the finished model, for the model
    card. `unlabelled` rows are learnt from the teachers of `recipe.distil` alone, their labels unread. `baseline` adds
    what a bag of words reaches on the labelled rows. An interrupted run goes on from its last checkpoint when it is
    called again; `out` appears only complete. `force` replaces a model at `out`. `hardening` trains against attacks.

    Raises `DataError` for tables that do not fit, `ModelError` for a checkpoint that does not load and a training that
    diverged, `UserError` when `out` is taken and for a baseline of a task that has none.
    """
    threads.set_threads()
    task = task_of(recipe)
    if baseline and recipe.task != "classification":
        raise UserError(f"a bag of words does no {recipe.task}", fix="leave --baseline out")
    task.check(train)
    labels = task.labels(train)
    tests = dict(tests or {})
    given = {"train": train, "unlabelled": unlabelled, "dev": dev, **tests}
    notes = [note for name, table in given.items() if table is not None for note in remarks.left_out(name, table)]
    if dev is None:
        train, dev = task.hold_out(train, seed=recipe.train.seed)
        what = "a tenth of every label" if recipe.task == "classification" else "a tenth"
        notes.append(f"No dev set was given: {len(dev.rows)} training rows ({what}) were held out.")
    known = remarks.texts(task, train)
    for name, table in (("dev", dev), *tests.items()):
        task.check(table, labels=labels)
        notes += remarks.repeated(name, table, task, known, also="training")
    purpose = {
        "recipe": recipe.model_dump(mode="json"),
        "train": train.fingerprint,
        "dev": dev.fingerprint,
        "tests": {name: table.fingerprint for name, table in tests.items()},
        "processes": processes.count(),  # they share the rows: with others it would be another training
    }
    if hardening is not None:
        purpose["hardening"] = dict(hardening.purpose)
    if unlabelled is not None and recipe.distil is None:
        raise UserError("nothing says what unlabelled rows are to teach", fix="name a teacher with --teacher")
    held: Any = train
    taught = distil.teachers(recipe.distil, held, labels, device=device) if recipe.distil else ()
    if taught:
        purpose["teachers"] = {teacher.name: teacher.revision for teacher in taught}
        purpose["unlabelled"] = unlabelled.fingerprint if unlabelled else None
    processes.join(device)
    opened = workspace(out, purpose=purpose, marker="config.json", force=force, prepared=(precision.NOTE,))
    with quiet(), processes.shared(opened) as place:
        model, tokenizer = _start(recipe, task, train, labels, place, device)
        declared = labels
        if labels:
            names: dict[Any, str] = {**(model.config.id2label or {})}
            labels = tuple(names[at] for at in range(len(labels)))
        model = adapt.prepare(model, recipe)
        learnt, soft = train, None
        if recipe.distil is not None:
            known = remarks.texts(task, unlabelled) if unlabelled else ()
            for name, table in (("dev", dev), *tests.items()):
                notes += remarks.repeated(name, table, task, known, also="unlabelled")
            learnt, soft = _taught(recipe.distil, taught, train, unlabelled, declared, place)
            soft = soft[:, [declared.index(label) for label in labels]]
            taught_by = ", ".join(card.taught_by(recipe.distil))
            more = f" and of {len(unlabelled.rows)} rows without labels" if unlabelled else ""
            notes.append(f"Teachers told what to make of the training rows{more}: {taught_by}.")

        def encode(name: str, table: AnyTable, *, training: bool = False) -> Items:
            items = task.encode(table, tokenizer, labels=labels, how=recipe.train, training=training)
            notes.extend(remarks.cut(name, items, recipe.train))
            return items

        items = encode("train and unlabelled" if unlabelled else "train", learnt, training=True)
        judged = encode("dev", dev)
        trainer = trainers.make(
            recipe, task, model, tokenizer, learnt, items, dev, judged, labels, place, device, progress, soft, hardening
        )
        before, joules = trainers.spent(place)
        started, meter = time.monotonic(), Meter()
        resume.train(trainer, processes.from_first(lambda: resume.last_checkpoint(place)))
        chosen, kept = trainers.choice(trainer)
        seconds = before + time.monotonic() - started
        energy = meter.energy(before=joules)
        if hardening is not None:
            hardening.finish(model)
            notes += hardening.notes
        if trainer.args.bf16:
            notes.append(precision.TOLD)
        if recipe.adapt.weight_ensemble is not None:
            alpha = recipe.adapt.weight_ensemble
            notes.append(f"Each weight is {1 - alpha:g} of the start and {alpha:g} of what was trained from it.")
        model = _rounded(checked(adapt.finish(model), rate=recipe.train.learning_rate), recipe.weights)

        def score(name: str, table: AnyTable) -> Mapping[str, Estimate]:
            encoded = judged if name == "dev" else encode(name, table)
            return task.scores(table, encoded, trainers.predict(trainer, encoded), labels=labels)

        rows: Any = train
        parts: dict[str, Any] = {"dev": dev, **tests}
        used = {"train": train, **({"unlabelled": unlabelled} if unlabelled else {}), **parts}
        scores = {name: score(name, table) for name, table in parts.items()}
        simple = processes.from_first(lambda: fit_baseline(rows, parts)) if baseline else {}
        result = Finetuned(
            out=out,
            task=recipe.task,
            labels=labels,
            parameters=sum(int(p.numel()) for p in model.parameters()),
            n_train=len(train.rows),
            measure=recipe.train.metric or task.measure(labels),
            scores=scores,
            sizes={name: len(table.rows) for name, table in parts.items()},
            baseline={name: proportion(k, len(parts[name].rows)) for name, k in simple.items()},
            epochs=float(trainer.state.epoch or 0),
            steps=int(trainer.state.global_step),
            processes=int(trainer.args.world_size),
            seconds=seconds,
            resumed=place.resumed,
            notes=tuple(notes),
            tokens=int(trainer.state.num_input_tokens_seen),
            energy=energy,
            chosen=chosen,
            kept=kept,
        )
        if processes.first():
            model.to(_dtype(recipe.weights)).save_pretrained(place.result)
            save_tokenizer(tokenizer, place.result)
            text = card.write(recipe, result, used)
            (place.result / "README.md").write_text(text, encoding="utf-8")
            if hardening is not None and hardening.record is not None:
                hardening.record(place.result, result)
    return result


def _taught(
    how: Distillation,
    taught: Sequence[distil.Teacher],
    train: Any,
    unlabelled: Any,
    labels: tuple[str, ...],
    place: Workspace,
) -> tuple[AnyTable, Floats]:
    kept = place.checkpoints.parent / "teachers.npy"
    return processes.from_first(lambda: distil.lesson(how, taught, train, unlabelled, labels, kept=kept))


def _dtype(name: str) -> Any:
    import torch

    return getattr(torch, name)


def _rounded(model: PreTrainedModel, weights: str) -> PreTrainedModel:
    """The model with the weights that it will have when it is loaded again, still in float32."""
    if weights != "float32":
        model.to(_dtype(weights))
        model.to(_dtype("float32"))
    return model


def _start(
    recipe: FinetuneRecipe, task: Task, train: AnyTable, labels: tuple[str, ...], place: Workspace, device: str
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    import torch

    longest = recipe.train.max_length
    texts = (text for row in train.rows for text in task.reads(row))
    checkpoint = processes.from_first(lambda: adapt.source(recipe, texts, place, device))
    folder = place.checkpoints.parent / "tokenizer"
    if checkpoint is None:
        plan = recipe.tokenizer or WordPiece()
        processes.from_first(lambda: tokenisers.write(plan, texts, folder, max_length=longest))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.train.seed)
        if checkpoint is not None:
            return models.from_checkpoint(
                checkpoint, labels, max_length=longest, auto=task.auto, dropout=recipe.model.dropout
            )
        if recipe.model.config is None:  # the recipe has checked that there is one or the other
            raise ValueError("neither checkpoint nor config")
        return models.from_scratch(recipe.model.config, labels, tokenizer=folder, auto=task.auto)
