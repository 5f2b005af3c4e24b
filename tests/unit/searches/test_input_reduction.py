"""Input reduction goes on past the goal and keeps the prediction; the goal reads the text."""

from __future__ import annotations

import numpy as np
import pytest

from robust.core.attack import Attack
from robust.core.text import Text
from robust.engine.run import EngineOptions, run_attack
from robust.errors import DataError, PluginError
from robust.goals.reduced import Reduced
from robust.lang.tokenise import spans
from robust.searches.input_reduction import InputReduction
from robust.testing import ToyVictim, run_search, toy_example
from tests.unit.searches.scripted import asked, scope_for

WORDS = {w: [""] for w in "abcd"}


def text(string: str) -> Text:
    return Text(string, spans(string))


def sure(**of: float) -> object:
    """Probability of the target: what the words that are left weigh."""
    return lambda string: sum(of.get(word, 0.0) for word in string.split())


def test_the_least_important_word_goes_first_and_the_prediction_stays() -> None:
    scope = scope_for("a b c d", sure(a=0.6, b=0.15, c=0.05, d=0.1), WORDS, goal=Reduced(words=3))  # type: ignore[arg-type]
    ended = run_search(InputReduction(), scope)
    assert str(ended) == "a"  # the goal was met with three words
    assert asked(scope)[:5] == ["a b c d", "b c d", "a c d", "a b d", "a b c"]
    assert asked(scope)[5:8] == ["b d", "a d", "a b"]


def test_it_stops_where_every_word_is_needed() -> None:
    scope = scope_for("a b c", sure(a=0.3, b=0.3, c=0.05), WORDS, goal=Reduced(words=1))  # type: ignore[arg-type]
    assert str(run_search(InputReduction(), scope)) == "a b"


def test_a_wider_beam_finds_a_shorter_text() -> None:
    # greedily c goes first, and then nothing more can; without a, b can go as well
    chance = {"a b c": 0.9, "a b": 0.8, "b c": 0.7, "a c": 0.3, "c": 0.6}
    for width, expected in ((1, "a b"), (2, "c")):
        scope = scope_for("a b c", lambda s: chance.get(s, 0.1), WORDS, goal=Reduced(words=1))
        assert str(run_search(InputReduction(width=width), scope)) == expected


def test_the_goal_counts_words_and_wants_the_prediction() -> None:
    original = text("one two three four")
    texts = [original, original.delete(0), original.delete(0).delete(0), original.delete(3).delete(2)]
    logits = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    goal = Reduced(words=2).given(texts)
    assert goal.done(logits, 0).tolist() == [False, False, True, False]
    assert goal.score(logits, 0) == pytest.approx([0, 0.25, 0.5, -0.5])
    with pytest.raises(DataError, match="class 5"):
        goal.done(logits, 5)
    with pytest.raises(PluginError, match="words is 0"):
        Reduced(words=0)
    with pytest.raises(PluginError, match="width is 0"):
        InputReduction(width=0)


def test_the_engine_judges_by_the_text_and_skips_short_ones() -> None:
    from robust.transformations.delete_word import DeleteWord

    victim = ToyVictim()
    strings = ["we loved the little bakery so very much", "nobody came"]
    examples = [toy_example(string, lang="en", victim=victim) for string in strings]
    attack = Attack(name="r", search=InputReduction(), transformation=DeleteWord(), goal=Reduced(words=2))
    rows = {row.example_id: row for row in run_attack(attack, victim, examples, options=EngineOptions(in_flight=1))}
    assert rows[strings[1]].status == "skipped"
    found = rows[strings[0]]
    assert found.status == "success"
    assert found.adversarial is not None
    assert 1 <= len(spans(found.adversarial)) <= 2
    assert found.words_changed == 8 - len(spans(found.adversarial))
    assert victim.logits([(found.adversarial,)])[0].argmax() == examples[0].target
