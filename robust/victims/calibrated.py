"""A victim whose logits are divided by a temperature before an attack sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from robust.core.types import Fields, Floats
from robust.core.victim import AnyVictim, CanonicalVictim, Victim, VictimMeta
from robust.errors import UserError
from robust.victims.cleaned import CleanedVictim


def calibrated(victim: Victim, temperature: float) -> Victim:
    """The same victim at a temperature above 0; gradients, where it has any, are those of the divided logits.

    Where a vote is taken, the logits of each draw are divided: a vote of sure answers would stay as sure.
    """
    from robust.victims.masked import MaskedVictim
    from robust.victims.smoothed import SmoothedVictim
    from robust.victims.transformers import TransformersVictim

    if not temperature > 0:
        raise UserError(f"the temperature is {temperature}", fix="use a number above 0")
    if isinstance(victim, TransformersVictim):
        return replace(victim, temperature=victim.temperature * temperature)
    if isinstance(victim, CleanedVictim | SmoothedVictim | MaskedVictim):
        inner: Any = calibrated(victim.victim, temperature)
        return replace(victim, victim=inner)
    return CalibratedVictim(victim=victim, temperature=temperature)


def at_temperature(victim: AnyVictim, temperature: float) -> AnyVictim:
    """`calibrated` of a classifier; raises `UserError` for a victim of another task."""
    if victim.meta.task != "classification":
        raise UserError(f"a temperature means nothing for the task {victim.meta.task}", fix="leave it out")
    return calibrated(cast(Victim, victim), temperature)


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
        divided: Floats = self.victim.logits(batch) / self.temperature
        return divided

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)` of one input, alone in its batch, divided."""
        asked = self.victim
        answer = asked.canonical(item) if isinstance(asked, CanonicalVictim) else asked.logits([item])[0]
        divided: Floats = answer / self.temperature
        return divided
