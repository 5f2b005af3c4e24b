"""Margin goal: wrong by enough."""

from __future__ import annotations

import numpy as np
import pytest

from robust.core.attack import Attack
from robust.core.example import Example
from robust.core.text import Text
from robust.engine.run import run_attack
from robust.errors import DataError, PluginError
from robust.goals.margin import Margin
from robust.goals.untargeted import Untargeted
from robust.lang.tokenise import spans
from robust.searches.greedy import Greedy
from robust.testing import ToyVictim
from robust.testing.fakes import LetterSwaps


def of(*rows: list[float]) -> np.ndarray:
    """Logits with these probabilities."""
    return np.log(np.array(rows)).astype(np.float32)


def test_the_wrong_class_must_lead_the_right_one_by_the_margin() -> None:
    rows = of([0.6, 0.3, 0.1], [0.4, 0.45, 0.15], [0.3, 0.5, 0.2], [0.25, 0.35, 0.4])
    assert Margin(margin=0.2).done(rows, 0).tolist() == [False, False, True, False]
    assert Margin(margin=0.15).done(rows, 0).tolist() == [False, False, True, True]
    assert Margin(margin=0.0).done(rows, 0).tolist() == [False, True, True, True]


def test_score_grows_with_the_lead_from_0_to_1() -> None:
    rows = of([0.6, 0.3, 0.1], [0.4, 0.45, 0.15], [0.25, 0.35, 0.4])
    assert Margin(margin=0.2).score(rows, 0) == pytest.approx([0.35, 0.525, 0.575], abs=1e-6)
    extremes = np.array([[3e38, 0, 0], [0, 3e38, 0]], np.float32)
    assert Margin(margin=0.2).score(extremes, 0).tolist() == [0.0, 1.0]


def test_margin_0_is_the_untargeted_goal_ties_included() -> None:
    rows = np.random.default_rng(0).integers(-2, 3, size=(200, 3)).astype(np.float32)
    for target in (0, 1, 2):
        assert np.array_equal(Margin(margin=0.0).done(rows, target), Untargeted().done(rows, target))


def test_empty_batch_and_unknown_class() -> None:
    empty = np.zeros((0, 2), np.float32)
    assert Margin(margin=0.5).score(empty, 1).shape == Margin(margin=0.5).done(empty, 1).shape == (0,)
    with pytest.raises(DataError, match="class 2, but the model has 2 classes"):
        Margin(margin=0.5).done(np.zeros((1, 2), np.float32), 2)


@pytest.mark.parametrize("margin", [-0.1, 1.0, float("nan")])
def test_margin_is_from_0_to_below_1(margin: float) -> None:
    with pytest.raises(PluginError, match="margin is"):
        Margin(margin=margin)


def test_misclassified_by_less_than_the_margin_is_skipped_like_any_misclassified_example() -> None:
    victim, string = ToyVictim(sharpness=0.01), "the sea and the sun"
    wrong = 1 - int(victim.logits([(string,)])[0].argmax())
    example = Example(id="0", text=Text(string, spans(string)), target=wrong, lang="en")
    attack = Attack(name="m", search=Greedy(), transformation=LetterSwaps(), goal=Margin(margin=0.9))
    assert [o.status for o in run_attack(attack, victim, [example])] == ["skipped"]
