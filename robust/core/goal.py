"""What counts as a success, and how near a prediction is to it."""

from __future__ import annotations

from typing import Protocol

from robust.core.example import Target
from robust.core.types import Bools, Floats


class Goal(Protocol):
    """A pure function of the victim's logits."""

    def score(self, logits: Floats, target: Target, /) -> Floats:
        """`(n, n_labels)` → `(n,)`; higher is nearer to success."""
        ...

    def done(self, logits: Floats, target: Target, /) -> Bools:
        """`(n, n_labels)` → `(n,)`; True where the attack has succeeded."""
        ...
