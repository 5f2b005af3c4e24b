"""The loop that trains a transformer on packed tokens: fast, and the same after an interruption as without one."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from robust.core.seeds import derive
from robust.recipe.pretrain import LanguageModelling
from robust.stages.finite import check_loss
from robust.stages.pretrain.schedule import Plan, plan, rate
from robust.stages.trainers import Progress

if TYPE_CHECKING:
    import torch

Batch = tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]
MakeBatch = Callable[["np.ndarray[Any, Any]", np.random.Generator], Batch]
"""From rows of token ids `(n, length)` to what a loss module takes: ids, places, targets."""


@dataclass(kw_only=True)
class Clock:
    """Where a training stands; saved with every checkpoint. `recent` are the losses since the last point of `curve`."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    curve: list[dict[str, Any]] = field(default_factory=list)
    recent: list[float] = field(default_factory=list)


def rows_of(step: int, *, rows: int, size: int, seed: int) -> np.ndarray[Any, Any]:
    """The numbers of the rows `(size,)` that update `step` (from 0) reads: every epoch is a new shuffle of all rows.

    It depends on nothing but its arguments, so that an interrupted training reads on where it was.
    """
    at = step * size + np.arange(size)
    epochs = at // rows
    found = np.empty(size, dtype=np.int64)
    for epoch in np.unique(epochs):
        order = _order(int(epoch), rows, seed)
        here = epochs == epoch
        found[here] = order[at[here] % rows]
    return found


@lru_cache(maxsize=2)
def _order(epoch: int, rows: int, seed: int) -> np.ndarray[Any, Any]:
    """The shuffle of an epoch; kept, as every update of the epoch asks for it."""
    return np.random.default_rng(derive("rows", seed, epoch)).permutation(rows)


def run(
    loss: torch.nn.Module,
    how: LanguageModelling,
    tokens: np.ndarray[Any, Any],
    make_batch: MakeBatch,
    folder: Path,
    device: torch.device,
    progress: Progress | None,
    *,
    bf16: bool = False,
) -> Clock:
    """Train the parameters of `loss` on rows of `how.length` tokens; checkpoints go to `folder`.

    A checkpoint holds weights, optimiser and position, and replaces the one before in one step: after kill -9 the
    newest is found and the loss curve goes on as it would have: rows, hidden places and dropout of an update
    follow from its number. `bf16` computes matrix products in bfloat16; weights and optimiser stay float32.
    Raises `ModelError` when a loss is logged or saved that is not finite.
    """
    import torch

    rows = len(tokens) // how.length
    size = how.batch_size * how.gradient_accumulation
    end = plan(how, max(1, rows // size))
    loss.to(device)
    optimizer = _optimizer(loss, how, fused=device.type in ("cpu", "cuda"))
    clock = _resume(folder, loss, optimizer)
    call = torch.compile(loss) if how.compile else loss
    source = _Rows(tokens[: rows * how.length].reshape(rows, how.length))
    loss.train()
    begun, before = time.monotonic(), clock.seconds
    recent = [torch.tensor(value, device=device) for value in clock.recent]  # a tensor: a number would wait for a GPU
    while (done := end.done(clock.step, clock.seconds)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate(how, done)
        mean = torch.zeros((), device=device)
        torch.manual_seed(derive("dropout", how.seed, clock.step))
        chosen = rows_of(clock.step, rows=rows, size=size, seed=how.seed)
        for number, part in enumerate(np.split(chosen, how.gradient_accumulation)):
            rng = np.random.default_rng([how.seed, clock.step, number])
            batch = make_batch(source[part], rng)
            ids, places, targets = (torch.from_numpy(np.ascontiguousarray(x)).to(device) for x in batch)
            with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
                value = call(ids, places, targets) / how.gradient_accumulation
            value.backward()
            mean += value.detach()
            clock.tokens += ids.numel()
        norm = torch.nn.utils.clip_grad_norm_(loss.parameters(), how.clip) if how.clip else None
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        clock.step += 1
        recent.append(mean)
        last = end.done(clock.step, clock.seconds) >= 1
        if clock.step % how.log_every == 0 or last:
            point = {"step": clock.step, "loss": float(torch.stack(recent).mean()), "tokens": clock.tokens}
            if norm is not None:
                point["gradient_norm"] = float(norm)
            check_loss(point["loss"], rate=how.learning_rate)
            recent.clear()
            clock.seconds = before + time.monotonic() - begun
            clock.curve.append({**point, "seconds": round(clock.seconds, 2), "learning_rate": rate(how, done)})
            if progress is not None:
                progress(clock.step, _total(end, clock), {"loss": point["loss"]})
        clock.seconds = before + time.monotonic() - begun
        if clock.step % how.save_every == 0:
            clock.recent = [float(value) for value in recent]
            check_loss(sum(clock.recent), rate=how.learning_rate)
            _save(folder, loss, optimizer, clock)
    return clock


@dataclass(frozen=True, slots=True)
class _Rows:
    table: np.ndarray[Any, Any]

    def __getitem__(self, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.asarray(self.table[np.sort(rows)], dtype=np.int64)  # ascending: the file is read forwards


def _optimizer(loss: torch.nn.Module, how: LanguageModelling, *, fused: bool) -> torch.optim.Optimizer:
    import torch

    named = [(name, weight) for name, weight in loss.named_parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for _, weight in named if weight.ndim >= 2], "weight_decay": how.weight_decay},
        {"params": [weight for _, weight in named if weight.ndim < 2], "weight_decay": 0.0},
    ]
    if how.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=how.learning_rate)
    return torch.optim.AdamW(groups, lr=how.learning_rate, betas=how.betas, eps=1e-6, fused=fused)


def _total(end: Plan, clock: Clock) -> int:
    if end.steps is not None:
        return end.steps
    return max(clock.step, round(clock.step * (end.seconds or 0) / max(clock.seconds, 1e-6)))


def _save(folder: Path, loss: torch.nn.Module, optimizer: Any, clock: Clock) -> None:
    import torch

    state = {"loss": loss.state_dict(), "optimizer": optimizer.state_dict(), "clock": json.dumps(clock.__dict__)}
    beside = folder / "state.new"
    torch.save(state, beside)
    os.replace(beside, folder / "state.pt")


def _resume(folder: Path, loss: torch.nn.Module, optimizer: torch.optim.Optimizer) -> Clock:
    import torch

    path = folder / "state.pt"
    if not path.exists():
        return Clock()
    state = torch.load(path, map_location="cpu", weights_only=True)
    loss.load_state_dict(state["loss"])
    optimizer.load_state_dict(state["optimizer"])
    return Clock(**json.loads(state["clock"]))
