"""One change, asked with and without a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from robust.core.constraint import Pair
from robust.core.draws import Draws
from robust.core.types import Bools
from robust.lang.base import language
from robust.stages.augment.items import Item
from robust.stages.augment.places import rules
from robust.stages.augment.steps import Change, Draft
from robust.transformations.character_edits import CharacterEdits


class Allows:
    """A constraint that runs a model, and allows all."""

    costly = True

    def __call__(self, pairs: Sequence[Pair], /) -> Bools:
        return np.ones(len(pairs), np.bool_)


@pytest.mark.parametrize("costly", [(), (Allows(),)])
def test_every_slip_is_as_likely_with_a_model_as_without(costly: tuple[Allows, ...]) -> None:
    change = Change(
        name="character_edits",
        transformation=CharacterEdits(operations=("swap",)),
        rules=rules([], []),
        checks=(),
        costly=costly,
        guards=(),
        words=1,
        share=0.0,
    )
    text = language("en").text("abcdefghij")
    drafts = [Draft(Item(id=str(at), text=text, lang="en"), 1, text, Draws(at)) for at in range(900)]
    change(drafts)
    found = Counter(str(draft.text) for draft in drafts)
    assert len(found) == 9
    assert min(found.values()) > 60, "100 each"
