"""The trainer of a recipe: transformers' own, set up, with a task's loss and measures and book-keeping."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from robust.checkpoints.device import pick_device
from robust.core.types import Floats
from robust.recipe.finetune import FinetuneRecipe
from robust.stages import adapt, distil, precision, processes
from robust.stages.finite import check_loss
from robust.stages.meter import Meter
from robust.stages.sampling import Shuffled, by_length, restored
from robust.stages.tasks import AnyTable, Items, Task
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from robust.stages.adversarial.hook import Hardening

Progress: TypeAlias = Callable[[int, int, Mapping[str, float]], None]
"""Called with (step, all steps, numbers such as `loss` or `eval_accuracy`) while a model trains."""

COMPLETE = "complete"
"""A file of this name marks a checkpoint that was written to its end."""
SPENT = "cost.json"
"""Beside the checkpoints: seconds and joules up to the last one."""


def make(
    recipe: FinetuneRecipe,
    task: Task,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    train: AnyTable,
    items: Items,
    dev: AnyTable,
    judged: Items,
    labels: tuple[str, ...],
    place: Workspace,
    device: str,
    progress: Progress | None,
    soft: Floats | None = None,
    hardening: Hardening | None = None,
) -> Trainer:
    """A trainer that evaluates, saves and marks checkpoints in `place` as the recipe says, and prints nothing.

    `items` are the rows of `train`, `judged` those of `dev`, as `task` encodes them. `soft` `(rows of train, labels)`
    are targets in the place of the labels of `train`. `hardening` takes what the trainer would do with a batch into its
    hands.
    """
    from transformers import EarlyStoppingCallback, PrinterCallback, TrainingArguments

    how, on_cpu = recipe.train, pick_device(device).type == "cpu"
    encoded = items if soft is None else distil.soften(items, soft)
    collator: Any = task.collator(tokenizer)
    if hardening is not None:
        encoded = hardening.reading(encoded, tokenizer) if hardening.reading else encoded
        collator = hardening.collator(collator) if hardening.collator else collator
    per_epoch = math.ceil(
        math.ceil(len(encoded) / (how.batch_size * processes.devices(device))) / how.gradient_accumulation
    )
    every = max(1, math.ceil(per_epoch / how.evaluations_per_epoch))
    arguments = TrainingArguments(
        output_dir=str(place.checkpoints),
        num_train_epochs=how.epochs,
        per_device_train_batch_size=how.batch_size,
        per_device_eval_batch_size=max(64, how.batch_size),
        gradient_accumulation_steps=how.gradient_accumulation,
        learning_rate=how.learning_rate,
        lr_scheduler_type=how.schedule,
        warmup_steps=math.ceil(how.warmup_ratio * per_epoch * how.epochs),
        weight_decay=how.weight_decay,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        logging_steps=max(1, every // 10),
        logging_nan_inf_filter=False,  # it would show the mean of the steps before in the place of a lost one
        load_best_model_at_end=hardening is None or hardening.keep == "best",
        metric_for_best_model=how.metric or task.measure(labels),
        greater_is_better=True,
        restore_callback_states_from_checkpoint=True,  # that of early stopping; no other callback here has one
        seed=how.seed,
        bf16=_bf16(how.bf16, device, place),
        ddp_backend="gloo" if on_cpu and processes.count() > 1 else None,
        use_cpu=on_cpu,  # bf16 on a processor is refused unless this says so
        include_num_input_tokens_seen=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
    )
    if not processes.first():
        progress = None
    # what is remembered is saved before a checkpoint is marked complete
    callbacks: list[Any] = [
        *(hardening.callbacks(encoded, place) if hardening is not None else ()),
        _bookkeeping(encoded, place, progress),
        *adapt.callbacks(model, recipe),
    ]
    if how.early_stopping_patience is not None:
        callbacks.append(EarlyStoppingCallback(early_stopping_patience=how.early_stopping_patience))
    optimizer = adapt.optimizer(model, recipe, math.ceil(per_epoch * how.epochs))
    trainer: Trainer = _trainer_class(hardening)(
        model=model,
        args=arguments,
        data_collator=collator,
        train_dataset=encoded,
        eval_dataset=judged,
        processing_class=tokenizer,
        compute_loss_func=task.loss(how, train, labels),
        compute_metrics=_in_order(task.measures(dev, judged, labels=labels), judged),
        callbacks=callbacks,
        **({} if optimizer is None else {"optimizers": optimizer}),
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output, which belongs to the summary
    return trainer


def choice(trainer: Trainer) -> tuple[bool, int]:
    """Of a finished training: whether the dev set chose among several weights, and after how many updates they were."""
    state = trainer.state
    if not trainer.args.load_best_model_at_end or state.best_model_checkpoint is None:
        return False, state.global_step
    judged = sum(any(name.startswith("eval_") for name in told) for told in state.log_history)
    return judged > 1, int(state.best_model_checkpoint.rpartition("-")[2])


def predict(trainer: Any, items: Items) -> Any:
    """The trained model's answers to items, in their order: an array with a row for each, or a tuple of such arrays.

    In float32, as the model is saved and used, whatever it was trained in.
    """
    trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    measure, trainer.compute_metrics = trainer.compute_metrics, None  # it is that of the dev set
    autocast = getattr(trainer, "use_cpu_amp", False)  # transformers 4: whether a processor answers in bfloat16, too
    trainer.use_cpu_amp = False
    try:
        return restored(trainer.predict(items).predictions, items)
    finally:
        trainer.compute_metrics = measure
        trainer.use_cpu_amp = autocast


def _trainer_class(hardening: Hardening | None) -> type[Any]:
    """transformers' Trainer, but for the order in which it reads data: several processes agree on it, and scores can
    undo it. Its own ways of batching texts of like length do neither. With `hardening`, that learns from each batch.
    """
    from transformers import Trainer

    class Ordered(Trainer):
        def _get_train_sampler(self, *given: Any) -> Any:
            items: Any = self.train_dataset
            return Shuffled(items, batch_size=self.args.train_batch_size, seed=self.args.seed)

        def _get_eval_sampler(self, eval_dataset: Any) -> Any:
            return by_length(eval_dataset)

    if hardening is None:
        return Ordered
    step = hardening.step

    class Hardened(Ordered):
        def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> Any:
            model.train()
            return step(self, model, self._prepare_inputs(inputs), num_items_in_batch)

    return Hardened


def _in_order(
    measures: Callable[[EvalPrediction], dict[str, float]], items: Items
) -> Callable[[EvalPrediction], dict[str, float]]:
    from transformers import EvalPrediction

    def measured(answers: EvalPrediction) -> dict[str, float]:
        return measures(
            EvalPrediction(
                predictions=restored(answers.predictions, items), label_ids=restored(answers.label_ids, items)
            )
        )

    return measured


def _bf16(wanted: Literal["auto"] | bool, device: str, place: Workspace) -> bool:
    """The same in every process, and after an interruption: what `auto` comes to is measured, so it can vary."""
    import torch

    kind = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    return processes.from_first(lambda: precision.chosen(wanted, kind, place.checkpoints))


def _bookkeeping(train: Items, place: Workspace, progress: Progress | None) -> Any:
    """A callback that turns the epoch of the data, marks checkpoints complete, keeps account of costs, reports.

    It ends a training that logs a loss that is not finite: `ModelError`.
    """
    from transformers import TrainerCallback

    begun, meter, (before, joules) = time.monotonic(), Meter(), spent(place)

    class Bookkeeping(TrainerCallback):
        def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            train.epoch = int(state.epoch or 0)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
            check_loss((logs or {}).get("loss"), rate=args.learning_rate)
            if progress is not None:
                progress(state.global_step, state.max_steps, dict(logs or {}))

        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            processes.wait()  # each process has its part in a checkpoint
            if processes.first():
                told = {"seconds": before + time.monotonic() - begun, "joules": joules + meter.energy().joules}
                (place.checkpoints / SPENT).write_text(json.dumps(told))
                (place.checkpoints / f"checkpoint-{state.global_step}" / COMPLETE).touch()

    return Bookkeeping()


def spent(place: Workspace) -> tuple[float, float]:
    """Seconds and joules of earlier calls, up to their last checkpoint."""
    try:
        told = json.loads((place.checkpoints / SPENT).read_text())
        return float(told["seconds"]), float(told["joules"])
    except (OSError, ValueError, TypeError, KeyError):
        return 0.0, 0.0
