"""A victim whose logits are divided by a temperature before an attack sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from robust.core.types import Fields, Floats
from robust.core.victim import CanonicalVictim, Victim, VictimMeta
from robust.errors import UserError


def calibrated(victim: Victim, temperature: float) -> Victim:
    """The same victim at a temperature above 0; gradients, where it has any, are those of the divided logits."""
    from robust.victims.transformers import TransformersVictim

    if not temperature > 0:
        raise UserError(f"the temperature is {temperature}", fix="use a number above 0")
    if isinstance(victim, TransformersVictim):
        return replace(victim, temperature=victim.temperature * temperature)
    return CalibratedVictim(victim=victim, temperature=temperature)


@dataclass(frozen=True, kw_only=True)
class CalibratedVictim:
    """Any victim without gradients, its logits divided by `temperature`."""

    victim: Victim
    temperature: float

    @property
    def meta(self) -> VictimMeta:
        """That of the victim."""
        return self.victim.meta

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, n_labels)`, divided."""
        return self.victim.logits(batch) / self.temperature

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)` of one input, alone in its batch, divided."""
        if isinstance(self.victim, CanonicalVictim):
            return self.victim.canonical(item) / self.temperature
        return np.asarray(self.victim.logits([item])[0] / self.temperature, np.float32)
