"""Rank the words once by importance, then change them greedily in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from robust.core.edit import Edit
from robust.core.search import Scope
from robust.core.text import Text
from robust.core.types import Floats
from robust.errors import PluginError
from robust.registry import register

RankBy = Literal["delete", "unk", "weighted_saliency", "random", "gradient"]


@register("searches", "greedy_word_ranking")
@dataclass(frozen=True, kw_only=True)
class GreedyWordRanking:
    """Spend the queries on the words that matter most.

    `rank_by` sets the order of the words; only words that the constraints allow to be edited take part, and equal words
    keep their reading order:

    - `delete`: by how much the goal score rises when the word is deleted (Jin et al. 2020, arXiv:1907.11932, step 1);
    - `unk`: when the word is replaced by `unk` (replace-1 score of Gao et al. 2018, arXiv:1801.04354; Li et al. 2020,
      arXiv:2004.09984, who write `[MASK]` in the paper and `[UNK]` in their code);
    - `random`: drawn from the example's seed; the control that every ranking has to beat (Yoo et al. 2020,
      arXiv:2009.06368);
    - `gradient`: by the L1 norm of the mean gradient of the loss with respect to the embeddings of the word's tokens,
      for one query in all (A2T, Yoo and Qi 2021, arXiv:2109.00544, §3); needs a victim that gives gradients;
    - `weighted_saliency`: PWWS (Ren et al. 2019, aclanthology.org/P19-1103).

    All but the last walk the same way: all candidates of the next word are scored together; one that reaches the goal
    ends the attack (of several, the one with the highest score); otherwise the best is kept if it raises the score.

    PWWS chooses beforehand: for every word the candidate that raises the score of the original text most. Words go by
    that rise times the softmax of their saliency (the rise by `unk`). Each in turn is replaced by its own choice until
    the goal is reached; a choice that breaks a constraint together with the earlier ones is left out.

    *Differs from the papers*: Jin et al. and Li et al. add to the importance of a word whose removal flips the label
    the other class's rise in probability (with two classes the order is the same); of several successes Jin et al.
    take the most similar text, Li et al. the first. Ren et al. take the softmax over all words, not over the editable
    ones (the order is the same), and ask for the first replaced text a second time. TextAttack's PWWS generates and
    scores the candidates anew at each step, and keeps one only if it raises the score.
    """

    rank_by: RankBy = "delete"
    unk: str = "[UNK]"

    def __post_init__(self) -> None:
        if self.rank_by not in get_args(RankBy):
            raise PluginError(f"rank_by is {self.rank_by!r}", fix=f"use one of {', '.join(get_args(RankBy))}")
        if not self.unk.strip():
            raise PluginError("unk is empty", fix="name the token that stands for an unknown word, or rank_by delete")

    @property
    def needs_gradients(self) -> bool:
        """Whether the order comes from gradients."""
        return self.rank_by == "gradient"

    async def __call__(self, scope: Scope, /) -> Text:
        """Walk from the example's text; returns the text it ends on."""
        text = scope.example.text
        positions = await scope.positions(text)
        if not positions:
            return text
        if self.rank_by == "weighted_saliency":
            return await self._weighted_saliency(scope, text, positions)
        if self.rank_by == "random":
            order = [int(index) for index in scope.rng.permutation(positions)]
        else:
            importance = await self._importance(scope, text, positions)
            order = [positions[i] for i in np.argsort(-importance, kind="stable")]
        return await _walk(scope, order)

    async def _importance(self, scope: Scope, text: Text, positions: list[int]) -> Floats:
        if self.rank_by == "gradient":
            (gradient,) = await scope.gradients([text])
            return gradient.word_norms(len(scope.example.before), [text.spans[index] for index in positions])
        return (await scope.score([self._without(text, index) for index in positions])).goal

    def _without(self, text: Text, index: int) -> Text:
        return text.delete(index) if self.rank_by == "delete" else text.replace(index, self.unk)

    async def _weighted_saliency(self, scope: Scope, text: Text, positions: list[int]) -> Text:
        found = await scope.neighbourhood(text, positions)
        candidates = [candidate for group in found for candidate in group]
        if not candidates:
            return text
        scores = await scope.score([*[self._without(text, index) for index in positions], *candidates])
        rises = scores.goal.astype(np.float64) - scope.start
        saliency = _softmax(rises[: len(positions)])

        start, choices = len(positions), list[tuple[float, int, int]]()
        for weight, index, group in zip(saliency, positions, found, strict=True):
            if group:
                best = start + int(rises[start : start + len(group)].argmax())
                choices.append((-float(weight * rises[best]), index, best))
            start += len(group)

        current = text
        for _, index, best in sorted(choices):
            candidate = candidates[best - len(positions)]
            moved = _transplant(candidate.edits_since(text), current, index)
            if moved is None or not (await scope.allowed([moved]))[0]:
                continue
            first, current = current is text, moved
            if scores.done[best] if first else (await scope.score([current])).done[0]:
                return current
        return current


async def _walk(scope: Scope, order: Sequence[int]) -> Text:
    current, score = scope.example.text, scope.start
    for origin in order:
        index = _now_at(current, origin)
        candidates = [] if index is None else await scope.neighbours(current, index)
        if not candidates:
            continue
        scores = await scope.score(candidates)
        if scores.done.any():
            return candidates[int(np.where(scores.done, scores.goal, -np.inf).argmax())]
        best = int(scores.goal.argmax())
        if scores.goal[best] > score:
            current, score = candidates[best], float(scores.goal[best])
    return current


def _softmax(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    weights = np.exp(values - values.max())
    return np.asarray(weights / weights.sum())


def _now_at(text: Text, origin: int) -> int | None:
    """Where word `origin` of the root is in an edited text; None if it was deleted."""
    return text.origins.index(origin) if origin in text.origins else None


def _transplant(edits: Sequence[Edit], text: Text, origin: int) -> Text | None:
    """Make edits of the unedited text's word `origin` on a text in which that word may have moved.

    None where the word is gone, or the edits write the whole text anew, which would undo what was done before.
    """
    index = _now_at(text, origin)
    if index is None or (text.edits and any(edit.kind == "rewrite" for edit in edits)):
        return None
    return text.apply([replace(edit, index=edit.index + index - origin) for edit in edits])
