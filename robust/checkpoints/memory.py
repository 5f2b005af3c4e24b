"""Running out of memory, said in one way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from robust.errors import OutOfMemory

T = TypeVar("T")


def in_memory(work: Callable[[], T]) -> T:
    """The result of `work`; `OutOfMemory` where it does not fit, whatever library says so."""
    try:
        return work()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        reason = str(error)
    # Raised only here: an exception in flight keeps its frames, and with them the tensors that filled the memory.
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    raise OutOfMemory(reason)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception of torch, numpy or Python means that memory ran out."""
    # torch.OutOfMemoryError is a RuntimeError; the allocator of the CPU says "can't allocate memory".
    said = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in said or "allocate memory" in said
