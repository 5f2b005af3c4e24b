"""The trainer of a recipe: transformers' own, set up, with a loss, a measure and book-keeping."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from robust.data.table import Table
from robust.recipe.finetune import FinetuneRecipe
from robust.stages import examples
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

Progress: TypeAlias = Callable[[int, int, Mapping[str, float]], None]
"""Called with (step, all steps, numbers such as `loss` or `eval_accuracy`) while a model trains."""

COMPLETE = "complete"
"""A file of this name marks a checkpoint that was written to its end."""


def make(
    recipe: FinetuneRecipe,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    train: Table,
    dev: Table,
    labels: tuple[str, ...],
    place: Workspace,
    device: str,
    progress: Progress | None,
) -> Trainer:
    """A trainer that evaluates, saves and marks checkpoints in `place` as the recipe says, and prints nothing."""
    from transformers import DataCollatorWithPadding, EarlyStoppingCallback, PrinterCallback, Trainer, TrainingArguments

    how = recipe.train
    encoded = examples.encode(
        train, tokenizer, labels=labels, max_length=how.max_length, mask_share=how.word_dropout, seed=how.seed
    )
    per_epoch = math.ceil(math.ceil(len(encoded) / how.batch_size) / how.gradient_accumulation)
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
        load_best_model_at_end=True,
        metric_for_best_model="accuracy",
        greater_is_better=True,
        seed=how.seed,
        bf16=_bf16(how.bf16, device),
        use_cpu=device == "cpu",
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
        **_grouped_by_length(TrainingArguments),
    )
    callbacks: list[Any] = [_bookkeeping(encoded, place, progress)]
    if how.early_stopping_patience is not None:
        callbacks.append(EarlyStoppingCallback(early_stopping_patience=how.early_stopping_patience))
    trainer = Trainer(
        model=model,
        args=arguments,
        data_collator=DataCollatorWithPadding(tokenizer),
        train_dataset=encoded,
        eval_dataset=examples.encode(dev, tokenizer, labels=labels, max_length=how.max_length),
        processing_class=tokenizer,
        compute_loss_func=loss(recipe, train, labels),
        compute_metrics=accuracy,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output, which belongs to the summary
    return trainer


def _grouped_by_length(arguments: type[Any]) -> dict[str, Any]:
    """Texts of like length share a batch; the option has another name before transformers 5."""
    known = {f.name for f in fields(arguments)}
    return (
        {"train_sampling_strategy": "group_by_length"}
        if "train_sampling_strategy" in known
        else {"group_by_length": True}
    )


def _bf16(wanted: Literal["auto"] | bool, device: str) -> bool:
    import torch

    if wanted == "auto":
        return device != "cpu" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return wanted


def loss(recipe: FinetuneRecipe, train: Table, labels: Sequence[str]) -> Callable[..., Any]:
    """Cross entropy over all rows between two updates, with the recipe's smoothing and class weights."""
    import torch

    weights = None
    if recipe.train.class_weights == "balanced":
        counts = Counter(str(row.label) for row in train.rows)
        weights = torch.tensor([len(train.rows) / (len(labels) * max(1, counts[label])) for label in labels])

    def mean(outputs: Any, targets: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
        logits = outputs["logits"].float()
        total = torch.nn.functional.cross_entropy(
            logits,
            targets,
            weight=None if weights is None else weights.to(logits.device),
            label_smoothing=recipe.train.label_smoothing,
            reduction="sum",
        )
        count = len(targets) if num_items_in_batch is None else torch.as_tensor(num_items_in_batch).sum()
        return total / count

    return mean


def accuracy(answers: Any) -> dict[str, float]:
    """Share of rows whose highest logit is their label's."""
    return {"accuracy": float((answers.predictions.argmax(-1) == answers.label_ids).mean())}


def _bookkeeping(train: examples.Encoded, place: Workspace, progress: Progress | None) -> Any:
    """A callback that turns the epoch of the data, marks checkpoints complete, keeps time and reports."""
    from transformers import TrainerCallback

    begun, before = time.monotonic(), seconds(place)

    class Bookkeeping(TrainerCallback):
        def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            train.epoch = int(state.epoch or 0)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
            if progress is not None:
                progress(state.global_step, state.max_steps, dict(logs or {}))

        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            (place.checkpoints / "seconds.json").write_text(json.dumps(before + time.monotonic() - begun))
            (place.checkpoints / f"checkpoint-{state.global_step}" / COMPLETE).touch()

    return Bookkeeping()


def seconds(place: Workspace) -> float:
    """How long earlier calls trained, up to their last checkpoint."""
    try:
        return float(json.loads((place.checkpoints / "seconds.json").read_text()))
    except (OSError, ValueError):
        return 0.0
