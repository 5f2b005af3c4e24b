"""How many threads a model may use: never more than there are idle cores."""

from __future__ import annotations

import os
from functools import cache


def free_cores() -> int:
    """Cores this process may run on, minus the ones that were busy over the last minute; at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        busy = round(os.getloadavg()[0])
    except (AttributeError, OSError):  # not every system keeps a load average
        busy = 0
    return max(1, min(allowed, allowed - busy))


def set_threads() -> int:
    """Give torch and the tokenisers the cores that are free; returns the number of torch threads.

    A user who set `OMP_NUM_THREADS` has decided already, and nothing is changed.
    """
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        count = free_cores()
        torch.set_num_threads(count)
        os.environ.setdefault("RAYON_NUM_THREADS", str(count))  # read when a tokeniser first runs
    return torch.get_num_threads()


@cache
def set_threads_once() -> None:
    """`set_threads`, the first time: later the cores are busy with this process itself."""
    set_threads()
