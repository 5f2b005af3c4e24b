"""The global random generators, as one example sees them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

State = tuple[Any, Any, torch.Tensor]


class RandomState:
    """The states of Python's, NumPy's and PyTorch's (CPU) global generators, put in place while an example runs.

    Other frameworks draw from them. Outside `inside()` they are as if it had not: no example sees another's draws,
    whatever the order in which they are run.
    """

    def __init__(self, seed: int) -> None:
        """As `random.seed(seed)`, `np.random.seed(seed % 2**32)` and `torch.manual_seed(seed)` leave them behind."""
        self._state: State = (
            random.Random(seed).getstate(),
            np.random.RandomState(seed % 2**32).get_state(),
            torch.Generator().manual_seed(seed).get_state(),
        )

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Swap the states in, and out again with what was drawn meanwhile."""
        outside = _swap(self._state)
        try:
            yield
        finally:
            self._state = _swap(outside)


def _swap(state: State) -> State:
    before = (random.getstate(), np.random.get_state(), torch.random.get_rng_state())  # noqa: NPY002
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002
    torch.random.set_rng_state(state[2])
    return before
