"""One training in several processes (`torchrun`, `accelerate launch`): the first one writes and speaks, all compute.

A launcher starts the same command several times and says in the environment who is who. Nothing here does anything in
a process that was started alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from robust.errors import RobustError

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

_PATIENCE = timedelta(days=1)
"""How long processes wait for the first one, which may have a vocabulary or a language model to learn."""


def count() -> int:
    """How many processes share the training; 1 without a launcher."""
    return max(1, int(os.environ.get("WORLD_SIZE", "1")))


def here() -> int:
    """How many of them are on this machine, as far as the launcher says."""
    return max(1, int(os.environ.get("LOCAL_WORLD_SIZE") or count()))


def rank() -> int:
    """Which of the processes this is, from 0."""
    return int(os.environ.get("RANK", "0"))


def first() -> bool:
    """Whether this process is the one that writes files and speaks to the user."""
    return rank() == 0


def devices(device: str) -> int:
    """How many batches are worked on at once: one a process, or one for each GPU of a single process."""
    import torch

    return count() if count() > 1 or device == "cpu" else max(1, torch.cuda.device_count())


def join(device: str) -> None:
    """Meet the other processes, over gloo on processors; `device` is `auto` or `cpu`."""
    if count() == 1:
        return
    from accelerate import PartialState

    from robust.checkpoints.device import pick_device

    on_cpu = pick_device(device).type == "cpu"
    PartialState(cpu=on_cpu, timeout=_PATIENCE, **({"backend": "gloo"} if on_cpu else {}))


def own_device(device: str) -> torch.device:
    """The device of this process: each has a GPU of its own, where there are GPUs; `device` is `auto` or `cpu`."""
    import torch

    from robust.checkpoints.device import pick_device

    picked = pick_device(device)
    return (
        torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        if count() > 1 and picked.type == "cuda"
        else picked
    )


@contextmanager
def shared(opened: AbstractContextManager[T]) -> Iterator[T]:
    """What the first process opens and closes, for all of them."""
    with ExitStack() as stack:
        yield from_first(lambda: stack.enter_context(opened))
    wait()


def everyone(value: T) -> list[T]:
    """The values of all processes, in their order."""
    if count() == 1:
        return [value]
    import torch

    found: list[Any] = [None] * count()
    torch.distributed.all_gather_object(found, value)
    return found


def add_gradients(model: torch.nn.Module) -> None:
    """Give every process the sum of all their gradients; a weight without one in any of them stays without."""
    if count() == 1:
        return
    import torch

    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    there = torch.tensor([weight.grad is not None for weight in learnt], dtype=torch.uint8, device=learnt[0].device)
    torch.distributed.all_reduce(there, torch.distributed.ReduceOp.MAX)
    moved = [weight for weight, known in zip(learnt, there.tolist(), strict=True) if known]
    whole = torch.cat([(torch.zeros_like(w) if w.grad is None else w.grad).reshape(-1) for w in moved])
    torch.distributed.all_reduce(whole)
    parts = torch.split(whole, [w.numel() for w in moved])
    for weight, part in zip(moved, parts, strict=True):
        weight.grad = part.view_as(weight).clone()


def wait() -> None:
    """Go on when all processes have come here."""
    if count() > 1:
        import torch

        torch.distributed.barrier()


def from_first(make: Callable[[], T]) -> T:
    """What `make` returns in the first process, in all of them; its `RobustError` is raised in all of them."""
    if count() == 1:
        return make()
    from accelerate.utils import broadcast_object_list

    sent: list[Any] = [None, None]
    mistake: RobustError | None = None
    if first():
        try:
            sent[0] = make()
        except RobustError as error:
            mistake = error
            sent[1] = (type(error), error.message, error.fix)
    broadcast_object_list(sent)
    if mistake is not None:
        raise mistake
    if sent[1] is not None:
        kind, message, fix = sent[1]
        raise kind(message, fix=fix)
    made: T = sent[0]
    return made
