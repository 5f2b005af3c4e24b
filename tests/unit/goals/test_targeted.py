"""Targeted goal: one named label, what is skipped, and the error for a label that the victim lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from robust.core.attack import Attack, Outcome
from robust.core.example import Example, TokenLabels
from robust.core.text import Text
from robust.core.types import Fields, Floats, Lang
from robust.core.victim import VictimMeta
from robust.engine.run import run_attack
from robust.errors import DataError, PluginError
from robust.goals.targeted import Targeted
from robust.goals.untargeted import Untargeted
from robust.lang.tokenise import spans
from robust.results.rows import row
from robust.results.summary import summarise
from robust.searches.greedy import Greedy
from robust.testing import ToyVictim, toy_example
from robust.testing.fakes import LetterSwaps
from robust.transformations.synonyms import Synonyms

LABELS = ("negative", "neutral", "positive")
GOAL = Targeted(label="neutral").among(LABELS)


def logits(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_score_is_the_probability_of_the_label_whatever_the_target() -> None:
    rows = logits([0.0, np.log(2.0), np.log(5.0)], [0, 0, 0])
    for target in (0, 1, 2):
        assert GOAL.score(rows, target) == pytest.approx([0.25, 1 / 3], abs=1e-6)


def test_done_when_the_label_is_predicted_and_no_other() -> None:
    assert GOAL.done(logits([1, 0, 0], [0, 1, 0], [0, 0, 1]), 0).tolist() == [False, True, False]
    assert GOAL.done(logits([1, 1, 0], [0, 1, 1]), 0).tolist() == [False, True]  # a tie: the first class


def test_huge_logits_and_empty_batches() -> None:
    assert GOAL.score(logits([3e38, -3e38, 0], [0, 3e38, 0]), 0).tolist() == [0.0, 1.0]
    empty = np.zeros((0, 3), np.float32)
    assert GOAL.score(empty, 0).shape == GOAL.done(empty, 0).shape == (0,)


def test_a_label_the_model_lacks_is_one_error_with_those_it_has() -> None:
    with pytest.raises(PluginError) as caught:
        Targeted(label="positve").among(LABELS)
    assert str(caught.value) == (
        "targeted: the model has no label 'positve'\n"
        "  fix: use one of negative, neutral, positive; did you mean 'positive'?"
    )
    attack = Attack(name="t", search=Greedy(), transformation=LetterSwaps(), goal=Targeted(label="good"))
    with pytest.raises(PluginError, match="no label 'good'"):
        list(run_attack(attack, ToyVictim(), [toy_example("a text", lang="en")]))


def test_a_tagging_target_is_refused() -> None:
    with pytest.raises(DataError, match="'targeted' needs a class index"):
        GOAL.score(logits([0, 1, 0]), TokenLabels(("O",)))


# ------------------------------------------------------------------ a whole attack
@dataclass(frozen=True, kw_only=True)
class ByWord:
    """Reads single words: each of them votes for one label; without any the label is neutral."""

    votes: tuple[tuple[str, int], ...]
    meta = VictimMeta(name="by word", revision="1", labels=LABELS)

    def logits(self, batch: Sequence[Fields], /) -> Floats:
        out = np.zeros((len(batch), 3), np.float32)
        out[:, 1] = 0.5
        votes = dict(self.votes)
        for scores, (string,) in zip(out, batch, strict=True):
            for lo, hi in spans(string):
                if (label := votes.get(string[lo:hi].lower())) is not None:
                    scores[label] += 1
        return out


VICTIM = ByWord(
    votes=(("perfect", 2), ("spotless", 1), ("terrible", 0), ("hated", 0), ("intachable", 1), ("perfecto", 2))
)


def example(string: str, target: int, lang: Lang = "en") -> Example:
    return Example(id=string, text=Text(string, spans(string)), target=target, lang=lang)


def attacked(goal: object, *examples: Example) -> list[Outcome]:
    attack = Attack(name="t", search=Greedy(), transformation=Synonyms(), goal=goal)  # type: ignore[arg-type]
    found = {o.example_id: o for o in run_attack(attack, VICTIM, examples)}
    return [found[one.id] for one in examples]


def test_the_attack_ends_on_the_named_label_and_not_on_another() -> None:
    english, spanish = example("A perfect room.", 2), example("Un hotel perfecto.", 2, "es")
    for one, expected in ((english, "A spotless room."), (spanish, "Un hotel intachable.")):
        (neutral,) = attacked(Targeted(label="neutral"), one)
        assert (neutral.status, neutral.verified) == ("success", True)
        assert np.argmax(neutral.adversarial_logits) == 1
        assert neutral.adversarial == expected
        (negative,) = attacked(Targeted(label="negative"), one)
        assert (negative.status, negative.adversarial) == ("failure", None)
        assert attacked(Untargeted(), one)[0].status == "success"


def test_examples_with_the_label_and_misclassified_ones_are_skipped_and_counted_as_they_are() -> None:
    examples = [
        example("A perfect room.", 2),  # right: attacked
        example("A plain room.", 1),  # right, and has the label already
        example("A plain wall.", 0),  # wrong, and has the label already
        example("A terrible room.", 1),  # wrong: reaching the label would put it right
        example("I hated the perfect terrible room.", 2),  # wrong, and of a third label
    ]
    outcomes = attacked(Targeted(label="neutral"), *examples)
    assert [o.status for o in outcomes] == ["success", "skipped", "skipped", "skipped", "skipped"]
    summary = summarise([row(o, e) for o, e in zip(outcomes, examples, strict=True)])
    assert (summary.clean_accuracy.k, summary.accuracy_under_attack.k, summary.skipped) == (2, 1, 4)
    assert (summary.attack_success_rate.k, summary.attack_success_rate.n) == (1, 1)


def test_on_the_toy_victim_every_success_is_of_the_label() -> None:
    victim = ToyVictim(labels=3, lean=1.0)
    nouns = ("sea", "sun", "rain", "wind", "hill", "lake")
    strings = [f"{a} {noun}" for a in ("my", "our", "her") for noun in nouns] + [
        f"the {noun} is here" for noun in nouns
    ]
    examples = [toy_example(string, lang="en", victim=victim) for string in strings]
    attack = Attack(name="t", search=Greedy(), transformation=LetterSwaps(), goal=Targeted(label="label 1"))
    outcomes = list(run_attack(attack, victim, examples))
    assert {o.status for o in outcomes} == {"success", "failure", "skipped"}
    for outcome in outcomes:
        if outcome.status == "success":
            assert np.argmax(outcome.adversarial_logits) == 1
        assert (outcome.status == "skipped") == (np.argmax(outcome.clean_logits) == 1)
