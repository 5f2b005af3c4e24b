"""A classifier that takes a vote over random changes of each input."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from robust import registry
from robust.core.seeds import derive
from robust.core.smoothing import SMOOTHING, Kernel
from robust.core.types import LANGS, Fields, Floats, Lang
from robust.core.victim import AnyVictim, CanonicalVictim, Victim, VictimMeta
from robust.errors import ModelError, PluginError, UserError
from robust.lang.base import language
from robust.victims.cleaned import CleanedVictim
from robust.victims.doubting import DoubtingVictim

BATCH = 256
"""Changed inputs that the model reads at a time."""

BEHIND = (CleanedVictim, DoubtingVictim)
"""Defences of the inputs that may stand before a vote."""


@dataclass(frozen=True, kw_only=True)
class SmoothedVictim:
    """`victim` under a vote of `draws` changes of each input by `kernel`; the same input always gets the same ones.

    Answers are logarithms. With `score: votes` they are of (votes + mean probability) / (draws + 1), whose highest is
    the winner of the vote, ties broken by the mean. With `mean` they are of the mean probability: the expectation over
    draws that an attack on a random defence has to look at (Athalye et al. 2018). Another `seed` draws other changes.
    """

    victim: Victim
    kernel: Kernel
    draws: int
    mask: str
    langs: tuple[Lang, ...]
    seed: int = 0
    score: Literal["votes", "mean"] = "votes"

    @property
    def meta(self) -> VictimMeta:
        """That of the victim; its revision also pins the kernel and the draws."""
        meta, told = self.victim.meta, registry.identify(self.kernel)
        pinned = derive(told, self.draws, *self.langs, self.seed, self.score)
        return replace(meta, revision=f"{meta.revision}+{pinned:016x}")

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        """Log-shares `(n, n_labels)` of the vote."""
        changed = [fields for item in batch for fields in self._changes(item)]
        order = sorted(range(len(changed)), key=lambda at: sum(map(len, changed[at])))
        answers = np.zeros((len(changed), len(self.meta.labels)), np.float32)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            answers[part] = self.victim.logits([changed[at] for at in part])
        return self._vote(answers.reshape(len(batch), self.draws, len(self.meta.labels)))

    def canonical(self, item: Fields, /) -> Floats:
        """Log-shares `(n_labels,)` of one input, each change alone in its batch, in float32."""
        alone = self.victim.canonical if isinstance(self.victim, CanonicalVictim) else self._alone
        answers = np.stack([alone(fields) for fields in self._changes(item)])
        found: Floats = self._vote(answers[None])[0]
        return found

    def _alone(self, fields: Fields) -> Floats:
        answer: Floats = self.victim.logits([fields])[0]
        return answer

    def _changes(self, item: Fields) -> list[Fields]:
        # words look alike in both languages to the tokeniser, so any language marks them
        texts = [language(self.langs[0]).text(field) for field in item]
        found = []
        for number in range(self.draws):
            rng = np.random.default_rng(derive("smoothing", self.seed, number, *item))
            found.append(tuple(self.kernel.draw(text, self.langs, rng, self.mask) for text in texts))
        return found

    def _vote(self, answers: Floats) -> Floats:
        """`(n, draws, n_labels)` → `(n, n_labels)`."""
        scores = answers.astype(np.float64)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mean = (weights / weights.sum(axis=-1, keepdims=True)).mean(axis=1)
        votes = np.eye(answers.shape[-1])[answers.argmax(axis=-1)].sum(axis=1)
        shares = mean if self.score == "mean" else (votes + mean) / (self.draws + 1)
        found: Floats = np.log(np.maximum(shares, 1e-30)).astype(np.float32)
        return found


def smoothed(folder: Path, victim: Victim) -> Victim:
    """`victim`, under the vote that `folder` asks for, if it does. Raises `ModelError` for one that does not work."""
    path = folder / SMOOTHING
    if not path.is_file():
        return victim
    from robust.victims.transformers import TransformersVictim

    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if "defence" in told:
            return _masked(told["defence"], victim)
        ((name, params),) = told["kernel"].items()
        kernel = registry.get("defences", name)(**params)
        mask = str(victim.tokenizer.mask_token) if isinstance(victim, TransformersVictim) else "[MASK]"
        return SmoothedVictim(
            victim=victim, kernel=kernel, draws=int(told["draws"]), mask=mask, langs=_langs(told.get("languages", ()))
        )
    except (ValueError, KeyError, TypeError, OSError, PluginError) as error:
        raise ModelError(
            f"{path} does not say how to take a vote: {str(error).partition(chr(10))[0]}", fix="train the model again"
        ) from error


def _masked(told: Mapping[str, Mapping[str, Any]], victim: Victim) -> Victim:
    from robust.victims.masked import MaskedVictim
    from robust.victims.transformers import TransformersVictim

    ((name, params),) = told.items()
    if not isinstance(victim, TransformersVictim):
        raise ValueError(f"{name} is for models of transformers")
    return MaskedVictim(victim=victim, how=registry.get("defences", name)(**params))


def votes(victim: AnyVictim) -> bool:
    """Whether a victim's answers come from a vote over random draws, be it behind defences of the inputs."""
    return draws(victim) is not None


def draws(victim: AnyVictim) -> int | None:
    """How many random draws a vote of this model counts at most; None where it takes none."""
    from robust.victims.masked import MaskedVictim

    if isinstance(victim, MaskedVictim):
        return max(victim.how.votes, victim.how.again)
    if isinstance(victim, BEHIND):
        return draws(victim.victim)
    return victim.draws if isinstance(victim, SmoothedVictim) else None


def own(victim: AnyVictim) -> AnyVictim:
    """The model without the vote that is taken over its answers, where there is one; defences of its inputs stay."""
    from robust.victims.masked import MaskedVictim

    if isinstance(victim, BEHIND):
        inner = own(victim.victim)
        return victim if inner is victim.victim else replace(victim, victim=cast(Victim, inner))
    return victim.victim if isinstance(victim, SmoothedVictim | MaskedVictim) else victim


def _langs(told: Collection[str]) -> tuple[Lang, ...]:
    return tuple(lang for lang in LANGS if lang in told) or tuple(LANGS)


def in_expectation(victim: AnyVictim) -> AnyVictim:
    """The expectation of a smoothed model over other draws than those of its vote; raises `UserError` for others."""
    from robust.victims.masked import MaskedVictim

    if isinstance(victim, BEHIND) and votes(victim):
        return replace(victim, victim=cast(Victim, in_expectation(victim.victim)))
    if isinstance(victim, MaskedVictim):
        return replace(victim, always=True, seed=derive("expectation", victim.seed))
    if not isinstance(victim, SmoothedVictim):
        raise UserError(f"{victim.meta.name} draws nothing to take an expectation over", fix="leave it out")
    return replace(victim, score="mean", seed=derive("expectation", victim.seed))
