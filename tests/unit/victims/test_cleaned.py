"""Gradients go through a cleaned text as if it had not been cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from robust.core.gradient import NOWHERE, GradientVictim, TokenGradient
from robust.core.types import Fields, Floats
from robust.core.victim import VictimMeta
from robust.victims.calibrated import calibrated
from robust.victims.cleaned import CleanedVictim
from robust.victims.defended import defended
from robust.victims.doubting import doubting
from robust.victims.load import load_victim

META = VictimMeta(name="toy", revision="1", labels=("bad", "good"), langs=frozenset({"en"}))


@dataclass
class Bare:
    """Tells the length of a text."""

    meta: VictimMeta = META
    asked: list[Fields] = field(default_factory=list)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        return np.array([[0.0, float(len(fields[0]))] for fields in batch], np.float32)


class Sloped(Bare):
    """And has a gradient for each run of four letters."""

    def gradients(self, batch: Sequence[tuple[Fields, int]], /) -> Sequence[TokenGradient]:
        self.asked += [fields for fields, _ in batch]
        found = []
        for fields, label in batch:
            places = (NOWHERE, *((0, at, min(at + 4, len(fields[0]))) for at in range(0, len(fields[0]), 4)))
            values = np.arange(len(places), dtype=np.float32)[:, None]
            found.append(TokenGradient(tokens=(7,) * len(places), places=places, values=values, loss=float(label)))
        return found

    def estimates(self, batch: Sequence[tuple[TokenGradient, Fields]], /) -> Floats:
        return np.array([float(len(fields[0])) for _, fields in batch], np.float32)


def test_a_defence_takes_no_gradients_away_and_makes_none() -> None:
    assert isinstance(defended(Sloped(), ["spelling"]), GradientVictim)
    assert not isinstance(defended(Bare(), ["spelling"]), GradientVictim)
    assert isinstance(defended(Sloped(), ["normalise", "spelling"]), GradientVictim)


def test_gradients_are_those_of_the_cleaned_text_at_the_words_of_the_text_itself() -> None:
    inner = Sloped()
    victim = defended(inner, ["spelling"])
    assert isinstance(victim, GradientVictim)
    (found,) = victim.gradients([(("goood evvening",), 1)])
    assert inner.asked == [("good evening",)]
    assert found.loss == 1.0
    # cleaned: "good evening", tokens good| eve|ning; the words of the text itself are at 0-5 and 6-14
    assert found.places == (NOWHERE, (0, 0, 5), (0, 6, 14), (0, 6, 14))
    assert found.word_norms(0, [(0, 5), (6, 14)]) == pytest.approx([1.0, 2.5])
    assert victim.estimates([(found, ("goood evvening",))]) == pytest.approx([12.0])


def test_words_that_cannot_be_told_apart_have_no_gradient() -> None:
    victim = CleanedVictim
    from robust.victims.cleaned import behind

    made = behind(Sloped(), META, lambda text: text + " more", "en")
    assert isinstance(made, victim)
    assert isinstance(made, GradientVictim)
    (found,) = made.gradients([(("good",), 0)])
    assert set(found.places) == {NOWHERE}


def test_a_temperature_is_put_behind_the_defence() -> None:
    victim = defended(load_victim("starter-en", device="cpu", dtype="float32"), ["spelling"])
    cooler = calibrated(victim, 2.0)  # type: ignore[arg-type]
    assert isinstance(cooler, GradientVictim)
    text = [("a wonderfull film",)]
    assert cooler.logits(text) * 2 == pytest.approx(victim.logits(text), rel=1e-5)  # type: ignore[union-attr]


def test_gradients_of_a_doubted_text_are_those_of_the_reading_that_answers() -> None:
    inner = Sloped()
    victim = doubting(inner, META, lambda text: text.replace("excellent", "good"), "en")
    assert isinstance(victim, GradientVictim)
    assert not isinstance(doubting(Bare(), META, str, "en"), GradientVictim)
    # the longer, the better: without the rare word it is less so, by more than a tenth where the text is short
    short, long = ("a 9 excellent",), ("good " * 9,)
    assert victim.suspects([short, long]) == [False, False]
    sharp = replace(victim, doubt=1e-6)
    assert sharp.suspects([short, long]) == [True, False]
    doubted, plain = sharp.gradients([(short, 1), (long, 0)])
    assert inner.asked == [long, ("a 9 good",)]
    # "a 9 good", tokens a 9 |good; the word of the text itself is at 4-13
    assert doubted.places == (NOWHERE, (0, 0, 1), (0, 4, 13))
    asked = [(doubted, ("a 9 excellent!",)), (plain, ("excellent",)), (doubted.reversed(), ("excellent",))]
    assert sharp.estimates(asked) == pytest.approx([9.0, 9.0, 4.0])
    assert sharp.gradients([]) == []
    assert sharp.estimates([]).shape == (0,)
