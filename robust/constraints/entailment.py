"""Original and candidate say the same, says a model of natural language inference."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt

from robust.constraints import _nli
from robust.core.constraint import Pair
from robust.core.types import Bools, Lang
from robust.errors import PluginError
from robust.registry import register

Direction = Literal["both", "forward", "backward"]


@register("constraints", "entailment")
@dataclass(frozen=True, kw_only=True)
class Entailment:
    """The original entails the candidate and the candidate the original, each with a probability of `minimum` or more.

    Texts that entail each other mean the same (Padó et al. 2009, Machine Translation 23; Kuhn et al. 2023,
    arXiv:2302.09664). `direction`: `both`, `forward` (what the candidate says follows from the original: it may say
    less) or `backward`. `model`: a directory or hub id of a classifier of (premise, hypothesis) that was trained on the
    texts' language, such as one fine-tuned on XNLI for Spanish. Its label for entailment is found by name; `label` says
    which one it is where a model calls its labels otherwise (`LABEL_0`). `minimum` lies above 0 and goes up to 1.

    Models of inference were trained on single sentences, and trust texts that share their words (McCoy et al. 2019,
    arXiv:1902.01007): an opposite in a long review may pass, so put `no_antonyms` and `same_negation` beside it. A pair
    that is too long for the model is cut, and what is changed behind the cut is not seen.

    *Differs from the paper*: Kuhn et al. ask whether entailment is the most probable label; so it is from 0.5 up.
    """

    costly: ClassVar[bool] = True

    model: str
    minimum: float = 0.5
    direction: Direction = "both"
    label: str = ""

    def __post_init__(self) -> None:
        if self.direction not in get_args(Direction):
            raise PluginError(
                f"entailment: direction is {self.direction!r}", fix=f"use one of {', '.join(get_args(Direction))}"
            )
        if not 0 < self.minimum <= 1:
            raise PluginError(f"entailment: minimum is {self.minimum}", fix="use a probability above 0, up to 1")

    def fingerprint(self) -> str:
        """What pins the weights."""
        return _nli.fingerprint(self.model)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the model. Raises `ModelError`."""
        _nli.load(self.model, self.label)

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = entailed. Raises `ModelError` and `OutOfMemory`."""
        if not pairs:
            return np.zeros(0, np.bool_)
        return np.asarray((self.probabilities(pairs) >= self.minimum).all(axis=1), np.bool_)

    def probabilities(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float64]:
        """How probable entailment is, `(n, directions)`, forward first; rounded against the float noise of batching."""
        asked: list[tuple[str, str]] = []
        for pair in pairs:
            original, candidate = str(pair.original), str(pair.candidate)
            asked += [(original, candidate)] if self.direction != "backward" else []
            asked += [(candidate, original)] if self.direction != "forward" else []
        return np.round(_nli.load(self.model, self.label).probabilities(asked), 5).reshape(len(pairs), -1)
