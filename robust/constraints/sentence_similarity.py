"""The sentence as a whole keeps its meaning, says a sentence encoder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import numpy as np

from robust.constraints import _encoder
from robust.core.constraint import Pair
from robust.core.types import Bools, Lang
from robust.errors import PluginError
from robust.registry import register

Metric = Literal["cosine", "angular"]


@register("constraints", "sentence_similarity")
@dataclass(frozen=True, kw_only=True)
class SentenceSimilarity:
    """Candidate and original are at least `minimum` similar, in the space of the encoder `model`.

    `metric`: `cosine`, or `angular` (1 - angle / π: 1 for the same direction, 0.5 for a right angle). `model`: a
    directory or hub id of an encoder whose tokens are averaged, as most of sentence-transformers do it (others, and
    those with a layer behind the average, are refused); its language must be the texts' (an English encoder says
    nothing useful about Spanish). The limit of Jin et al. 2020 (arXiv:1907.11932), 0.84, is for the Universal Sentence
    Encoder: no two encoders share a scale, so choose `minimum` for yours.

    *Differs from the paper*: the whole candidate is compared with the original, where the authors' code compares 15
    words around the change with the text of the step before and hardly checks shorter texts.
    """

    costly: ClassVar[bool] = True

    model: str
    minimum: float = 0.84
    metric: Metric = "cosine"

    def __post_init__(self) -> None:
        if self.metric not in get_args(Metric):
            raise PluginError(f"sentence_similarity: metric is {self.metric!r}", fix="use cosine or angular")
        if not -1 <= self.minimum <= 1:
            raise PluginError(f"sentence_similarity: minimum is {self.minimum}", fix="use a similarity of at most 1")

    def fingerprint(self) -> str:
        """What pins the weights."""
        return _encoder.fingerprint(self.model)

    def ready(self, langs: Collection[Lang], /) -> None:
        """Load the encoder. Raises `ModelError`."""
        _encoder.load(self.model)

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        """`(n,)`, True = similar enough. Raises `ModelError` and `OutOfMemory`."""
        if not pairs:
            return np.zeros(0, np.bool_)
        return np.asarray(self.similarities(pairs) >= self.minimum, np.bool_)

    def similarities(self, pairs: Sequence[Pair]) -> _encoder.Vectors:
        """The similarities `(n,)`, rounded to 1e-6 against the float noise of batching."""
        strings = dict.fromkeys([text for pair in pairs for text in (str(pair.original), str(pair.candidate))])
        vectors = _encoder.load(self.model).encode(list(strings))
        at = {string: row for row, string in enumerate(strings)}
        originals = vectors[[at[str(pair.original)] for pair in pairs]]
        candidates = vectors[[at[str(pair.candidate)] for pair in pairs]]
        similarity = np.clip((originals * candidates).sum(axis=1), -1, 1)
        if self.metric == "angular":
            similarity = 1 - np.arccos(similarity) / np.pi
        return np.asarray(np.round(similarity, 6))
