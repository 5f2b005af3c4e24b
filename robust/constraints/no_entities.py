"""Named entities stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust.core.example import Target, TokenLabels
from robust.core.text import Text
from robust.core.types import Bools
from robust.errors import DataError
from robust.registry import register

_OUTSIDE = "O"


@register("constraints", "no_entities")
@dataclass(frozen=True, kw_only=True)
class NoEntities:
    """Leave the words of the gold entities alone: an attack on a tagger changes what stands around them only.

    So the gold tags of the other words are not at risk from an edit that makes an entity of another type or none
    (`Paris` → `London` is one, `Paris` → `capital` is not). Words tagged other than `O` are those of entities.
    """

    def free(self, text: Text, target: Target, /) -> Bools:
        """`(len(text),)`, True = in no entity. Raises `DataError` where the target is no tags."""
        labels = _labels(target)
        return np.array([origin < 0 or labels[origin] == _OUTSIDE for origin in text.origins], np.bool_)

    def keeps(self, texts: Sequence[Text], target: Target, /) -> Bools:
        """`(n,)`, True = every word of every entity is there as it was, and no word was put between two of them."""
        labels = _labels(target)
        held = [at for at, label in enumerate(labels) if label != _OUTSIDE]
        return np.array([_whole(text, labels, held) for text in texts], np.bool_)


def _whole(text: Text, labels: Sequence[str], held: Sequence[int]) -> bool:
    at = {origin: index for index, origin in enumerate(text.origins) if origin >= 0}
    if not all(origin in at and at[origin] not in text.edited for origin in held):
        return False
    inner = [origin for origin in held if labels[origin].startswith("I-")]
    return all(origin - 1 not in at or at[origin] == at[origin - 1] + 1 for origin in inner)


def _labels(target: Target) -> Sequence[str]:
    if not isinstance(target, TokenLabels):
        raise DataError(
            "the constraint 'no_entities' needs a tag for each word",
            fix="leave it out, or attack data with tags (a CoNLL file)",
        )
    return target.labels
