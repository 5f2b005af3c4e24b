"""A classifier that doubts texts whose answer hangs on rare words, and the gradients that an attack may take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import cast

import numpy as np

from robust.core.gradient import GradientVictim, TokenGradient
from robust.core.types import Fields, Floats, Lang
from robust.core.victim import Victim, VictimMeta
from robust.victims.cleaned import StraightThroughVictim, canonical, each_once

DOUBT = 0.1
"""How much the probability of the predicted class has to fall for a text to be doubted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DoubtingVictim:
    """Frequency-guided word substitutions (Mozes et al. 2021, aclanthology 2021.eacl-main.13) as a defence.

    `common` puts rare words into their commonest synonyms. Where the class that is predicted for the text as it is
    loses more than `doubt` of its probability by that, the text is taken for adversarial, and the answer is that for
    the replaced text; else it is the answer as it is.

    *Differs from the paper*: that one detects, and tunes both thresholds on the task's own data; here they are fixed,
    frequencies are the language's, and neighbours are the thesaurus's alone.
    """

    victim: Victim
    meta: VictimMeta
    common: Callable[[str], str]
    lang: Lang
    doubt: float = DOUBT

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Logits `(n, n_labels)`."""
        return self._decided(self.victim.logits, batch)

    def canonical(self, item: Fields, /) -> Floats:
        """Logits `(n_labels,)` of one input, in float32 where the classifier can."""
        alone: Floats = self._decided(self._alone, [item])[0]
        return alone

    def _alone(self, batch: Sequence[Fields]) -> Floats:
        return np.stack([canonical(self.victim, item) for item in batch])

    def suspects(self, batch: Sequence[Fields], /) -> list[bool]:
        """Whether each input is taken for adversarial."""
        return list(self._doubted(self.victim.logits(batch), each_once(self.victim.logits, self._replaced(batch))))

    def _replaced(self, batch: Sequence[Fields]) -> list[Fields]:
        return [tuple(map(self.common, texts)) for texts in batch]

    def _decided(self, ask: Callable[[Sequence[Fields]], Floats], batch: Sequence[Fields]) -> Floats:
        replaced = self._replaced(batch)
        answer = np.array(ask(batch), np.float32)
        changed = [at for at, (old, new) in enumerate(zip(batch, replaced, strict=True)) if old != new]
        if changed:
            other = each_once(ask, [replaced[at] for at in changed])
            doubted = self._doubted(answer[changed], other)
            for at, row, doubt in zip(changed, other, doubted, strict=True):
                if doubt:
                    answer[at] = row
        return answer

    def _doubted(self, answer: Floats, other: Floats) -> list[bool]:
        top = answer.argmax(axis=1)
        rows = np.arange(len(top))
        fall = _softmax(answer)[rows, top] - _softmax(other)[rows, top]
        return [bool(drop > self.doubt) for drop in fall]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _OfReplaced(TokenGradient):
    """The gradient of a doubted text, which is that of its replaced one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DoubtingGradientVictim(DoubtingVictim):
    """One whose classifier has gradients: those of the reading that answers, straight through the replacement."""

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> Sequence[TokenGradient]:
        """See `GradientVictim.gradients`."""
        doubted = self.suspects([texts for texts, _ in batch]) if batch else []
        found = dict[int, TokenGradient]()
        for victim, rows in self._readers(doubted):
            found.update(zip(rows, victim.gradients([batch[row] for row in rows]), strict=True))
        return [_of_replaced(found[row]) if doubt else found[row] for row, doubt in enumerate(doubted)]

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        """See `GradientVictim.estimates`."""
        found = np.zeros(len(batch), np.float32)
        for victim, rows in self._readers([isinstance(gradient, _OfReplaced) for gradient, _ in batch]):
            found[rows] = victim.estimates([batch[row] for row in rows])
        return found

    def _readers(self, doubted: Sequence[bool]) -> Sequence[tuple[GradientVictim, list[int]]]:
        own = cast(GradientVictim, self.victim)
        replaced = StraightThroughVictim(victim=self.victim, meta=self.meta, clean=self.common, lang=self.lang)
        rows = [[row for row, doubt in enumerate(doubted) if doubt is which] for which in (False, True)]
        return [(victim, asked) for victim, asked in zip((own, replaced), rows, strict=True) if asked]


def doubting(victim: Victim, meta: VictimMeta, common: Callable[[str], str], lang: Lang) -> DoubtingVictim:
    """The victim behind the detector of rare words, with gradients where it has any."""
    kind = DoubtingGradientVictim if isinstance(victim, GradientVictim) else DoubtingVictim
    return kind(victim=victim, meta=meta, common=common, lang=lang)


def _of_replaced(gradient: TokenGradient) -> TokenGradient:
    return _OfReplaced(**{one.name: getattr(gradient, one.name) for one in fields(gradient)})


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
