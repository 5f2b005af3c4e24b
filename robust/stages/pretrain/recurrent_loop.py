"""The loop that trains a recurrent language model: the same after an interruption as without one."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robust.core.seeds import derive
from robust.recipe.pretrain import LanguageModelling
from robust.recipe.pretrain_models import Recurrent
from robust.stages.finite import check_loss
from robust.stages.pretrain import gradients
from robust.stages.pretrain.averaging import Averaging
from robust.stages.pretrain.bptt import Ids, Window, columns, piece, windows
from robust.stages.pretrain.schedule import Plan, plan, rate
from robust.stages.trainers import Progress

if TYPE_CHECKING:
    import torch

    from robust.models.recurrent import RecurrentForCausalLM
    from robust.models.recurrent_layers import Carried

CHECK_TOKENS = 100_000
"""Held-out tokens that are read for a measurement in the middle of a training."""


@dataclass(kw_only=True)
class Clock:
    """Where a training stands; saved with every checkpoint. `at` counts the windows of `epoch` that are behind."""

    step: int = 0
    epoch: int = 0
    at: int = 0
    seconds: float = 0.0
    tokens: int = 0
    curve: list[dict[str, Any]] = field(default_factory=list)
    gradients: list[dict[str, Any]] = field(default_factory=list)


@dataclass(kw_only=True)
class Run:
    """All that changes while a model trains: the model, its optimiser, the carried states, the averages, the clock."""

    model: RecurrentForCausalLM
    optimizer: torch.optim.Optimizer
    clock: Clock
    averaging: Averaging | None
    states: list[Carried | None]

    def save(self, path: Path) -> None:
        """Write everything to `path`, in one step."""
        import torch

        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "clock": json.dumps(self.clock.__dict__),
            "averaging": self.averaging.state() if self.averaging else None,
            "states": self.states,
        }
        beside = path.with_suffix(".new")
        torch.save(state, beside)
        os.replace(beside, path)

    def resume(self, path: Path) -> None:
        """Go on from what `save` wrote, if anything."""
        import torch

        if not path.exists():
            return
        state = torch.load(path, map_location=self.model.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.clock = Clock(**json.loads(state["clock"]))
        self.averaging = Averaging(**state["averaging"]) if state["averaging"] is not None else None
        self.states = state["states"]


def run(
    model: RecurrentForCausalLM,
    made: Recurrent,
    how: LanguageModelling,
    train: Ids,
    dev: Ids,
    folder: Path,
    *,
    bf16: bool,
    progress: Progress | None,
) -> Run:
    """Train `model`, where it is, on the stream `train`; checkpoints go to `folder`.

    Every update reads `gradient_accumulation` windows of `batch_size` columns, and draws its dropout from the seed and
    its own number, so that nothing depends on what happened before it but weights and states. Raises `ModelError` when
    a loss is noted that is not finite.
    """
    import torch

    table = columns(train, how.batch_size)
    width = table.shape[1]

    def plan_of(epoch: int) -> list[Window]:
        return windows(width, how.length, variable=made.variable_length, seed=how.seed, epoch=epoch)

    end = plan(how, max(1, -(-len(plan_of(0)) // how.gradient_accumulation)))
    averaging = Averaging() if made.averaged else None
    states: list[Carried | None] = [None] * (2 if made.bidirectional else 1)
    now = Run(model=model, optimizer=_optimizer(model, how), clock=Clock(), averaging=averaging, states=states)
    now.resume(folder / "state.pt")
    clock, flow = now.clock, _windows(now.clock, plan_of)
    begun, before = time.monotonic(), clock.seconds
    if not clock.step and not clock.gradients:
        _probe(now, dev, train)
    recent = _Recent()
    model.train()
    while (done := end.done(clock.step, clock.seconds)) < 1:
        reading = [next(flow) for _ in range(how.gradient_accumulation)]
        length = sum(window.length for window in reading) / len(reading)
        for group in now.optimizer.param_groups:
            group["lr"] = rate(how, done) * length / how.length  # short windows take smaller steps (section 4.1)
        torch.manual_seed(derive("recurrent", how.seed, clock.step))
        loss = torch.zeros((), device=model.device)
        for window in reading:
            loss += _learn(now, table, window, 1 / len(reading), bf16=bf16)
            clock.tokens += window.length * how.batch_size
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), how.clip or float("inf"))
        now.optimizer.step()
        now.optimizer.zero_grad(set_to_none=True)
        clock.step += 1
        clock.seconds = before + time.monotonic() - begun
        recent.add(loss, norm)
        if now.averaging is not None:
            now.averaging.stepped(model, clock.step, done)
        last = end.done(clock.step, clock.seconds) >= 1
        stop = clock.step % how.save_every == 0 or last
        if clock.step % how.log_every == 0 or stop:
            point = {"step": clock.step, **recent.take(), "dev_loss": None, "tokens": clock.tokens}
            check_loss(point["loss"], rate=how.learning_rate)
            if stop:
                point["dev_loss"] = measured = held_out(now, dev[:CHECK_TOKENS], how, bf16=bf16)
                check_loss(measured, rate=how.learning_rate, what="the loss of held-out text")
                if now.averaging is not None and measured is not None:
                    now.averaging.measured(measured, clock.step)
                if last or (clock.step // how.save_every).bit_count() == 1:  # the 1st, 2nd, 4th, 8th … checkpoint
                    _probe(now, dev, train)
                clock.seconds = before + time.monotonic() - begun
            clock.curve.append({**point, "seconds": round(clock.seconds, 2)})
            if progress is not None:
                told = {name: point[name] for name in ("loss", "dev_loss") if point[name] is not None}
                progress(clock.step, _total(end, clock), told)
        if stop:
            now.save(folder / "state.pt")
    return now


def _learn(now: Run, table: Ids, window: Window, share: float, *, bf16: bool) -> torch.Tensor:
    """Add the gradients of one window, times `share`; returns its loss (a mean over directions), times `share`."""
    import torch

    if window.first:
        now.states = [None] * len(now.states)
    total = torch.zeros((), device=now.model.device)
    for at, state in enumerate(now.states):
        ids, targets = _tensors(table, window, now.model, backward=at == 1)
        with _format(now.model, bf16=bf16):
            found = now.model.next_token(ids, targets, state, backward=at == 1)
        part = share / len(now.states)
        ((found.loss + found.penalty) * part).backward()  # type: ignore[no-untyped-call]
        now.states[at] = tuple(tuple(each.detach() for each in layer) for layer in found.state)
        total += found.loss.detach() * part
    return total


def held_out(now: Run, dev: Ids, how: LanguageModelling, *, bf16: bool = False) -> float | None:
    """Mean cross entropy of each token but the first of every column of `dev`, in nats; None for too short a text.

    A model with averages is measured with them. The state is carried from window to window, as in training.
    """
    import torch

    table = columns(dev, max(1, min(how.batch_size, len(dev) // (4 * how.length))))
    whole = windows(table.shape[1], how.length)
    if not whole:
        return None
    model, directions = now.model, len(now.states)
    total = 0.0
    model.train(False)
    averaged = now.averaging.applied(model) if now.averaging else nullcontext()
    with averaged, torch.inference_mode():
        for at in range(directions):
            state: Carried | None = None
            for window in whole:
                ids, targets = _tensors(table, window, model, backward=at == 1)
                with _format(model, bf16=bf16):
                    found = model.next_token(ids, targets, state, backward=at == 1)
                state = found.state
                total += float(found.loss) * window.length
    model.train()
    return float(total / directions / (table.shape[1] - 1))


def _probe(now: Run, dev: Ids, train: Ids) -> None:
    """Note how far back a loss is felt now; the text is held-out text where there is enough."""
    needed = gradients.ROWS * (max(gradients.LENGTHS) + 1)
    lines = gradients.probe_text(now.model, dev if len(dev) >= needed else train, now.model.device)
    now.clock.gradients.extend({"step": now.clock.step, **line} for line in lines)


def _windows(clock: Clock, plan_of: Any) -> Iterator[Window]:
    """The windows from where the clock stands on, one epoch after the other; the clock moves with them."""
    while True:
        epoch = plan_of(clock.epoch)
        while clock.at < len(epoch):
            clock.at += 1
            yield epoch[clock.at - 1]
        clock.epoch, clock.at = clock.epoch + 1, 0


def _tensors(table: Ids, window: Window, model: Any, *, backward: bool) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    ids, targets = (torch.from_numpy(part).to(model.device) for part in piece(table, window, backward=backward))
    return ids, targets


def _format(model: Any, *, bf16: bool) -> AbstractContextManager[Any]:
    import torch

    return torch.autocast(model.device.type, torch.bfloat16, enabled=bf16)


def _optimizer(model: torch.nn.Module, how: LanguageModelling) -> torch.optim.Optimizer:
    """Biases do not decay."""
    import torch

    weights = list(model.parameters())
    groups = [
        {"params": [weight for weight in weights if weight.ndim >= 2], "weight_decay": how.weight_decay},
        {"params": [weight for weight in weights if weight.ndim < 2], "weight_decay": 0.0},
    ]
    if how.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=how.learning_rate)
    fused = weights[0].device.type in ("cpu", "cuda")
    return torch.optim.AdamW(groups, lr=how.learning_rate, betas=how.betas, fused=fused)


def _total(end: Plan, clock: Clock) -> int:
    if end.steps is not None:
        return end.steps
    return max(clock.step, round(clock.step * (end.seconds or 0) / max(clock.seconds, 1e-6)))


@dataclass(kw_only=True)
class _Recent:
    """Means since the last point of the curve; the numbers stay on the device until then."""

    losses: list[torch.Tensor] = field(default_factory=list)
    norms: list[torch.Tensor] = field(default_factory=list)

    def add(self, loss: torch.Tensor, norm: torch.Tensor) -> None:
        self.losses.append(loss)
        self.norms.append(norm)

    def take(self) -> dict[str, Any]:
        import torch

        found = {"loss": float(torch.stack(self.losses).mean()), "grad_norm": float(torch.stack(self.norms).mean())}
        self.losses.clear()
        self.norms.clear()
        return found
