"""Candidates read about as well as the original, says a language model."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from robust.constraints import _language_model
from robust.constraints._language_model import Likelihood
from robust.core.constraint import Pair
from robust.core.types import Bools, Lang
from robust.errors import PluginError
from robust.registry import register


@register("constraints", "fluency")
@dataclass(frozen=True, kw_only=True)
class Fluency:
    """A language model finds the candidate hardly less likely than the original.

    `ratio`: the perplexity of the candidate is at most `ratio` times that of the original (above 0; 1: no higher at
    all). A perplexity is a mean over tokens: in a long text one odd word hardly moves it. `drop`: for each changed word
    the whole text loses at most `drop` nats of log-likelihood, which does not depend on its length; Jia et al. 2019
    (arXiv:1909.00986) allow 5. Either may be left out (null), and with both a candidate has to keep to both.

    `model`: a directory or hub id of a causal model (GPT-2) or a masked one (BERT), trained on the texts' language.
    A masked model gives pseudo-likelihoods (Salazar et al. 2020, arXiv:1910.14659): each token is masked in turn, with
    what follows in its word, so that the pieces of a rare word do not give each other away (Kauf and Ivanova 2023,
    arXiv:2305.10588). That takes as many passes as the text has tokens, a causal model takes one. Texts are cut at the
    longest input of the model, and what is changed behind the cut is not seen. A text without tokens is never fluent.

    *Differs from the paper*: Jia et al. score a window of six words on each side before the attack, one substitution at
    a time; here it is the whole text with all its changes.
    """

    costly: ClassVar[bool] = True

    model: str
    ratio: float | None = 2.0
    drop: float | None = None

    def __post_init__(self) -> None:
        if self.ratio is None and self.drop is None:
            raise PluginError("fluency: neither ratio nor drop is set", fix="set one of them, such as ratio: 2.0")
        if self.ratio is not None and not 0 < self.ratio < math.inf:
            raise PluginError(f"fluency: ratio is {self.ratio}", fix="use a number above 0, such as 2.0")
        if self.drop is not None and not math.isfinite(self.drop):
            raise PluginError(f"fluency: drop is {self.drop}", fix="use a number of nats, such as 5.0")

    def fingerprint(self) -> str:
        """What pins the weights."""
        return _language_model.fingerprint(self.model)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the model. Raises `ModelError`."""
        _language_model.load(self.model)

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = fluent enough. Raises `ModelError` and `OutOfMemory`."""
        if not pairs:
            return np.zeros(0, np.bool_)
        losses = self.losses(pairs)
        limits = [math.inf if self.ratio is None else self.ratio, math.inf if self.drop is None else self.drop]
        # An infinite loss is that of a text without tokens.
        return np.asarray((np.isfinite(losses) & (losses <= limits)).all(axis=1), np.bool_)

    def losses(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float64]:
        """Ratio of perplexities and drop for each changed word, `(n, 2)`; rounded against the noise of batching."""
        strings = dict.fromkeys([str(text) for pair in pairs for text in (pair.original, pair.candidate)])
        found = _language_model.load(self.model).likelihoods(list(strings))
        at = dict(zip(strings, found, strict=True))
        rows = [_loss(at[str(p.original)], at[str(p.candidate)], p.candidate.words_changed) for p in pairs]
        return np.round(np.array(rows), 3)


def _loss(original: Likelihood, candidate: Likelihood, changed: int) -> tuple[float, float]:
    if not candidate.tokens or not original.tokens:
        return (1.0, 0.0) if candidate.tokens == original.tokens else (math.inf, math.inf)
    log_ratio = original.log / original.tokens - candidate.log / candidate.tokens
    return math.exp(min(log_ratio, 700.0)), (original.log - candidate.log) / max(1, changed)
