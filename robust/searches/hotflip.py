"""A beam of edits that the gradient chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from robust.core.search import Scope
from robust.core.text import Text
from robust.errors import PluginError
from robust.registry import register


@register("searches", "hotflip")
@dataclass(frozen=True, kw_only=True)
class HotFlip:
    """Follow the edits that raise the loss most by its first-order estimate (Ebrahimi et al. 2018, arXiv:1712.06751).

    A step takes one gradient of each text of the beam. For every allowed edit the loss afterwards is estimated as the
    text's loss plus (new embedding - old embedding)·gradient (the paper's eq. 3; `TokenGradient.rise` says what becomes
    of it where a word is several tokens), and the `width` (1 or more) edits with the highest estimates are the next
    beam. Only these are asked. So a step costs at most twice `width` queries, one for a score and one for a gradient,
    however many candidates there are. The search ends at the first text that reaches the goal, after `steps` (1 or
    more) edits, or when the constraints leave none; no text is asked twice.

    *Differs from the paper*: candidates are those of the transformation. The paper flips to any character, or to any
    word of the model's vocabulary with an embedding of cosine 0.8 or more; it adds the estimates of all flips up, where
    every step here starts from the loss of the text it has reached.
    """

    needs_gradients: ClassVar[bool] = True

    width: int = 10
    steps: int = 20

    def __post_init__(self) -> None:
        if min(self.width, self.steps) < 1:
            raise PluginError(f"hotflip: width is {self.width} and steps {self.steps}", fix="use 1 or more")

    async def __call__(self, scope: Scope, /) -> Text:
        """Walk from the example's text; returns the text it ends on, the best it has asked."""
        beam, best, best_score = [scope.example.text], scope.example.text, scope.start
        seen = {scope.example.text}
        for _ in range(self.steps):
            found = [await scope.neighbourhood(text, await scope.positions(text)) for text in beam]
            groups = [[text for group in several for text in group if text not in seen] for several in found]
            parents = [(text, group) for text, group in zip(beam, groups, strict=True) if group]
            if not parents:
                return best
            expected: dict[Text, float] = {}
            gradients = await scope.gradients([text for text, _ in parents])
            for gradient, (_, candidates) in zip(gradients, parents, strict=True):
                rises = await scope.estimates(gradient, candidates)
                for candidate, rise in zip(candidates, rises, strict=True):
                    loss = round(gradient.loss + float(rise), 5)
                    expected[candidate] = max(loss, expected.get(candidate, loss))
            beam = sorted(expected, key=lambda text: -expected[text])[: self.width]
            seen.update(beam)
            scores = await scope.score(beam)
            if scores.done.any():
                return beam[int(np.where(scores.done, scores.goal, -np.inf).argmax())]
            top = int(scores.goal.argmax())
            if scores.goal[top] > best_score:
                best, best_score = beam[top], float(scores.goal[top])
        return best
