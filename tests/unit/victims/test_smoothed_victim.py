"""A vote that stands behind defences of the inputs is still a vote."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from robust.core.victim import AnyVictim, Victim
from robust.defences.ranmask import RanMASK
from robust.errors import UserError
from robust.testing.fakes import ToyVictim
from robust.victims.cleaned import CleanedVictim
from robust.victims.defended import defended
from robust.victims.smoothed import SmoothedVictim, draws, in_expectation, own, votes

TEXTS = [("A lovley little film, with charm and wit.",), ("The plot is dull and the actors are tired.",)]


@pytest.fixture
def vote() -> SmoothedVictim:
    return SmoothedVictim(victim=ToyVictim(), kernel=RanMASK(share=0.5), draws=7, mask="[MASK]", langs=("en",))


def answers(victim: AnyVictim) -> np.ndarray:
    return np.asarray(cast(Victim, victim).logits(TEXTS))


@pytest.mark.parametrize("defence", ["context:en", "fgws:en", "normalise:en"])
def test_defences_before_a_vote_do_not_hide_it(vote: SmoothedVictim, defence: str) -> None:
    behind: Any = defended(vote, [defence, "spelling:en"])
    assert votes(behind)
    assert draws(behind) == 7
    expected: Any = in_expectation(behind)
    assert answers(expected) == pytest.approx(answers(defended(in_expectation(vote), [defence, "spelling:en"])))
    assert np.abs(answers(expected) - answers(behind)).max() > 1e-3
    assert answers(own(behind)) == pytest.approx(answers(defended(vote.victim, [defence, "spelling:en"])))


def test_a_model_without_a_vote_stays_itself() -> None:
    behind = defended(ToyVictim(), ["context:en"])
    assert isinstance(behind, CleanedVictim)
    assert not votes(behind)
    assert own(behind) is behind
    with pytest.raises(UserError, match="draws nothing"):
        in_expectation(behind)
