"""The training of a model of several tasks: batches of one task each; the best mean over the dev sets is kept.

transformers' Trainer has one loss, one collator and one measure; here every task has its own.
"""

# mypy: allow-untyped-calls
# (torch and transformers do not type what every model calls)

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from robust.recipe.finetune import FinetuneRecipe
from robust.stages import precision, processes
from robust.stages.finite import check_loss
from robust.stages.multitask_draws import Batches, turns
from robust.stages.sampling import by_length
from robust.stages.tasks import AnyTable, Items, Task
from robust.stages.trainers import Progress
from robust.stages.workspace import Workspace

if TYPE_CHECKING:
    import torch

    from robust.models.multitask import MultitaskModel

CLIP = 1.0
"""The greatest norm of a gradient, as in transformers' Trainer."""

_STATE, _BEST = "state.pt", "best.pt"


@dataclass(frozen=True, kw_only=True)
class Learner:
    """A task at work: its rows as a model reads them, its loss, and the `metric` of its dev set that counts."""

    name: str
    task: Task
    labels: tuple[str, ...]
    metric: str
    dev: AnyTable
    items: Items
    judged: Items
    collate: Callable[[list[dict[str, Any]]], Any]
    loss: Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """`step` of `steps` updates were made when the training ended; `best` is the highest mean over the dev sets.

    The dev sets were scored `evaluations` times. `bf16`: whether matrix products were computed in bfloat16.
    """

    step: int
    steps: int
    evaluations: int
    epochs: float
    best: float
    tokens: int
    seconds: float
    bf16: bool


def train(
    model: MultitaskModel,
    learners: Sequence[Learner],
    recipe: FinetuneRecipe,
    place: Workspace,
    *,
    device: torch.device,
    progress: Progress | None,
) -> Trained:
    """Train `model` in place on `device`; it ends with the weights that had the best mean (earliest of equals).

    An epoch is as many batches as it takes to see all rows of all tasks once, whichever tasks they are then drawn from.
    After every evaluation everything that goes on from there is written to `place.checkpoints`.

    Processes that share the training take the batches of an update in turns and add their gradients: two of them make
    the updates that one makes with twice the `gradient_accumulation`, but for what dropout draws.

    Raises `ModelError`, in all of them, when a loss is told or weights are judged and the loss is not finite.
    """
    import torch
    from transformers import get_scheduler

    how = recipe.train
    told = progress if processes.first() else None
    model.to(device)  # type: ignore[arg-type]
    batches = [Batches(items=one.items, size=how.batch_size, seed=how.seed) for one in learners]
    shared = how.gradient_accumulation * processes.count()  # batches of an update
    per_epoch = math.ceil(sum(each.per_epoch for each in batches) / shared)
    steps = math.ceil(per_epoch * how.epochs)
    every = max(1, math.ceil(per_epoch / how.evaluations_per_epoch))
    sizes = [len(one.items) for one in learners]
    tasks = turns(sizes, steps * shared, alpha=recipe.sampling.alpha, seed=how.seed)
    optimizer = torch.optim.AdamW(_groups(model, how.weight_decay), lr=how.learning_rate)
    scheduler = get_scheduler(how.schedule, optimizer, math.ceil(how.warmup_ratio * steps), steps)
    state: dict[str, Any] = {"step": 0, "tokens": 0, "best": -math.inf, "waited": 0, "seconds": 0.0, "ended": False}
    bf16 = processes.from_first(lambda: precision.chosen(how.bf16, device.type, place.checkpoints))
    begun = time.monotonic()
    with _dice(device, how.seed + processes.rank()):
        known = place.checkpoints / _STATE
        if known.exists():
            state = torch.load(known, map_location="cpu", weights_only=True)
            model.load_state_dict(state.pop("model"))
            optimizer.load_state_dict(state.pop("optimizer"))
            scheduler.load_state_dict(state.pop("scheduler"))
            _set_dice(state.pop("dice")[processes.rank()], device)
            begun -= state["seconds"]
        model.train()
        losses: list[float] = []
        last = 0.0  # the loss of this process's last batch
        read = 0  # tokens that this process read since the last evaluation
        while state["step"] < steps and not state["ended"]:
            at = state["step"] * shared
            for now in range(at + processes.rank(), at + shared, processes.count()):
                which = int(tasks[now])
                number = int((tasks[:now] == which).sum())
                with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
                    loss, tokens = _loss(model, learners[which], batches[which], number, device)
                read += tokens
                (loss / shared).backward()
                losses.append(float(loss.detach()))
                last = losses[-1]
            processes.add_gradients(model)
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad(set_to_none=True)  # a head whose turn it was not stays as it is, momentum and all
            state["step"] += 1
            logged = state["step"] % max(1, every // 10) == 0
            judged = state["step"] % every == 0 or state["step"] == steps
            if logged or judged:
                check_loss(sum(processes.everyone(last)), rate=how.learning_rate)
            if told is not None and logged:
                told(state["step"], steps, {"loss": float(np.mean(losses))})
                losses.clear()
            if not judged:
                continue
            size = max(64, how.batch_size)
            found = processes.from_first(lambda: evaluate(model, learners, device=device, size=size))  # noqa: B023
            _judge(state, found["eval_mean"], how.early_stopping_patience, model, place.checkpoints / _BEST)
            state["tokens"] += sum(processes.everyone(read))
            read = 0
            dice = processes.everyone(_get_dice(device))
            more = {"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "dice": dice}
            state["seconds"] = time.monotonic() - begun
            _write(known, {**state, **more, "model": model.state_dict()})
            if told is not None:
                told(state["step"], steps, found)
            model.train()
    processes.wait()
    if (place.checkpoints / _BEST).exists():
        model.load_state_dict(torch.load(place.checkpoints / _BEST, map_location="cpu", weights_only=True))
    model.eval()
    return Trained(
        step=state["step"],
        steps=steps,
        evaluations=math.ceil(state["step"] / every),
        epochs=state["step"] / per_epoch,
        best=state["best"],
        tokens=state["tokens"],
        seconds=time.monotonic() - begun,
        bf16=bf16,
    )


def _loss(model: Any, one: Learner, batches: Batches, number: int, device: torch.device) -> tuple[torch.Tensor, int]:
    """The loss of a batch, and how many tokens it has, padding included."""
    rows = batches.rows(number)
    batch = dict(one.collate([one.items[row] for row in rows]))
    targets = batch.pop("labels").to(device)
    output = model(task=one.name, **{name: value.to(device) for name, value in batch.items()})
    found: torch.Tensor = one.loss(output, targets)
    return found, int(batch["input_ids"].numel())


def _groups(model: Any, weight_decay: float) -> list[dict[str, Any]]:
    """Matrices decay; biases and the scales of norms do not."""
    learnt = [value for value in model.parameters() if value.requires_grad]
    return [
        {"params": [value for value in learnt if value.ndim > 1], "weight_decay": weight_decay},
        {"params": [value for value in learnt if value.ndim < 2], "weight_decay": 0.0},
    ]


def evaluate(
    model: MultitaskModel, learners: Sequence[Learner], *, device: torch.device, size: int
) -> dict[str, float]:
    """Every task's metric on its dev set, as `eval_<task>_<metric>`, and their mean, `eval_mean`."""
    from transformers import EvalPrediction

    found = {}
    for one in learners:
        answers = predict(model, one.name, one.judged, one.collate, device=device, size=size)
        measures = one.task.measures(one.dev, one.judged, labels=one.labels)
        values: Mapping[str, float] = measures(EvalPrediction(predictions=answers, label_ids=()))  # type: ignore[arg-type]
        found[f"eval_{one.name}_{one.metric}"] = values[one.metric]
    return {**found, "eval_mean": float(np.mean(list(found.values())))}


def predict(
    model: MultitaskModel,
    name: str,
    items: Items,
    collate: Callable[[list[dict[str, Any]]], Any],
    *,
    device: torch.device,
    size: int,
) -> npt.NDArray[np.float32]:
    """Logits of a task in float32: a row for each item, in their order; `(n, labels)`, or `(n, tokens, labels)`.

    Places beyond the tokens of an item hold -100.
    """
    import torch

    model.eval()
    places = by_length(items)
    parts: list[npt.NDArray[np.float32]] = []
    with torch.inference_mode():
        for begin in range(0, len(places), size):
            batch = dict(collate([items[at] for at in places[begin : begin + size]]))
            batch.pop("labels")
            output = model(task=name, **{key: value.to(device) for key, value in batch.items()})
            parts.append(output.logits.float().cpu().numpy())
    shape = (len(places), *np.max([part.shape[1:] for part in parts], axis=0))
    whole = np.full(shape, -100, dtype=np.float32)
    begin = 0
    for part in parts:
        rows = places[begin : begin + len(part)]
        there: Any = (rows, *(slice(0, width) for width in part.shape[1:]))
        whole[there] = part
        begin += len(part)
    return whole


def _judge(state: dict[str, Any], mean: float, patience: int | None, model: Any, best: Path) -> None:
    """Keep the weights if they are the best so far; end the training when none were for `patience` evaluations."""
    if mean > state["best"]:
        state.update(best=mean, waited=0)
        _write(best, model.state_dict())
        return
    state["waited"] += 1
    state["ended"] = patience is not None and state["waited"] >= patience


def _write(path: Path, value: Any) -> None:
    import torch

    if not processes.first():
        return
    beside = path.with_suffix(".new")
    torch.save(value, beside)
    os.replace(beside, path)


@contextmanager
def _dice(device: torch.device, seed: int) -> Iterator[None]:
    """Dropout draws from torch's generators, begun anew with `seed`; they are put back as they were afterwards."""
    import torch

    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def _get_dice(device: torch.device) -> list[torch.Tensor]:
    import torch

    return [torch.get_rng_state(), *([torch.cuda.get_rng_state(device)] if device.type == "cuda" else [])]


def _set_dice(dice: list[torch.Tensor], device: torch.device) -> None:
    import torch

    torch.set_rng_state(dice[0])
    if device.type == "cuda" and len(dice) > 1:
        torch.cuda.set_rng_state(dice[1], device)
