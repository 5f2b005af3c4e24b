"""Fine-tune one encoder for several tasks: recipe and tables in; a shared model, and one for each task, out."""

# mypy: allow-untyped-calls
# (transformers does not type what every model calls)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from robust.checkpoints import threads
from robust.errors import DataError
from robust.recipe.finetune import FinetuneRecipe
from robust.recipe.parts import WordPiece
from robust.results.estimates import Estimate
from robust.stages import card, models, multitask_card, multitask_loop, precision, processes, remarks
from robust.stages.finetune import Finetuned
from robust.stages.finite import checked
from robust.stages.meter import Energy, Meter
from robust.stages.multitask_loop import Learner
from robust.stages.portable import save_tokenizer
from robust.stages.pretrain import tokenisers
from robust.stages.quiet import quiet
from robust.stages.tasks import AnyTable, Task, task_of
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace, workspace

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from robust.models.multitask import MultitaskModel


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskData:
    """The tables of one task, of its own kind; without `dev` a tenth of `train` is held out."""

    train: AnyTable
    dev: AnyTable | None = None
    tests: Mapping[str, AnyTable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Multitasked:
    """A finished training of several tasks.

    `tasks` have what fine-tuning for each would have given; their models are in the folders `out/<task>`. `mean` is the
    highest mean of the tasks' measures on their dev sets, by which the weights were chosen, `epochs` how many passes
    over all rows of all tasks `steps` updates are worth. `tokens` were read while training, padding included; `energy`
    is that of this call's training, an earlier one's not included.
    """

    out: Path
    tasks: Mapping[str, Finetuned]
    parameters: int
    mean: float
    steps: int
    epochs: float
    seconds: float
    resumed: bool
    tokens: int = 0
    energy: Energy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A task before there is a model: `tables` are `train`, `dev` and the test sets by name."""

    name: str
    plan: FinetuneRecipe
    task: Task
    labels: tuple[str, ...]
    tables: Mapping[str, AnyTable]
    notes: tuple[str, ...]


def plan_of(recipe: FinetuneRecipe, name: str) -> FinetuneRecipe:
    """The recipe as it is for one of its tasks."""
    part = recipe.tasks[name]
    how = {"class_weights": part.class_weights or recipe.train.class_weights, "metric": part.metric}
    return recipe.model_copy(update={"task": part.task, "train": recipe.train.model_copy(update=how)})


def multitask(
    recipe: FinetuneRecipe,
    data: Mapping[str, TaskData],
    *,
    out: Path,
    device: Literal["auto", "cpu"] = "auto",
    force: bool = False,
    progress: Progress | None = None,
) -> Multitasked:
    """Train the tasks of `recipe` together on `data`, which has their names, and write the result to `out`.

    `out` holds the shared model (`robust-multitask`), `out/<task>` each task's own: an ordinary classifier or tagger.
    The weights with the best mean over the dev sets are kept, earliest of equals. An interrupted run goes on from its
    last evaluation when it is called again; `out` appears only complete. `force` replaces a model at `out`.

    Raises `DataError` for tables that are missing or do not fit, `ModelError` for a checkpoint that does not load or
    whose type lacks a head and for a training that diverges, `UserError` when `out` is taken.
    """
    _check_names(recipe, data)
    threads.set_threads()
    drafts = [_draft(plan_of(recipe, name), name, data[name]) for name in recipe.tasks]
    purpose = {
        "recipe": recipe.model_dump(mode="json"),
        "processes": processes.count(),  # the batches of an update: with others it would be another training
        "tables": {one.name: {name: table.fingerprint for name, table in one.tables.items()} for one in drafts},
    }
    processes.join(device)
    target = processes.own_device(device)
    opened = workspace(out, purpose=purpose, marker="config.json", force=force, prepared=(precision.NOTE,))
    with quiet(), processes.shared(opened) as place:
        model, tokenizer = _start(recipe, drafts, place)
        learners = [_learner(one, tokenizer) for one in drafts]
        meter = Meter()
        done = multitask_loop.train(model, learners, recipe, place, device=target, progress=progress)
        energy = meter.energy()
        checked(model, rate=recipe.train.learning_rate)
        _in_format(model, recipe).float()  # what is scored is what will be loaded
        pairs = list(zip(drafts, learners, strict=True))
        scored = processes.from_first(
            lambda: {one.name: _scores(model, one, learner, tokenizer, target) for one, learner in pairs}
        )
        tasks, chosen = {}, done.evaluations > 1
        told = (precision.TOLD,) if done.bf16 else ()
        for one, learner in pairs:
            scores, notes = scored[one.name]
            tasks[one.name] = Finetuned(
                out=out / one.name,
                task=one.plan.task,
                labels=one.labels,
                parameters=sum(int(value.numel()) for value in model.weights(one.name).values()),
                n_train=len(one.tables["train"].rows),
                measure=learner.metric,
                scores=scores,
                sizes={name: len(table.rows) for name, table in one.tables.items() if name != "train"},
                baseline={},
                epochs=done.epochs,
                steps=done.step,
                processes=processes.count(),
                seconds=done.seconds,
                resumed=place.resumed,
                notes=(*one.notes, *notes, *told, _together(recipe, one.name, chosen=chosen)),
                chosen=chosen,
            )
        result = Multitasked(
            out=out,
            tasks=tasks,
            parameters=sum(int(value.numel()) for value in model.parameters()),
            mean=done.best,
            steps=done.step,
            epochs=done.epochs,
            seconds=done.seconds,
            resumed=place.resumed,
            tokens=done.tokens,
            energy=energy,
        )
        if processes.first():
            _save(model.cpu(), tokenizer, recipe, drafts, result, place)
    return result


def _check_names(recipe: FinetuneRecipe, data: Mapping[str, TaskData]) -> None:
    for name in recipe.tasks:
        if name not in data:
            raise DataError(f"no data for the task {name!r} of {recipe.name}", fix=f"give --data {name}=FILE")
    for name in data:
        if name not in recipe.tasks:
            raise DataError(f"{recipe.name} has no task {name!r}", fix=f"its tasks are {', '.join(recipe.tasks)}")


def _draft(plan: FinetuneRecipe, name: str, data: TaskData) -> _Draft:
    task, train, dev = task_of(plan), data.train, data.dev
    task.check(train)
    labels = task.labels(train)
    given = {"train": train, "dev": dev, **data.tests}
    notes = [note for at, table in given.items() if table is not None for note in remarks.left_out(at, table)]
    if dev is None:
        train, dev = task.hold_out(train, seed=plan.train.seed)
        notes.append(f"No dev set was given: {len(dev.rows)} training rows (a tenth) were held out.")
    known = remarks.texts(task, train)
    for at, table in {"dev": dev, **data.tests}.items():
        task.check(table, labels=labels)
        notes += remarks.repeated(at, table, task, known, also="training")
    tables = {"dev": dev, **data.tests, "train": train}
    return _Draft(name=name, plan=plan, task=task, labels=labels, tables=tables, notes=tuple(notes))


def _start(
    recipe: FinetuneRecipe, drafts: Sequence[_Draft], place: Workspace
) -> tuple[MultitaskModel, PreTrainedTokenizerBase]:
    import torch

    from robust.models.multitask import MultitaskModel

    folder = _own_tokenizer(place)
    longest = recipe.train.max_length
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.train.seed)
        if recipe.model.config is not None:
            texts = (text for one in drafts for row in one.tables["train"].rows for text in one.task.reads(row))
            plan = recipe.tokenizer or WordPiece()
            processes.from_first(lambda: tokenisers.write(plan, texts, folder, max_length=longest))
            encoder, tokenizer = models.from_scratch(recipe.model.config, (), tokenizer=folder, auto="AutoModel")
        else:
            name = str(recipe.model.checkpoint)
            encoder, tokenizer = models.from_checkpoint(
                name, (), max_length=longest, auto="AutoModel", dropout=recipe.model.dropout
            )
            if isinstance(encoder, MultitaskModel):
                encoder = encoder.encoder
        heads: dict[str, Any] = {one.name: (recipe.tasks[one.name].task, one.labels) for one in drafts}
        return MultitaskModel.around(encoder, heads), tokenizer


def _learner(one: _Draft, tokenizer: PreTrainedTokenizerBase) -> Learner:
    how, train, dev = one.plan.train, one.tables["train"], one.tables["dev"]
    loss = one.task.loss(how, train, one.labels)
    if loss is None:
        raise TypeError(f"{type(one.task).__name__} has no loss of its own")
    return Learner(
        name=one.name,
        task=one.task,
        labels=one.labels,
        metric=how.metric or one.task.measure(one.labels),
        dev=dev,
        items=one.task.encode(train, tokenizer, labels=one.labels, how=how, training=True),
        judged=one.task.encode(dev, tokenizer, labels=one.labels, how=how, training=False),
        collate=one.task.collator(tokenizer),
        loss=loss,
    )


def _scores(
    model: MultitaskModel, one: _Draft, learner: Learner, tokenizer: PreTrainedTokenizerBase, device: torch.device
) -> tuple[dict[str, Mapping[str, Estimate]], list[str]]:
    """The scores of every set but the training data, `dev` first, and notes on texts that are cut."""
    found = {}
    notes = remarks.cut("train", learner.items, one.plan.train)
    size = max(64, one.plan.train.batch_size)
    for name, table in one.tables.items():
        if name != "train":
            items = learner.judged
            if name != "dev":
                items = one.task.encode(table, tokenizer, labels=one.labels, how=one.plan.train, training=False)
            notes += remarks.cut(name, items, one.plan.train)
            answers = multitask_loop.predict(model, one.name, items, learner.collate, device=device, size=size)
            found[name] = one.task.scores(table, items, answers, labels=one.labels)
    return found, notes


def _together(recipe: FinetuneRecipe, name: str, *, chosen: bool) -> str:
    others = " and ".join(other for other in recipe.tasks if other != name)
    best = "; the weights are those with the best mean over the dev sets of all tasks" if chosen else ""
    return f"Learnt together with {others} by one encoder{best}. Epochs and seconds are those of the whole training."


def _save(
    model: MultitaskModel,
    tokenizer: PreTrainedTokenizerBase,
    recipe: FinetuneRecipe,
    drafts: Sequence[_Draft],
    result: Multitasked,
    place: Workspace,
) -> None:
    _in_format(model, recipe).save_pretrained(place.result)
    text = multitask_card.write(recipe, result, {one.name: one.tables["train"] for one in drafts})
    (place.result / "README.md").write_text(text, encoding="utf-8")
    for one in drafts:
        model.save_single(one.name, place.result / one.name)
        tables = {"train": one.tables["train"], **one.tables}
        text = card.write(one.plan, result.tasks[one.name], tables)
        (place.result / one.name / "README.md").write_text(text, encoding="utf-8")
    for folder in (place.result, *(place.result / one.name for one in drafts)):
        save_tokenizer(tokenizer, folder)


def _in_format(model: Any, recipe: FinetuneRecipe) -> Any:
    import torch

    return model.to(getattr(torch, recipe.weights))


def _own_tokenizer(place: Workspace) -> Path:
    return place.checkpoints.parent / "tokenizer"
