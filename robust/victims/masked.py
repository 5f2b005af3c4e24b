"""A classifier that votes with noise in its hidden layers, without the words that its answer hangs on most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from robust import registry
from robust.core.gradient import NOWHERE, TokenGradient
from robust.core.seeds import derive
from robust.core.smoothing import MaskedVote
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.errors import ModelError
from robust.victims.transformers import TransformersVictim


@dataclass(frozen=True, kw_only=True)
class MaskedVictim:
    """`victim` under the two-step vote of RSMI (Moon et al. 2023, arXiv:2305.06522), as `how` says.

    The answer is the mean of the logits of the step that decides. An input always gets the same noise and masks, by its
    text and `seed`; every input is asked alone, in float32. `always` takes the second step for every input: an
    expectation over draws, for an attack on a random defence (Athalye et al. 2018).
    """

    victim: TransformersVictim
    how: MaskedVote
    seed: int = 0
    always: bool = False

    @property
    def meta(self) -> VictimMeta:
        """That of the victim; its revision also pins the vote."""
        meta = self.victim.meta
        pinned = derive(registry.identify(self.how), self.seed, str(self.always))
        return replace(meta, revision=f"{meta.revision}+{pinned:016x}")

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, n_labels)` of the vote."""
        if not batch:
            return np.zeros((0, len(self.meta.labels)), np.float32)
        return np.stack([self.canonical(item) for item in batch])

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)` of one input."""
        how, seed = self.how, derive("rsmi", self.seed, *item)
        label = int(self.victim.canonical(item).argmax())
        (gradient,) = self.victim.gradients([(item, label)])
        order = ranked(gradient)
        most = min(how.masks, max(0, len(order) - 1))
        if not self.always:
            said = self._asked(item, [order[:most]] * how.votes, seed)
            votes = np.bincount(said.argmax(axis=1)).max()
            if binomtest(int(votes), how.votes, 0.5, alternative="less").pvalue >= how.alpha:
                found: Floats = said.mean(axis=0)
                return found
        rng = np.random.default_rng(derive("masks", seed))
        drawn = [rng.permutation(order[: how.pool])[:most].tolist() for _ in range(how.again)]
        answer: Floats = self._asked(item, drawn, derive("again", seed)).mean(axis=0)
        return answer

    def _asked(self, item: Fields, masked: Sequence[Sequence[int]], seed: int) -> Floats:
        """Logits `(passes, n_labels)` of one noisy pass for each set of masked places."""
        import torch

        from robust.models.hidden import noise

        mask, model = self.victim.tokenizer.mask_token_id, self.victim.exact
        if mask is None:
            raise ModelError(f"{self.meta.name} has no mask token", fix="train it again from an encoder that has one")
        inputs = {name: value.repeat(len(masked), 1) for name, value in self.victim.encode([item]).items()}
        for row, places in enumerate(masked):
            inputs["input_ids"][row, list(places)] = int(mask)
        generator = torch.Generator().manual_seed(seed >> 1)
        with torch.inference_mode(), noise(model, sigma=self.how.sigma, layers=self.how.layers, generator=generator):
            asked = {name: value.to(model.device) for name, value in inputs.items()}
            found: Floats = (model(**asked).logits.float() / self.victim.temperature).cpu().numpy()
        return found


def ranked(gradient: TokenGradient) -> list[int]:
    """The places of an input's own tokens, the one with the longest gradient (L2) first."""
    lengths: npt.NDArray[np.float64] = np.linalg.norm(gradient.values.astype(np.float64), axis=1)
    own = [at for at, place in enumerate(gradient.places) if place != NOWHERE]
    return sorted(own, key=lambda at: -lengths[at])
