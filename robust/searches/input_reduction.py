"""Take words away for as long as the prediction stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from robust.core.search import Scope, Scores
from robust.core.text import Text
from robust.errors import DataError, PluginError
from robust.registry import register


@register("searches", "input_reduction")
@dataclass(frozen=True, kw_only=True)
class InputReduction:
    """Remove the least important word again and again, while the prediction stays (Feng et al. 2018, arXiv:1804.07781).

    A word matters by how far the probability of the example's class falls without it (the paper's eq. 1). From each of
    `width` texts (1 or more) every word is left out in turn; of the texts that keep the class as the prediction the
    `width` with its highest probability go on. The search does not stop at the goal but where no word can go, and ends
    on the shortest text, of several on the surest; the last word is never taken. Equal texts are asked once. A text of
    n words costs about width·n²/2 queries.

    Its transformation is `delete_word`, its goal `reduced`: candidates with as many words as before, or more, are left
    out.

    *Differs from the paper*: importance is measured, where the paper's larger models estimate it by gradients.
    """

    width: int = 1

    def __post_init__(self) -> None:
        if self.width < 1:
            raise PluginError(f"input_reduction: width is {self.width}", fix="use 1 or more")

    async def __call__(self, scope: Scope, /) -> Text:
        """Walk from the example's text; returns the text it ends on."""
        beam = [scope.example.text]
        while True:
            shorter: dict[Text, None] = {}
            for text in beam:
                found = await scope.neighbourhood(text, await scope.positions(text))
                shorter.update(dict.fromkeys([t for group in found for t in group if 0 < len(t) < len(text)]))
            if not shorter:
                return beam[0]
            texts = list(shorter)
            scores = await scope.score(texts)
            chances = _chances(scores, scope.example.target)
            kept = [i for i in np.argsort(-chances, kind="stable") if _predicted(scores, int(i), scope.example.target)]
            if not kept:
                return beam[0]
            beam = [texts[i] for i in kept[: self.width]]


def _predicted(scores: Scores, row: int, target: object) -> bool:
    return int(scores.logits[row].argmax()) == target


def _chances(scores: Scores, target: object) -> npt.NDArray[np.float64]:
    """`(n,)`: probability of the target, rounded against the float noise of batching."""
    if not isinstance(target, (int, np.integer)) or not scores.logits.shape[1]:
        raise DataError("input_reduction needs a class as target", fix="attack a classification data set")
    logits = scores.logits.astype(np.float64)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(np.round(shifted[:, int(target)] / shifted.sum(axis=1), 6))
